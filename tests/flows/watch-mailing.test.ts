// Work that is due and that nobody takes is noticed after two minutes, and said once in six hours.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CrewMember } from '../../src/domain/crew.ts';
import type { Mailing } from '../../src/domain/mailing.ts';
import { pauseMailing, resumeMailing } from '../../src/flows/steer-mailing.ts';
import { watchMailing } from '../../src/flows/watch-mailing.ts';
import type { Ledger, RateLimits } from '../../src/store/ledger.ts';
import { HOUR_MS, MINUTE_MS, memoryLedger, NOW, openTo } from './mailing-to.ts';

const LIMITS: RateLimits = { relay: 'mx:25', perSecond: 0, perHour: 5, perDay: 0 };

let ledger: Ledger;
let mailing: Mailing;
beforeEach(async () => {
  ledger = await memoryLedger(1);
  mailing = await openTo(ledger);
});
afterEach(() => ledger.close());

async function watch(at: number, { dueAt = NOW, limits = null as RateLimits | null } = {}): Promise<void> {
  const current = await ledger.mailings.get(mailing.id);
  await watchMailing(current, dueAt, { ledger, clock: { now: () => at }, limitsAt: () => limits });
}

async function stuck() {
  return (await ledger.mailings.events(mailing.id)).filter(({ kind }) => kind === 'stuck');
}

function beat(rest: Partial<CrewMember>): Promise<void> {
  return ledger.crew.beat({
    id: 'a',
    role: 'work',
    host: 'h',
    pid: 1,
    startedAt: 0,
    seenAt: 0,
    claimedAt: null,
    isRelayHere: true,
    ...rest,
  });
}

it('says so after two minutes, with since when', async () => {
  await watch(NOW + 2 * MINUTE_MS - 1);
  expect(await stuck()).toEqual([]);
  await watch(NOW + 2 * MINUTE_MS);
  expect(await stuck()).toMatchObject([
    { at: NOW + 2 * MINUTE_MS, detail: 'Work has been due since 2026-01-01 12:00 UTC, and nobody has taken any of it.' },
  ]);
});

it('says so again after six hours, and not before', async () => {
  for (const at of [2 * MINUTE_MS, 4 * MINUTE_MS, 6 * HOUR_MS, 6 * HOUR_MS + 2 * MINUTE_MS]) await watch(NOW + at);
  expect((await stuck()).map(({ at }) => at - NOW)).toEqual([2 * MINUTE_MS, 6 * HOUR_MS + 2 * MINUTE_MS]);
});

it.each([
  ['took deliveries within two minutes', { claimedAt: NOW + 8 * MINUTE_MS + 1 }, 0],
  ['took deliveries longer ago', { claimedAt: NOW + 8 * MINUTE_MS }, 1],
  ['was started within two minutes', { startedAt: NOW + 8 * MINUTE_MS + 1 }, 0],
  ['was started longer ago and took none', {}, 1],
] as const)('where somebody %s: %i', async (_, member, times) => {
  await beat({ seenAt: NOW + 10 * MINUTE_MS, ...member });
  await watch(NOW + 10 * MINUTE_MS);
  expect(await stuck()).toHaveLength(times);
});

it('does not count whoever was not heard of for two minutes', async () => {
  await beat({ claimedAt: NOW + 9 * MINUTE_MS, seenAt: NOW + 7 * MINUTE_MS });
  await watch(NOW + 10 * MINUTE_MS);
  expect(await stuck()).toHaveLength(1);
});

it('says nothing while a limit holds everybody back, and takes none of what the limit grants', async () => {
  await ledger.rates.take(LIMITS, 5, NOW);
  await watch(NOW + 3 * MINUTE_MS, { limits: LIMITS });
  expect(await stuck()).toEqual([]);
  await ledger.rates.giveBack('mx:25', 2, NOW);
  await watch(NOW + 3 * MINUTE_MS, { limits: LIMITS });
  expect(await stuck()).toHaveLength(1);
  expect((await ledger.rates.take(LIMITS, 5, NOW + 3 * MINUTE_MS)).granted).toBe(2);
});

it('counts from when the next is due, not from the opening', async () => {
  await watch(NOW + HOUR_MS, { dueAt: NOW + HOUR_MS - MINUTE_MS });
  expect(await stuck()).toEqual([]);
});

// Once: what waited while the mailing was paused counts as neglected the moment it is resumed.
it('says nothing of a mailing that was resumed a moment ago', async () => {
  await beat({ seenAt: NOW + HOUR_MS });
  await pauseMailing(ledger, mailing, NOW);
  await resumeMailing(ledger, await ledger.mailings.get(mailing.id), NOW + HOUR_MS);
  await watch(NOW + HOUR_MS);
  expect(await stuck()).toEqual([]);
});
