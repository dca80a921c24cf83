// When so much comes back that a mailing stops: shares of what was accepted, and never by a few.
import { describe, expect, it } from 'vitest';
import { mayBeTooMany, tooManyReturns, tooManyWords } from '../../src/policy/too-many-returns.ts';

describe('too much comes back', () => {
  it.each([
    [0, 0, 0, null],
    [1_000, 0, 3, null],
    [1_000, 0, 4, 'too-many-complaints'],
    [999, 0, 3, 'too-many-complaints'],
    [3, 0, 2, null],
    [3, 0, 3, 'too-many-complaints'],
    [0, 0, 3, 'too-many-complaints'],
    [19, 19, 0, null],
    [400, 20, 0, null],
    [399, 20, 0, 'too-many-bounces'],
    [400, 21, 0, 'too-many-bounces'],
    [1_000_000, 50_000, 3_000, null],
    [1_000_000, 50_001, 3_000, 'too-many-bounces'],
    [100, 50, 50, ['too-many-complaints', 'too-many-bounces']],
  ] as const)('of %i accepted, with %i bounced and %i complaints: %s', (accepted, bounced, complained, why) => {
    expect(tooManyReturns({ accepted, bounced, complained })).toEqual(why === null ? [] : [why].flat());
  });

  it('only where it may, whatever was accepted', () => {
    const counts = [0, 1, 2, 3, 19, 20, 21, 1_000];
    for (const accepted of [0, 1, 100, 1e6])
      for (const bounced of counts)
        for (const complained of counts)
          if (!mayBeTooMany({ bounced, complained })) expect(tooManyReturns({ accepted, bounced, complained })).toEqual([]);
  });

  it.each([
    ['too-many-complaints', '4 of 1000 readers called it spam; receivers shut out a sender above 0.3 %'],
    ['too-many-bounces', '60 of 1000 came back; receivers shut out a sender above 5 %'],
  ] as const)('and says so to the editor: %s', (why, words) => {
    expect(tooManyWords(why, { accepted: 1_000, bounced: 60, complained: 4 })).toBe(words);
  });
});
