// Works one mailing off in the foreground, until it is over, until the rest is due later, or until something
// stops it.
import type { Mailing } from '../domain/mailing.ts';
import type { Worker } from '../queue/schedule.ts';
import type { RateLimits } from '../store/ledger.ts';
import { createBell } from './bell.ts';
import { ledgerTrouble, type Trouble } from './judge-submission.ts';
import { restAfter } from './rest.ts';
import { type Tended, type Tending, tendMailing } from './tend-mailing.ts';

export interface Running extends Tending {
  readonly limitsAt: (now: number) => RateLimits | null;
  /** A worker that says what troubles it. */
  readonly workerFor: (onTrouble: (trouble: Trouble) => void) => Worker;
}

/**
 * How it ended: the mailing's state says all, the next delivery is due beyond the horizon, something stopped it, or
 * the caller did.
 */
export type RunEnd =
  | { readonly kind: 'over' | 'interrupted' }
  | { readonly kind: 'later'; readonly at: number }
  | { readonly kind: 'stopped'; readonly trouble: Trouble };

// Second tries that are due within this are waited for; what is later is said and left.
const HORIZON_MS = 10 * 60_000;

export async function runMailing({ id }: Pick<Mailing, 'id'>, running: Running, signal: AbortSignal): Promise<RunEnd> {
  const { clock, schedule, workerFor } = running;
  const bell = createBell(clock);
  let trouble: Trouble | null = null;
  const worker = workerFor((found) => {
    trouble ??= found;
    bell.ring();
  });
  const atWork = await schedule.work(worker, bell.ring);
  try {
    while (!signal.aborted && trouble === null) {
      const startedAt = clock.now();
      const tended = await tend(id, running);
      if (tended.kind === 'away') trouble ??= ledgerTrouble(tended.why);
      if (tended.kind === 'over' || tended.kind === 'away') break;
      if (tended.kind === 'waiting' && tended.nextDueAt > clock.now() + HORIZON_MS)
        return { kind: 'later', at: tended.nextDueAt };
      if (tended.kind === 'waiting') await bell.sleep(restAfter(clock.now() - startedAt), signal);
    }
  } finally {
    await atWork.stop();
  }
  if (trouble !== null) return { kind: 'stopped', trouble };
  return { kind: signal.aborted ? 'interrupted' : 'over' };
}

async function tend(id: number, running: Running): Promise<Tended | { readonly kind: 'away'; readonly why: string }> {
  try {
    return await tendMailing(await running.ledger.mailings.get(id), running);
  } catch (error) {
    return { kind: 'away', why: error instanceof Error ? error.message : String(error) };
  }
}
