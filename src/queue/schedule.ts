// The schedule: which slice is worked on when. It holds pointers only and may be lost at any moment; it is
// rebuilt from the ledger. This is the gate's contract; one suite (tests/contracts/schedule-contract.ts) holds
// both schedules to it.
import type { Slice } from '../domain/mailing.ts';

export interface Job extends Slice {
  readonly dueAt: number;
}

/**
 * What a worker answers: the flow's own words. `dueAt`: when the ledger says that the slice is due, where the worker
 * puts it off for longer, for reasons of its own; adding it once more with that moment does not bring it forward.
 */
export type JobAnswer = { readonly kind: 'done' } | { readonly kind: 'again'; readonly at: number; readonly dueAt?: number };

/** Works on a slice until it is done, has to wait, or the signal aborts. */
export type Worker = (slice: Slice, signal: AbortSignal) => Promise<JobAnswer>;

export interface Schedule {
  /**
   * Puts jobs into the schedule, one a slice. A slice that is there already stays where it is, but comes earlier
   * where it is due earlier now. Rejects where the schedule cannot be reached.
   */
  add(jobs: readonly Job[]): Promise<void>;
  /** Begins to work. `onIdle` is called whenever a job has ended and no other is due. */
  work(worker: Worker, onIdle: () => void): Promise<AtWork>;
  close(): Promise<void>;
}

export interface AtWork {
  /** Begins no job any more, tells those under way, and waits for their end. Never rejects. */
  stop(): Promise<void>;
}
