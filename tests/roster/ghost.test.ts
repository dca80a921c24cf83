// Ghost's member export.
import { describe, expect, it } from 'vitest';
import { openRoster, type RosterSettings, type RowResult } from '../../src/roster/open-roster.ts';

const HEADER = [
  ...[
    'id',
    'email',
    'name',
    'note',
    'subscribed_to_emails',
    'complimentary_plan',
    'stripe_customer_id',
    'created_at',
    'deleted_at',
  ],
  ...['labels', 'tiers'],
];
const ADA = {
  ...{ id: '5f6a1c2d3e4f5a6b7c8d9e0f', email: 'ada@example.org', name: 'Ada Lovelace', note: 'met at the fair' },
  ...{ subscribed_to_emails: 'true', complimentary_plan: 'false', stripe_customer_id: 'cus_Hq1', deleted_at: '' },
  ...{ created_at: '2022-11-30T23:59:59.000Z', labels: 'VIP,press', tiers: 'Gold' },
};
const CREATED_AT = Date.UTC(2022, 10, 30, 23, 59, 59);

function read(row: Partial<typeof ADA> = {}, as: RosterSettings['as'] = null): RowResult {
  const result = openRoster(HEADER, { file: 'members.csv', as, columns: new Map(), at: Date.UTC(2025, 0, 1) });
  if (result.kind === 'unreadable') throw new Error(result.why);
  expect(result.roster.format).toBe('Ghost');
  const cells: Record<string, string> = { ...ADA, ...row };
  return result.roster.read(HEADER.map((column) => cells[column] ?? ''));
}

describe('a member', () => {
  it('who gets mail is active, with name, note, labels and tiers, and nothing of Ghost’s own', () => {
    expect(read()).toEqual({
      kind: 'row',
      row: {
        ...{ address: 'ada@example.org', key: 'ada@example.org', name: 'Ada Lovelace', ip: '' },
        attributes: { note: 'met at the fair', labels: 'VIP,press', tiers: 'Gold' },
        claim: { state: 'active', reason: null, since: CREATED_AT },
      },
    });
  });

  it.each([null, 'active', 'pending'] as const)('who gets no mail has unsubscribed, also as %j', (as) => {
    const claim = { state: 'ended', reason: 'unsubscribed', since: null };
    expect(read({ subscribed_to_emails: 'false' }, as)).toMatchObject({ row: { claim } });
  });

  it.each(['true', 'false', ''])('who was deleted is removed, though getting mail is %j', (subscribed_to_emails) => {
    const claim = { state: 'ended', reason: 'removed', since: Date.UTC(2024, 0, 2, 3, 4, 5) };
    expect(read({ subscribed_to_emails, deleted_at: '2024-01-02T03:04:05.000Z' })).toMatchObject({ row: { claim } });
  });

  it('who was deleted at a time that cannot be read is removed all the same', () => {
    const claim = { state: 'ended', reason: 'removed', since: null };
    expect(read({ deleted_at: 'last spring' })).toMatchObject({ row: { claim } });
  });

  it.each(['', 'yes', 'TRUE', '1'])('of whom Ghost says %j is refused, whatever the admin says', (subscribed_to_emails) => {
    const refused = { kind: 'refused', why: 'Ghost does not say whether the member gets mail' };
    expect(read({ subscribed_to_emails })).toEqual(refused);
    expect(read({ subscribed_to_emails }, 'active')).toEqual(refused);
  });
});

describe('an apostrophe before a formula', () => {
  it.each([
    ["'=HYPERLINK(1)", '=HYPERLINK(1)'],
    ["'+44 20 7946", '+44 20 7946'],
    ["'-Ada-", '-Ada-'],
    ["'@ada", '@ada'],
    ["''=Ada", "''=Ada"],
    ["'Ada'", "'Ada'"],
    ["O'Brien", "O'Brien"],
    ['=Ada', '=Ada'],
    ["'", "'"],
  ])('%j is read as %j in a name and a note', (written, meant) => {
    expect(read({ name: written, note: written })).toMatchObject({ row: { name: meant, attributes: { note: meant } } });
  });

  it('is taken from the address too', () => {
    expect(read({ email: "'+ada@example.org" })).toMatchObject({ row: { address: '+ada@example.org', key: '+ada@example.org' } });
  });
});
