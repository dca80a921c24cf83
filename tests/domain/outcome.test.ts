// Outcomes: each delivery has exactly one, and together they are all recipients.
import { describe, expect, it } from 'vitest';
import { isFinal, isOutcome, NO_OUTCOMES, OUTCOMES, totalOf } from '../../src/domain/outcome.ts';

describe('outcomes', () => {
  it('are final but for those that wait', () => {
    expect(OUTCOMES.filter((outcome) => !isFinal(outcome))).toEqual(['due', 'deferred']);
  });

  it('are the seven that the books know, each once', () => {
    expect([...OUTCOMES].sort()).toEqual(['accepted', 'deferred', 'due', 'expired', 'rejected', 'unknown', 'withheld']);
    expect(Object.keys(NO_OUTCOMES).sort()).toEqual([...OUTCOMES].sort());
  });

  it.each(['', 'Accepted', 'sent', 'delivered', 'bounced', 'toString', 'accepted '])('do not include %j', (text) => {
    expect(isOutcome(text)).toBe(false);
  });

  it('are told from other words', () => {
    expect(OUTCOMES.every(isOutcome)).toBe(true);
  });

  it('add up, each counted once', () => {
    expect(totalOf(NO_OUTCOMES)).toBe(0);
    const counts = { accepted: 1, due: 2, deferred: 4, rejected: 8, expired: 16, withheld: 32, unknown: 64 };
    expect(totalOf(counts)).toBe(127);
  });
});
