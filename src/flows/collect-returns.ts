// Looks into the places where returned mail lies, again and again. Each is looked into by one process at a time, whoever
// has its lease; where two do so all the same, each return still counts once.
import type { Clock } from '../domain/clock.ts';
import type { Inbox, Take } from '../inbox/inbox.ts';
import type { Ledger } from '../store/ledger.ts';

export interface Collecting {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly inboxes: readonly Inbox[];
  /** Names this process. */
  readonly holder: string;
  readonly take: Take;
  readonly report: {
    collected(inbox: Inbox, count: number): void;
    /** A look failed; the next comes. */
    failed(inbox: Inbox, error: unknown): void;
  };
}

// Longer than any place rests between two looks, so that it stays with whoever has it.
const LEASE_MS = 60_000;
const RENEW_MS = LEASE_MS / 4;
// A place that cannot be read is tried again after a rest, then after twice as long, up to this.
const REST_MAX_MS = 10 * 60_000;

/** Settles when `signal` says so, and what is in hand has been taken. */
export async function collectReturns(collecting: Collecting, signal: AbortSignal): Promise<void> {
  await Promise.all(collecting.inboxes.map((inbox) => keepLooking(inbox, collecting, signal)));
}

async function keepLooking(inbox: Inbox, collecting: Collecting, signal: AbortSignal): Promise<void> {
  const { ledger, clock, holder, report } = collecting;
  let rest = inbox.restMs;
  while (!signal.aborted) {
    try {
      const count = await look(inbox, collecting, signal);
      if (count > 0) report.collected(inbox, count);
      rest = inbox.restMs;
    } catch (error) {
      // A look that ends with the process is no failure.
      if (!signal.aborted) report.failed(inbox, error);
      rest = Math.min(REST_MAX_MS, 2 * rest);
    }
    await clock.sleep(rest, signal);
  }
  await ledger.crew.release(leaseOf(inbox), holder).catch(() => undefined);
}

async function look(inbox: Inbox, { ledger, clock, holder, take }: Collecting, signal: AbortSignal): Promise<number> {
  const lead = (): Promise<boolean> => {
    renewedAt = clock.now();
    return ledger.crew.lead(leaseOf(inbox), holder, renewedAt, renewedAt + LEASE_MS);
  };
  let renewedAt = 0;
  if (!(await lead())) return 0;
  return inbox.collect(async (bytes, envelope) => {
    if (clock.now() - renewedAt > RENEW_MS) await lead();
    return take(bytes, envelope);
  }, signal);
}

function leaseOf({ name }: Inbox): string {
  return `returns: ${name}`;
}
