// What keeps mailings going: from the ledger's truth it opens what is to be opened, rebuilds the schedule, and closes
// what is done. What a crash left behind is settled slice by slice. It may be run at any moment, by anybody, twice.
import type { Clock } from '../domain/clock.ts';
import type { Mailing } from '../domain/mailing.ts';
import { isNeglected } from '../policy/gap.ts';
import { decisionOf, type OnUnknown } from '../policy/on-unknown.ts';
import type { Schedule } from '../queue/schedule.ts';
import type { Ledger } from '../store/ledger.ts';
import { openPages } from './open-mailing.ts';
import { closeCancelled, holdNeglected, stopForReturns } from './steer-mailing.ts';

export interface Tending {
  readonly ledger: Ledger;
  readonly schedule: Schedule;
  readonly clock: Clock;
  readonly onUnknown: OnUnknown;
}

// While a mailing is opened, what is opened already is on its way.
const PAGES_AT_A_TIME = 20;

// So many slices are two hundred thousand deliveries; the next look brings the next.
const JOBS_AT_A_TIME = 200;

/** How a mailing stands when it has been looked after. `more`: it wants to be looked after again at once. */
export type Tended = { readonly kind: 'more' | 'over' } | { readonly kind: 'waiting'; readonly nextDueAt: number };

export async function tendMailing(mailing: Mailing, tending: Tending): Promise<Tended> {
  const { ledger, clock, schedule } = tending;
  const now = clock.now();
  if (mailing.state === 'cancelled') return tendCancelled(ledger, mailing, now);
  if (mailing.state !== 'opening' && mailing.state !== 'sending') return { kind: 'over' };
  if (isNeglected(mailing.touchedAt, mailing.startsAt, now)) {
    await holdNeglected(ledger, mailing, now);
    return { kind: 'over' };
  }
  await ledger.mailings.touch(mailing.id, now);
  if (mailing.startsAt !== null && mailing.startsAt > now) return { kind: 'waiting', nextDueAt: mailing.startsAt };
  if (await stopForReturns(ledger, mailing, now)) return { kind: 'over' };
  if (mailing.state === 'opening') return openMore(mailing, tending, now);
  const waiting = await ledger.mailings.waiting(mailing.id);
  if (waiting.length === 0) return finish(tending, mailing.id, now);
  await schedule.add(waiting.toSorted((a, b) => a.dueAt - b.dueAt).slice(0, JOBS_AT_A_TIME));
  return { kind: 'waiting', nextDueAt: Math.min(...waiting.map(({ dueAt }) => dueAt)) };
}

async function tendCancelled(ledger: Ledger, { id }: Mailing, now: number): Promise<Tended> {
  return (await closeCancelled(ledger, id, now)) ? { kind: 'over' } : { kind: 'waiting', nextDueAt: now };
}

/** The first page is on its way before the others are opened; each look asks the schedule twice, not for every page. */
async function openMore(mailing: Mailing, tending: Tending, now: number): Promise<Tended> {
  const begun = await openAndSchedule(mailing, tending, now, 1);
  await openAndSchedule(begun, tending, now, PAGES_AT_A_TIME - 1);
  return { kind: 'more' };
}

async function openAndSchedule(mailing: Mailing, { ledger, schedule }: Tending, now: number, pages: number): Promise<Mailing> {
  const current = await openPages(ledger, mailing, now, pages);
  const opened = { mailing: mailing.id, first: mailing.recipients + 1, last: current.recipients };
  await schedule.add(await ledger.mailings.waiting(mailing.id, opened));
  return current;
}

async function finish({ ledger, onUnknown }: Tending, mailing: number, at: number): Promise<Tended> {
  const decision = decisionOf(onUnknown);
  if (decision !== null) await ledger.deliveries.resolveUnknown(mailing, decision, at);
  const isFinished = await ledger.mailings.finish(mailing, at, (unknown) => `${unknown} may have got it, or not.`);
  return isFinished ? { kind: 'over' } : { kind: 'waiting', nextDueAt: at };
}
