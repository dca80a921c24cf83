// Buttondown's subscriber export, older and newer.
import { describe, expect, it } from 'vitest';
import { openRoster, type RosterSettings, type RowResult } from '../../src/roster/open-roster.ts';

const OLDER = [
  ...['id', 'secondary_id', 'email', 'notes', 'subscriber_type', 'referrer_url', 'utm_campaign', 'creation_date', 'ip_address'],
  ...['subscription_date', 'unsubscription_date', 'tags', 'metadata'],
];
const RENAMED = new Map([
  ['email', 'email_address'],
  ['subscriber_type', 'type'],
]);
const NEWER = OLDER.map((column) => RENAMED.get(column) ?? column);
const ADA = {
  ...{
    id: '0b0e4b1c-6b1f-4a3a-8a53-2f1f3b1f2c11',
    secondary_id: '17',
    notes: 'met at the fair',
    referrer_url: 'https://x.example/',
  },
  ...{ utm_campaign: 'spring', creation_date: '2023-05-01 08:00:00+00:00', ip_address: '2001:db8::7', tags: 'maths' },
  ...{ subscription_date: '2023-05-01 08:05:00.123456+00:00', unsubscription_date: '', metadata: '{"shirt": "m"}' },
};
const JOINED_AT = Date.UTC(2023, 4, 1, 8, 5, 0, 123);
const LEFT_AT = Date.UTC(2024, 1, 29, 20, 0, 1);
const LEFT = '2024-02-29 20:00:01+00:00';

const FILES = [
  ['older', OLDER],
  ['newer', NEWER],
] as const;

function read(header: readonly string[], row: Record<string, string>, as: RosterSettings['as'] = null): RowResult {
  const result = openRoster(header, { file: 'export.csv', as, columns: new Map(), at: Date.UTC(2025, 0, 1) });
  if (result.kind === 'unreadable') throw new Error(result.why);
  expect(result.roster.format).toBe('Buttondown');
  const cells: Record<string, string> = { email: 'ada@example.org', email_address: 'ada@example.org', ...ADA, ...row };
  return result.roster.read(header.map((column) => cells[column] ?? ''));
}

describe.each(FILES)('a row of an %s file', (_, header) => {
  const typed = (type: string, row: Record<string, string> = {}, as: RosterSettings['as'] = null) =>
    read(header, { subscriber_type: type, type, ...row }, as);

  it('gives the address, the notes, the tags and nothing of Buttondown’s own', () => {
    expect(typed('regular')).toEqual({
      kind: 'row',
      row: {
        ...{ address: 'ada@example.org', key: 'ada@example.org', name: '', ip: '2001:db8::7' },
        attributes: { notes: 'met at the fair', tags: 'maths' },
        claim: { state: 'active', reason: null, since: JOINED_AT },
      },
    });
  });

  it.each([...['regular', 'premium', 'trialed', 'gifted', 'unpaid', 'churning', 'churned', 'paused', 'past_due', 'upcoming']])(
    'that is %s is active',
    (type) => {
      expect(typed(type)).toMatchObject({ row: { claim: { state: 'active', reason: null, since: JOINED_AT } } });
    },
  );

  it.each([
    ['unactivated', '', { state: 'pending', reason: null, since: null }],
    ['unsubscribed', LEFT, { state: 'ended', reason: 'unsubscribed', since: LEFT_AT }],
    ['unsubscribed', '', { state: 'ended', reason: 'unsubscribed', since: null }],
    ['undeliverable', '', { state: 'suppressed', reason: 'gone', since: null }],
    ['malformed', LEFT, { state: 'suppressed', reason: 'gone', since: LEFT_AT }],
    ['complained', LEFT, { state: 'suppressed', reason: 'complaint', since: LEFT_AT }],
    ['complained', '', { state: 'suppressed', reason: 'complaint', since: null }],
  ])('that is %s, and left on %j, is %j', (type, unsubscription_date, claim) => {
    expect(typed(type, { unsubscription_date })).toMatchObject({ kind: 'row', row: { claim } });
  });

  it.each(['regular', 'premium', 'unactivated', 'blocked'])('that is %s and has left by its date has ended', (type) => {
    const claim = { state: 'ended', reason: 'unsubscribed', since: LEFT_AT };
    expect(typed(type, { unsubscription_date: LEFT })).toMatchObject({ row: { claim } });
  });

  it.each(['blocked', 'spammy', 'removed', '', 'Regular'])('that is %j is refused, whatever the admin says', (type) => {
    const refused = { kind: 'refused', why: `its type ${JSON.stringify(type)} is none that Buttondown mails` };
    expect(typed(type)).toEqual(refused);
    expect(typed(type, {}, 'active')).toEqual(refused);
  });

  it.each([
    ['its creation where it has no date of subscribing', { subscription_date: '' }, Date.UTC(2023, 4, 1, 8)],
    ['no moment where it has neither', { subscription_date: '', creation_date: '' }, null],
  ])('is active since %s', (_when, row, since) => {
    expect(typed('regular', row)).toMatchObject({ row: { claim: { state: 'active', since } } });
  });
});

describe('a file of Buttondown’s', () => {
  it.each([
    [['email', 'subscriber_type']],
    [['email', 'secondary_id', 'type']],
    [['email_address', 'secondary_id', 'type']],
    [['email_address', 'subscriber_type']],
  ])('is known by %j', (header) => {
    const cells = header.map((column) => ({ email: 'a@x.example', email_address: 'a@x.example' })[column] ?? 'regular');
    const result = openRoster(header, { file: '', as: null, columns: new Map(), at: 0 });
    expect(result).toMatchObject({ kind: 'roster', roster: { format: 'Buttondown' } });
    expect(result.kind === 'roster' && result.roster.read(cells)).toMatchObject({ row: { claim: { state: 'active' } } });
  });
});
