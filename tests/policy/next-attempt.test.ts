// When a deferred delivery is tried again: after a minute, then ever later, until two days have passed.
import { describe, expect, it } from 'vitest';
import { nextAttempt, PATIENCE } from '../../src/policy/next-attempt.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FIRST = Date.UTC(2023, 1, 7, 10);

/** Hours after the first attempt at which the others come, where each attempt is deferred at once. */
function attemptsInHours(): number[] {
  const hours: number[] = [];
  let now = FIRST;
  for (let attempts = 1; attempts < 1_000; attempts++) {
    const next = nextAttempt(attempts, FIRST, now, PATIENCE);
    if (next.kind === 'expired') return hours;
    now = next.at;
    hours.push((now - FIRST) / HOUR_MS);
  }
  throw new Error('Patience has no end.');
}

describe('nextAttempt', () => {
  it.each([
    [1, MINUTE_MS],
    [2, 5 * MINUTE_MS],
    [3, 30 * MINUTE_MS],
    [4, 2 * HOUR_MS],
    [5, 6 * HOUR_MS],
    [6, 6 * HOUR_MS],
    [7, 6 * HOUR_MS],
  ])('after attempt %d waits %d ms from now on', (attempts, delayMs) => {
    const now = FIRST + 12_345;
    expect(nextAttempt(attempts, FIRST, now, PATIENCE)).toEqual({ kind: 'again', at: now + delayMs });
  });

  it('tries twelve times in all and gives up after the one at hour 44.6', () => {
    expect(attemptsInHours().map((hours) => Math.round(hours * 10) / 10)).toEqual([
      0, 0.1, 0.6, 2.6, 8.6, 14.6, 20.6, 26.6, 32.6, 38.6, 44.6,
    ]);
  });

  it('still tries exactly 48 hours after the first attempt, and not a millisecond later', () => {
    const last = FIRST + 42 * HOUR_MS;
    expect(nextAttempt(9, FIRST, last, PATIENCE)).toEqual({ kind: 'again', at: FIRST + 48 * HOUR_MS });
    expect(nextAttempt(9, FIRST, last + 1, PATIENCE)).toEqual({ kind: 'expired' });
  });

  it('gives up on a delivery whose first attempt is long past, however few there were', () => {
    expect(nextAttempt(1, FIRST, FIRST + 72 * HOUR_MS, PATIENCE)).toEqual({ kind: 'expired' });
  });

  it('takes the patience that it is given', () => {
    const patience = { delaysMs: [10], giveUpAfterMs: 25 };
    expect(nextAttempt(1, 0, 0, patience)).toEqual({ kind: 'again', at: 10 });
    expect(nextAttempt(2, 0, 15, patience)).toEqual({ kind: 'again', at: 25 });
    expect(nextAttempt(3, 0, 16, patience)).toEqual({ kind: 'expired' });
  });
});
