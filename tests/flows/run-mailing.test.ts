// A mailing in the foreground: until it is over, until the rest is due later, or until something stops it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mailing } from '../../src/domain/mailing.ts';
import { deliverSlice } from '../../src/flows/deliver-slice.ts';
import { openMailing } from '../../src/flows/open-mailing.ts';
import { type RunEnd, type Running, runMailing } from '../../src/flows/run-mailing.ts';
import { pauseMailing } from '../../src/flows/steer-mailing.ts';
import { inProcessSchedule } from '../../src/queue/in-process.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { type FakeClock, fakeClock } from '../domain/fake-clock.ts';
import {
  type Answer,
  accept,
  deliveringBy,
  MINUTE_MS,
  memoryLedger,
  NOW,
  openTo,
  quiet,
  request,
  sayBusy,
} from './mailing-to.ts';

let ledger: Ledger;
let clock: FakeClock;
let abort: AbortController;
beforeEach(() => {
  clock = fakeClock(NOW);
  abort = new AbortController();
});
afterEach(() => ledger.close());

interface Run {
  end?: RunEnd | Error;
}

function start(mailing: Mailing, answer: Answer): Run {
  const run: Run = {};
  const delivering = deliveringBy(ledger, clock, answer);
  const running: Running = {
    ...{ ledger, clock, schedule: inProcessSchedule({ clock, concurrency: 2 }), limitsAt: () => null, onUnknown: 'hold' },
    workerFor: (onTrouble) => (slice, signal) => deliverSlice(slice, { ...delivering, onTrouble }, signal),
  };
  void runMailing(mailing, running, abort.signal)
    .catch((error: Error) => error)
    .then((end) => {
      run.end = end;
    });
  return run;
}

/** Second after second, until it has ended. */
async function goOn(run: Run, seconds = 600): Promise<void> {
  for (let second = 0; second < seconds && run.end === undefined; second++) {
    await quiet(clock);
    if (run.end === undefined) await clock.advance(1_000);
  }
}

async function counts({ id }: Mailing) {
  return (await ledger.mailings.books(id)).counts;
}

describe('a mailing in the foreground', () => {
  it('is opened, sent and finished, and is over', async () => {
    ledger = await memoryLedger(1_200);
    const mailing = await openMailing(ledger, request());
    const run = start(mailing, accept);
    await goOn(run);
    expect(run.end).toEqual({ kind: 'over' });
    expect(await counts(mailing)).toMatchObject({ accepted: 1_200 });
    expect((await ledger.mailings.get(mailing.id)).state).toBe('finished');
  });

  it('waits for second tries that are due within ten minutes', async () => {
    ledger = await memoryLedger(2);
    const mailing = await openTo(ledger);
    let broken = 1;
    const run = start(mailing, (...args) =>
      broken-- > 0 ? Promise.resolve({ kind: 'unended', why: 'reset' }) : accept(...args),
    );
    await goOn(run);
    expect(run.end).toEqual({ kind: 'over' });
    expect(clock.now() - NOW).toBeGreaterThanOrEqual(MINUTE_MS);
    expect(await counts(mailing)).toMatchObject({ accepted: 2 });
  });

  it('says when the rest is due where that is later', async () => {
    ledger = await memoryLedger(1);
    const run = start(await openTo(ledger), () => Promise.resolve({ kind: 'unended', why: 'reset' }));
    await goOn(run, 2_000);
    expect(run.end).toMatchObject({ kind: 'later' });
    expect((run.end as { at: number }).at - clock.now()).toBeGreaterThan(10 * MINUTE_MS);
  });

  it('ends with the trouble, and as interrupted where it was', async () => {
    ledger = await memoryLedger(3);
    const troubled = start(await openTo(ledger), () => Promise.resolve({ kind: 'unreachable', why: 'refused' }));
    await goOn(troubled);
    expect(troubled.end).toMatchObject({ kind: 'stopped', trouble: { kind: 'unreachable' } });
    abort.abort();
    const interrupted = start(await ledger.mailings.get(1), accept);
    await goOn(interrupted);
    expect(interrupted.end).toEqual({ kind: 'interrupted' });
  });

  it('is over where somebody else has paused it', async () => {
    ledger = await memoryLedger(1);
    const mailing = await openTo(ledger, { startsAt: NOW + 5 * MINUTE_MS });
    const run = start(mailing, accept);
    await goOn(run, 5);
    expect(run.end).toBeUndefined();
    await pauseMailing(ledger, mailing, NOW);
    await goOn(run, 5);
    expect(run.end).toEqual({ kind: 'over' });
  });
});

describe('a relay that is busy', () => {
  // Once: each slice comes back at once, is idle, rings, and is put into the schedule again, due now: for the whole
  // minute nothing else runs in this process, not even a timer or a signal.
  it('is left alone, and the ledger, too', async () => {
    ledger = await memoryLedger(20);
    const mailing = await openTo(ledger);
    let looks = 0;
    const { waiting } = ledger.mailings;
    ledger.mailings.waiting = (...args) =>
      // The loop would never let this test end.
      ++looks > 500 ? Promise.reject(new Error('looked 500 times')) : waiting(...args);
    const run = start(mailing, sayBusy);
    await goOn(run, 10);
    abort.abort();
    await goOn(run, 10);
    expect(looks).toBeLessThan(100);
  });
});
