// The judge is judged first: a proof that cannot fail is none.
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/domain/outcome.ts';
import { type Evidence, isKept, judge } from './verdict.ts';

const row = (address: string, outcome: Outcome) => ({ address, outcome });
const GOOD: Evidence = {
  connections: 2,
  recipients: [
    { address: 'a', treatment: 'well' },
    { address: 'b', treatment: 'well' },
    { address: 'gone', treatment: 'refuse' },
    { address: 'lost', treatment: 'drop-after-dot' },
  ],
  leavers: ['left'],
  state: 'finished',
  deliveries: [row('a', 'accepted'), row('b', 'unknown'), row('gone', 'rejected'), row('lost', 'unknown')],
  excluded: 1,
  taken: ['a', 'lost'],
  crashes: 1,
};
/** The same with another outcome for b. */
const withB = (outcome: Outcome): Evidence => ({
  ...GOOD,
  deliveries: GOOD.deliveries.map((each) => (each.address === 'b' ? row('b', outcome) : each)),
});

it('finds nothing amiss where each has one outcome and the witness agrees', () => {
  expect(judge(GOOD)).toEqual({
    counts: { due: 0, deferred: 0, accepted: 1, rejected: 1, expired: 0, withheld: 0, unknown: 2 },
    lost: [],
    doubled: [],
    amiss: [],
  });
  expect(isKept(judge(GOOD))).toBe(true);
});

describe('notices', () => {
  const cases: Record<string, [Evidence, object]> = {
    'somebody without a row': [
      { ...GOOD, deliveries: GOOD.deliveries.filter(({ address }) => address !== 'b') },
      { lost: ['b'], amiss: ['3 rows for 4 recipients.'] },
    ],
    'somebody accepted whom the witness never saw': [withB('accepted'), { lost: ['b'] }],
    'somebody who still waits': [withB('due'), { lost: ['b'] }],
    'somebody deferred at the end': [withB('deferred'), { lost: ['b'] }],
    'somebody refused whom nobody refused': [withB('rejected'), { lost: ['b'] }],
    'somebody held back without a reason': [withB('withheld'), { lost: ['b'] }],
    'somebody mailed twice': [{ ...GOOD, taken: [...GOOD.taken, 'a'] }, { doubled: ['a'] }],
    'somebody mailed twice who is in doubt': [{ ...GOOD, taken: [...GOOD.taken, 'lost'] }, { doubled: ['lost'] }],
    'somebody mailed of whom the ledger denies it': [{ ...GOOD, taken: [...GOOD.taken, 'gone'] }, { doubled: ['gone'] }],
    'two rows for one': [
      { ...GOOD, deliveries: [...GOOD.deliveries, row('a', 'accepted')] },
      { amiss: ['5 rows for 4 recipients.'] },
    ],
    'somebody mailed who had left': [
      { ...GOOD, taken: [...GOOD.taken, 'left'] },
      { doubled: ['left'], amiss: ['left was not to be mailed.'] },
    ],
    'a mailing that is not over': [{ ...GOOD, state: 'sending' }, { amiss: ['The mailing is sending.'] }],
    'somebody left out without being counted': [{ ...GOOD, excluded: 0 }, { amiss: ['0 excluded, and 1 had left.'] }],
    'more in doubt than connections were open': [
      { ...GOOD, crashes: 0 },
      { amiss: ['1 are unknown, and 0 may be after 0 crashes.'] },
    ],
  };
  it.each(Object.entries(cases))('%s', (_name, [evidence, expected]) => {
    expect(judge(evidence)).toMatchObject(expected);
    expect(isKept(judge(evidence))).toBe(false);
  });
});
