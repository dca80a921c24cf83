// A mailing is looked after: opened, put into the schedule, held where it was neglected, finished, closed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mailing } from '../../src/domain/mailing.ts';
import { openMailing } from '../../src/flows/open-mailing.ts';
import { cancelMailing, pauseMailing, retryMailing } from '../../src/flows/steer-mailing.ts';
import { tendMailing } from '../../src/flows/tend-mailing.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { claim, settlement } from '../contracts/ledger/setting.ts';
import { type FakeClock, fakeClock } from '../domain/fake-clock.ts';
import { HOUR_MS, memoryLedger, NOW, openTo, request } from './mailing-to.ts';
import { type NotedSchedule, notedSchedule } from './noted-schedule.ts';

let ledger: Ledger;
let clock: FakeClock;
let schedule: NotedSchedule;
beforeEach(() => {
  clock = fakeClock(NOW);
  schedule = notedSchedule();
});
afterEach(() => ledger.close());

async function tend({ id }: Pick<Mailing, 'id'>) {
  return tendMailing(await ledger.mailings.get(id), { ledger, schedule, clock, onUnknown: 'hold' });
}

async function kindsOf({ id }: Mailing): Promise<string[]> {
  return (await ledger.mailings.events(id)).map(({ kind }) => kind);
}

async function settleAll(
  mailing: Mailing,
  outcome: 'accepted' | 'unknown' | 'rejected',
  reason: string | null = null,
): Promise<void> {
  for (const held of await claim(ledger, mailing, 'a', NOW))
    await ledger.deliveries.settle(settlement(held, { outcome, reason }));
}

describe('a mailing that is being opened', () => {
  it('is opened twenty pages at a time, and what is opened is put into the schedule at once', async () => {
    ledger = await memoryLedger(20_500);
    const mailing = await openMailing(ledger, request());
    const added = async () => {
      schedule.added.splice(0);
      const { kind } = await tend(mailing);
      return [kind, schedule.added.flat().map(({ first }) => first)];
    };
    const slices = Array.from({ length: 21 }, (_, index) => index * 1_000 + 1);
    expect(await added()).toEqual(['more', slices.slice(0, 20)]);
    expect(await added()).toEqual(['more', slices.slice(20)]);
    expect(await added()).toEqual(['waiting', slices]);
  });

  it('to nobody is finished', async () => {
    ledger = await memoryLedger(0);
    const mailing = await openMailing(ledger, request());
    await tend(mailing);
    expect(await tend(mailing)).toEqual({ kind: 'over' });
    expect(await ledger.mailings.get(mailing.id)).toMatchObject({ state: 'finished', finishedAt: NOW });
  });
});

describe('a mailing with a beginning', () => {
  it('is neither opened nor scheduled before it, and is looked after all the same', async () => {
    ledger = await memoryLedger(3);
    const startsAt = NOW + 20 * HOUR_MS;
    const mailing = await openMailing(ledger, request({ startsAt }));
    await clock.advance(10 * HOUR_MS);
    expect(await tend(mailing)).toEqual({ kind: 'waiting', nextDueAt: startsAt });
    expect(await ledger.mailings.get(mailing.id)).toMatchObject({ recipients: 0, touchedAt: clock.now() });
    await clock.advance(10 * HOUR_MS);
    expect(await tend(mailing)).toEqual({ kind: 'more' });
    expect(schedule.added.flat()).toHaveLength(1);
  });
});

