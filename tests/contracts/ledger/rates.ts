// Permits to hand messages to a relay: one limit, however many ask.
import { describe, expect, it } from 'vitest';
import type { RateLimits } from '../../../src/store/ledger.ts';
import type { LedgerOf } from './setting.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
// Traffic is counted in spans, and a window reaches as far as the span in which it begins.
const SPAN_MS = 5 * MINUTE_MS;
const START = Date.UTC(2026, 0, 1);

export function ratesContract(of: LedgerOf): void {
  const limits = (rest: Partial<RateLimits>): RateLimits => ({ relay: 'mx:25', perSecond: 0, perHour: 0, perDay: 0, ...rest });
  const take = (rest: Partial<RateLimits>, wanted: number, at = 0) => of().rates.take(limits(rest), wanted, START + at);
  const granted = async (rest: Partial<RateLimits>, wanted: number, at = 0) => (await take(rest, wanted, at)).granted;

  describe('permits', () => {
    it('are as many as are wanted where nothing limits them', async () => {
      expect(await granted({}, 1_000_000)).toBe(1_000_000);
    });

    it('are none where none are wanted', async () => {
      expect(await granted({ perSecond: 10, perHour: 10 }, 0)).toBe(0);
      expect(await granted({ perSecond: 10, perHour: 10 }, -3)).toBe(0);
      expect(await granted({ perSecond: 10, perHour: 10 }, 10)).toBe(10);
    });

    it('of one relay are not those of another', async () => {
      expect(await granted({ perHour: 5 }, 5)).toBe(5);
      expect(await granted({ perHour: 5, relay: 'other:25' }, 5)).toBe(5);
    });
  });

  describe('a limit per second', () => {
    it('holds for all who ask together', async () => {
      expect(await granted({ perSecond: 10 }, 6)).toBe(6);
      expect(await granted({ perSecond: 10 }, 6)).toBe(4);
      expect(await granted({ perSecond: 10 }, 6)).toBe(0);
    });

    it('says when to ask again, and then grants', async () => {
      await take({ perSecond: 10 }, 10);
      const { granted: none, retryAt } = await take({ perSecond: 10 }, 10);
      expect(none).toBe(0);
      expect(retryAt).toBe(START + 500);
      expect(await granted({ perSecond: 10 }, 10, 500)).toBe(5);
    });

    it.each([0.1, 1, 3, 10, 250])('of %d is held to over a minute, one second ahead at most', async (perSecond) => {
      let total = 0;
      for (let at = 0; at < MINUTE_MS; ) {
        const answer = await take({ perSecond }, 50, at);
        total += answer.granted;
        expect(total).toBeLessThanOrEqual(Math.ceil((at / 1_000 + 1) * perSecond));
        at = answer.granted > 0 ? at : answer.retryAt - START;
      }
      expect(total).toBeGreaterThanOrEqual(Math.floor(60 * perSecond));
    });

    it('is not saved up while nobody asks', async () => {
      await take({ perSecond: 10 }, 1);
      expect(await granted({ perSecond: 10 }, 1_000, HOUR_MS)).toBe(10);
    });
  });

  describe.each([
    ['hour', 'perHour', HOUR_MS],
    ['day', 'perDay', DAY_MS],
  ] as const)('a limit per %s', (_, name, windowMs) => {
    it('is held to, and what is left of it granted', async () => {
      expect(await granted({ [name]: 100 }, 70)).toBe(70);
      expect(await granted({ [name]: 100 }, 70)).toBe(30);
      expect(await granted({ [name]: 100 }, 70, windowMs / 2)).toBe(0);
    });

    it('slides: what went out counts for the whole window after it', async () => {
      await take({ [name]: 100 }, 60, SPAN_MS - 1);
      await take({ [name]: 100 }, 40, SPAN_MS);
      expect(await granted({ [name]: 100 }, 100, windowMs + SPAN_MS - 1)).toBe(0);
      expect(await granted({ [name]: 100 }, 100, windowMs + SPAN_MS)).toBe(60);
      expect(await granted({ [name]: 100 }, 100, windowMs + 2 * SPAN_MS)).toBe(40);
    });

    it('says when to ask again: a millisecond earlier there is nothing, then there is', async () => {
      await take({ [name]: 10 }, 10, SPAN_MS / 2);
      const { granted: none, retryAt } = await take({ [name]: 10 }, 10, SPAN_MS);
      expect(none).toBe(0);
      expect(await granted({ [name]: 10 }, 10, retryAt - START - 1)).toBe(0);
      expect(await granted({ [name]: 10 }, 10, retryAt - START)).toBe(10);
    });

    it('that was lowered grants nothing until the lower is kept to', async () => {
      await take({ [name]: 100 }, 100);
      expect(await granted({ [name]: 10 }, 1, windowMs / 2)).toBe(0);
    });
  });

  it('the narrower of two limits decides, and the later moment is when to ask again', async () => {
    expect(await granted({ perHour: 10, perDay: 5 }, 20)).toBe(5);
    expect(await take({ perHour: 5, perDay: 5 }, 1)).toEqual({ granted: 0, retryAt: START + DAY_MS + SPAN_MS });
  });

  it('given back unused may be taken again', async () => {
    await take({ perHour: 10 }, 10);
    await of().rates.giveBack('mx:25', 4, START);
    expect(await granted({ perHour: 10 }, 10)).toBe(4);
  });

  // Once: what is given back is taken off the span of that moment, which is not the one in which it was counted.
  it('given back a moment later, in the next span, lets nothing more go out in any hour', async () => {
    await take({ perHour: 10 }, 5, SPAN_MS - 1);
    await take({ perHour: 10 }, 5, SPAN_MS + 5_000);
    await of().rates.giveBack('mx:25', 5, START + SPAN_MS - 1);
    expect(await granted({ perHour: 10 }, 10, HOUR_MS + SPAN_MS)).toBeLessThanOrEqual(5);
  });

  it('that many take at the same moment are never more than the limit', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => take({ perHour: 50 }, 7)));
    expect(answers.reduce((sum, each) => sum + each.granted, 0)).toBe(50);
    const others = await Promise.all(Array.from({ length: 20 }, () => take({ relay: 'pace:25', perSecond: 30 }, 7)));
    expect(others.reduce((sum, each) => sum + each.granted, 0)).toBe(30);
  });
}
