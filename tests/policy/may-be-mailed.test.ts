// Who gets a mailing: every state of a subscription, suppressed and not.
import { describe, expect, it } from 'vitest';
import { SUBSCRIPTION_STATES } from '../../src/domain/subscription.ts';
import { mayBeMailed } from '../../src/policy/may-be-mailed.ts';

describe('mayBeMailed', () => {
  it.each([
    ['active', null, null, { kind: 'mail' }],
    ['active', 'complaint', null, { kind: 'leave-out', reason: 'suppressed' }],
    ['active', '', null, { kind: 'leave-out', reason: 'suppressed' }],
    ['pending', null, null, { kind: 'leave-out', reason: 'pending' }],
    ['pending', 'gone', null, { kind: 'leave-out', reason: 'suppressed' }],
    ['ended', null, 'unsubscribed', { kind: 'leave-out', reason: 'ended' }],
    ['ended', null, null, { kind: 'leave-out', reason: 'ended' }],
    ['ended', 'complaint', 'unsubscribed', { kind: 'leave-out', reason: 'suppressed' }],
    [null, null, null, { kind: 'leave-out', reason: 'no-subscription' }],
    [null, 'gone', null, { kind: 'leave-out', reason: 'suppressed' }],
  ] as const)('decides on %s, suppressed for %s, ended for %s', (state, suppression, endedReason, decision) => {
    expect(mayBeMailed({ state, suppression, endedReason })).toEqual(decision);
  });

  it('lets one combination through and no other', () => {
    const states = [...SUBSCRIPTION_STATES, null];
    const standings = states.flatMap((state) =>
      [null, '', 'gone', 'complaint'].flatMap((suppression) =>
        [null, 'unsubscribed'].map((endedReason) => ({ state, suppression, endedReason })),
      ),
    );
    const mailed = standings.filter((standing) => mayBeMailed(standing).kind === 'mail');
    expect(mailed.every(({ state, suppression }) => state === 'active' && suppression === null)).toBe(true);
    expect(mailed).toHaveLength(2);
    expect(standings).toHaveLength(32);
  });
});
