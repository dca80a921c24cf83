// A mailing that nobody has looked after for hours is held; one that waits for its time is not.
import { describe, expect, it } from 'vitest';
import { isNeglected } from '../../src/policy/gap.ts';

const HOUR_MS = 60 * 60_000;

describe('isNeglected', () => {
  it.each([
    ['just looked after', 0, null, 0, false],
    ['six hours ago', 0, null, 6 * HOUR_MS, false],
    ['a moment longer ago', 0, null, 6 * HOUR_MS + 1, true],
    ['long ago, and it waits for its time', 0, 100 * HOUR_MS, 90 * HOUR_MS, false],
    ['long ago, and its time was six hours ago', 0, 100 * HOUR_MS, 106 * HOUR_MS, false],
    ['long ago, and its time was longer ago', 0, 100 * HOUR_MS, 106 * HOUR_MS + 1, true],
    ['lately, though its time was long ago', 99 * HOUR_MS, HOUR_MS, 100 * HOUR_MS, false],
    ['by a clock that is ahead', 10 * HOUR_MS, null, 0, false],
  ])('%s', (_, touchedAt, startsAt, now, expected) => {
    expect(isNeglected(touchedAt, startsAt, now)).toBe(expected);
  });
});
