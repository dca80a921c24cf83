// Notices work that is due and that nobody touches: no process takes it, though nothing forbids it. It says so in
// the mailing's history, and so to the editor, once in a while.
import { formatMoment } from '../domain/format-moment.ts';
import type { Mailing } from '../domain/mailing.ts';
import type { Ledger, RateLimits } from '../store/ledger.ts';

export interface Watching {
  readonly ledger: Ledger;
  readonly clock: { now(): number };
  readonly limitsAt: (now: number) => RateLimits | null;
}

const UNTOUCHED_MAX_MS = 2 * 60_000;
const SAID_AGAIN_AFTER_MS = 6 * 60 * 60_000;

export async function watchMailing(mailing: Mailing, nextDueAt: number, watching: Watching): Promise<void> {
  const { ledger, clock } = watching;
  const now = clock.now();
  if (now - Math.max(nextDueAt, mailing.startsAt ?? 0, mailing.openedAt ?? now) < UNTOUCHED_MAX_MS) return;
  const events = await ledger.mailings.events(mailing.id);
  // Whoever resumed it, or had some tried again, did so at that moment only.
  const since = Math.max(nextDueAt, ...events.filter(({ kind }) => kind !== 'stuck').map(({ at }) => at));
  if (now - since < UNTOUCHED_MAX_MS) return;
  const crew = await ledger.crew.present(now - UNTOUCHED_MAX_MS);
  if (crew.some(({ startedAt, claimedAt }) => now - Math.max(startedAt, claimedAt ?? 0) < UNTOUCHED_MAX_MS)) return;
  if (await isHeldByLimits(watching, now)) return;
  const said = events.findLast(({ kind }) => kind === 'stuck');
  if (said && now - said.at < SAID_AGAIN_AFTER_MS) return;
  const detail = `Work has been due since ${formatMoment(since)}, and nobody has taken any of it.`;
  await ledger.mailings.record({ mailing: mailing.id, at: now, kind: 'stuck', detail });
}

async function isHeldByLimits({ ledger, limitsAt }: Watching, now: number): Promise<boolean> {
  const limits = limitsAt(now);
  if (limits === null) return false;
  const { granted } = await ledger.rates.take(limits, 1, now);
  await ledger.rates.giveBack(limits.relay, granted, now);
  return granted === 0;
}