describe('a mailing under way', () => {
  it('has all slices that wait in the schedule, each when it is due', async () => {
    ledger = await memoryLedger(1_001);
    const mailing = await openTo(ledger);
    const [held] = await claim(ledger, mailing, 'a', NOW, 1_000);
    expect(await tend(mailing)).toEqual({ kind: 'waiting', nextDueAt: NOW });
    expect(held?.sequence).toBe(1);
    expect(schedule.added.flat().toSorted((a, b) => a.first - b.first)).toEqual([
      { mailing: mailing.id, first: 1, last: 1_000, dueAt: NOW + 50 },
      { mailing: mailing.id, first: 1_001, last: 2_000, dueAt: NOW },
    ]);
  });

  it('is looked after by whoever tends it, and says so in the ledger', async () => {
    ledger = await memoryLedger(1);
    const mailing = await openTo(ledger);
    await clock.advance(1_000);
    await tend(mailing);
    expect((await ledger.mailings.get(mailing.id)).touchedAt).toBe(NOW + 1_000);
  });

  it('is finished when nothing waits, once, and says so once', async () => {
    ledger = await memoryLedger(2);
    const mailing = await openTo(ledger);
    await settleAll(mailing, 'accepted');
    const current = await ledger.mailings.get(mailing.id);
    const parts = { ledger, schedule, clock, onUnknown: 'hold' } as const;
    await Promise.all([tendMailing(current, parts), tendMailing(current, parts)]);
    expect((await ledger.mailings.get(mailing.id)).state).toBe('finished');
    expect(await kindsOf(mailing)).toEqual(['started', 'finished']);
  });

  it('that ends with somebody in doubt says how many', async () => {
    ledger = await memoryLedger(2);
    const mailing = await openTo(ledger);
    await settleAll(mailing, 'unknown', 'no-reply');
    await tend(mailing);
    expect((await ledger.mailings.events(mailing.id)).at(-1)).toMatchObject({
      kind: 'unknown',
      detail: '2 may have got it, or not.',
    });
  });

  // Once: finish() looks first and changes the state later, and what was requeued in between waits for ever.
  it('is not finished while somebody has just had deliveries tried again', async () => {
    ledger = await memoryLedger(1);
    const mailing = await openTo(ledger);
    await settleAll(mailing, 'rejected', 'spam');
    const { waiting } = ledger.mailings;
    ledger.mailings.waiting = async (id) => {
      ledger.mailings.waiting = waiting;
      const before = await waiting(id);
      await retryMailing(ledger, await ledger.mailings.get(id), NOW);
      return before;
    };
    await tend(mailing);
    const { counts } = await ledger.mailings.books(mailing.id);
    expect([counts.due, (await ledger.mailings.get(mailing.id)).state]).toEqual([1, 'sending']);
  });
});

describe('a mailing that nobody has looked after for more than six hours', () => {
  it('is held, with since when, and nothing of it is scheduled', async () => {
    ledger = await memoryLedger(1);
    const mailing = await openTo(ledger);
    await clock.advance(6 * HOUR_MS + 1);
    expect(await tend(mailing)).toEqual({ kind: 'over' });
    expect(await ledger.mailings.get(mailing.id)).toMatchObject({
      state: 'paused',
      stateReason: 'nobody has looked after it since 2026-01-01 12:00 UTC',
    });
    expect((await ledger.mailings.events(mailing.id)).at(-1)).toMatchObject({
      kind: 'untouched',
      detail: '2026-01-01 12:00 UTC',
    });
    expect(schedule.added).toEqual([]);
  });

  it('is not held at six hours', async () => {
    ledger = await memoryLedger(1);
    const mailing = await openTo(ledger);
    await clock.advance(6 * HOUR_MS);
    expect(await tend(mailing)).toMatchObject({ kind: 'waiting' });
  });
});

describe('a mailing that is over', () => {
  it.each(['paused', 'finished'] as const)('is left alone when it is %s', async (to) => {
    ledger = await memoryLedger(1);
    const mailing = await openTo(ledger);
    await ledger.mailings.changeState({
      ...{ mailing: mailing.id, from: ['sending'], to, reason: null, event: 'paused', detail: '', at: NOW },
    });
    await clock.advance(9 * HOUR_MS);
    expect(await tend(mailing)).toEqual({ kind: 'over' });
    expect(await ledger.mailings.get(mailing.id)).toMatchObject({ state: to, touchedAt: NOW });
  });

  it('by being cancelled is closed when the last claim has run out', async () => {
    ledger = await memoryLedger(2);
    const mailing = await openTo(ledger);
    await claim(ledger, mailing, 'a', NOW, 1);
    await cancelMailing(ledger, mailing, NOW);
    expect(await tend(mailing)).toEqual({ kind: 'waiting', nextDueAt: NOW });
    await clock.advance(50);
    expect(await tend(mailing)).toEqual({ kind: 'over' });
    expect(await ledger.mailings.get(mailing.id)).toMatchObject({ state: 'cancelled', finishedAt: NOW + 50 });
    expect((await ledger.mailings.books(mailing.id)).reasons.withheld).toEqual({ cancelled: 2 });
  });

  it('by a person stays so, whatever was read of it before', async () => {
    ledger = await memoryLedger(1);
    const mailing = await openTo(ledger);
    await settleAll(mailing, 'accepted');
    await pauseMailing(ledger, mailing, NOW);
    await tendMailing(mailing, { ledger, schedule, clock, onUnknown: 'hold' });
    expect((await ledger.mailings.get(mailing.id)).state).toBe('paused');
  });
});
