// Works a mailing off until nothing is left, until the rest is due later, or until something stops it.

import type { Clock } from '../domain/clock.ts';
import type { Mailing } from '../domain/mailing.ts';
import { mayFinish } from '../policy/may-finish.ts';
import type { RunEnd, Schedule, Worker } from '../queue/schedule.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Trouble } from './judge-submission.ts';

export interface Running {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly schedule: Schedule<Trouble>;
  readonly worker: Worker<Trouble>;
}

export async function runMailing(
  mailing: Mailing,
  { ledger, clock, schedule, worker }: Running,
  signal: AbortSignal,
): Promise<RunEnd<Trouble>> {
  await ledger.deliveries.settleAbandoned(mailing.id, clock.now());
  const jobs = await ledger.mailings.waiting(mailing.id);
  const end = await schedule.run(jobs, worker, signal);
  const books = await ledger.mailings.books(mailing.id);
  if (mayFinish(books)) await ledger.mailings.changeState(mailing.id, ['sending'], 'finished', null, clock.now());
  return end;
}
