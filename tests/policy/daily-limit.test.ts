// How much may go out in a day: a fixed limit, a curve, or the lower of the two.
import { describe, expect, it } from 'vitest';
import { dailyLimit } from '../../src/policy/daily-limit.ts';

const FROM = Date.UTC(2026, 11, 1);
const HOUR_MS = 60 * 60_000;
const curve = { fromAt: FROM, perDay: [200, 500, 1_000] };

describe('dailyLimit', () => {
  it.each([0, 5_000])('without a curve is the fixed one: %i', (fixed) => {
    expect(dailyLimit(fixed, null, FROM)).toBe(fixed);
  });

  it.each([
    ['long before it begins', -1_000, 200],
    ['a moment before it begins', -1 / HOUR_MS, 200],
    ['at its first moment', 0, 200],
    ['at the last of the first day', 24 - 1 / HOUR_MS, 200],
    ['at the first of the second day', 24, 500],
    ['on its last day', 71, 1_000],
    ['when it is over', 72, 5_000],
    ['long after', 10_000, 5_000],
  ])('%s (%d hours) is %i', (_, hours, limit) => {
    expect(dailyLimit(5_000, curve, FROM + hours * HOUR_MS)).toBe(limit);
  });

  it('is never above the fixed one', () => {
    expect(dailyLimit(300, curve, FROM + 24 * HOUR_MS)).toBe(300);
  });

  it('is the curve’s where there is no fixed one, and none when the curve is over', () => {
    expect(dailyLimit(0, curve, FROM + 24 * HOUR_MS)).toBe(500);
    expect(dailyLimit(0, curve, FROM + 72 * HOUR_MS)).toBe(0);
  });
});
