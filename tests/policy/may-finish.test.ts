// When a mailing is finished: nothing of it waits.
import { describe, expect, it } from 'vitest';
import type { Books } from '../../src/domain/mailing.ts';
import { NO_OUTCOMES, OUTCOMES } from '../../src/domain/outcome.ts';
import { mayFinish } from '../../src/policy/may-finish.ts';

function books(counts: Partial<Books['counts']>): Books {
  return { onList: 9, excluded: {}, recipients: 9, counts: { ...NO_OUTCOMES, ...counts }, reasons: {}, nextDueAt: null };
}

describe('mayFinish', () => {
  it.each(OUTCOMES)('judges a mailing with one delivery that is %s', (outcome) => {
    const waits = outcome === 'due' || outcome === 'deferred';
    expect(mayFinish(books({ accepted: 5, [outcome]: 1 }))).toBe(!waits);
  });

  it('finishes a mailing that nobody was to get', () => {
    expect(mayFinish(books({}))).toBe(true);
  });
});
