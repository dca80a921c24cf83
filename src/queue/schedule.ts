// The schedule: which slice is worked on when. It holds pointers only and may be lost at any moment; it is
// rebuilt from the ledger. This is the gate's contract.
import type { Slice } from '../domain/mailing.ts';

/** What a worker answers: the flow's own words. */
export type JobAnswer<Stop> =
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly at: number }
  | { readonly kind: 'stopped'; readonly trouble: Stop };

export type Worker<Stop> = (slice: Slice, signal: AbortSignal) => Promise<JobAnswer<Stop>>;

export interface Job extends Slice {
  readonly dueAt: number;
}

/**
 * How a run of the schedule ended: nothing left, the next job is due beyond the horizon, a worker stopped it,
 * or the caller did.
 */
export type RunEnd<Stop> =
  | { readonly kind: 'empty' | 'interrupted' }
  | { readonly kind: 'later'; readonly at: number }
  | { readonly kind: 'stopped'; readonly trouble: Stop };

export interface Schedule<Stop> {
  /** Works off the jobs, and those that come back within the horizon. */
  run(jobs: readonly Job[], worker: Worker<Stop>, signal: AbortSignal): Promise<RunEnd<Stop>>;
}
