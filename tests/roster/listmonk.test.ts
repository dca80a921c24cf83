// listmonk's subscriber export, which says who somebody is and not what they are subscribed to.
import { describe, expect, it } from 'vitest';
import { openRoster, type RosterSettings, type RowResult } from '../../src/roster/open-roster.ts';

const HEADER = ['uuid', 'email', 'name', 'attributes', 'status', 'created_at', 'updated_at'];
const ADA = {
  ...{ uuid: 'b1946ac9-2ec5-4f0b-9a5e-3c1a0d6f7e21', email: 'ada@example.org', name: 'Ada Lovelace', status: 'enabled' },
  attributes: '{"city": "London", "Plan": 2, "isPatron": true, "likes": ["maths", "looms"], "home": {"floor": 3}}',
  ...{ created_at: '2024-03-01 09:12:44.123456 +0000 UTC', updated_at: '2024-05-06 07:08:09.5 +0000 UTC' },
};
const CREATED_AT = Date.UTC(2024, 2, 1, 9, 12, 44, 123);
const UPDATED_AT = Date.UTC(2024, 4, 6, 7, 8, 9, 500);
const NEVER = '0001-01-01 00:00:00 +0000 UTC';

function open(as: RosterSettings['as']) {
  return openRoster(HEADER, { file: 'subscribers.csv', as, columns: new Map(), at: Date.UTC(2025, 0, 1) });
}

function read(row: Partial<typeof ADA> = {}, as: RosterSettings['as'] = 'active'): RowResult {
  const result = open(as);
  if (result.kind === 'unreadable') throw new Error(result.why);
  expect(result.roster.format).toBe('listmonk');
  const cells: Record<string, string> = { ...ADA, ...row };
  return result.roster.read(HEADER.map((column) => cells[column] ?? ''));
}

function attributesOf(attributes: string) {
  const result = read({ attributes });
  return result.kind === 'row' ? result.row.attributes : result.why;
}

describe('a file of listmonk’s', () => {
  it('cannot be read before the admin has said what its rows are', () => {
    expect(open(null)).toEqual({
      kind: 'unreadable',
      why: "listmonk's export does not say who is subscribed to a list: its status is the person's, whatever the list.",
      advice: 'Export one list, by its subscription status, and say what its rows are: --as active, --as pending or --as ended.',
    });
  });

  it('gives the name, what is in the JSON, and nothing of listmonk’s own', () => {
    expect(read()).toEqual({
      kind: 'row',
      row: {
        ...{ address: 'ada@example.org', key: 'ada@example.org', name: 'Ada Lovelace', ip: '' },
        attributes: { city: 'London', plan: '2', ispatron: 'true', likes: '["maths","looms"]', home: '{"floor":3}' },
        claim: { state: 'active', reason: null, since: CREATED_AT },
      },
    });
  });
});

describe('a row', () => {
  it.each([
    ['enabled', 'active', { state: 'active', reason: null, since: CREATED_AT }],
    ['enabled', 'pending', { state: 'pending', reason: null, since: null }],
    ['enabled', 'ended', { state: 'ended', reason: 'unsubscribed', since: null }],
    ['enabled', 'suppressed', { state: 'suppressed', reason: 'manual', since: null }],
    ['disabled', 'active', { state: 'ended', reason: 'removed', since: UPDATED_AT }],
    ['disabled', 'pending', { state: 'ended', reason: 'removed', since: UPDATED_AT }],
    ['disabled', 'ended', { state: 'ended', reason: 'removed', since: UPDATED_AT }],
    ['blocklisted', 'active', { state: 'suppressed', reason: 'requested', since: UPDATED_AT }],
    ['blocklisted', 'ended', { state: 'suppressed', reason: 'requested', since: UPDATED_AT }],
    ['blocklisted', 'suppressed', { state: 'suppressed', reason: 'requested', since: UPDATED_AT }],
  ] as const)('that is %s, as %s, is %j', (status, as, claim) => {
    expect(read({ status }, as)).toMatchObject({ kind: 'row', row: { claim } });
  });

  it.each([
    ['enabled', 'active'],
    ['disabled', 'ended'],
    ['blocklisted', 'suppressed'],
  ])('that is %s has no date where Go has none', (status, state) => {
    expect(read({ status, created_at: NEVER, updated_at: NEVER })).toMatchObject({ row: { claim: { state, since: null } } });
  });

  it.each(['', 'Enabled', 'unconfirmed'])('of status %j is refused', (status) => {
    expect(read({ status })).toEqual({ kind: 'refused', why: `its status ${JSON.stringify(status)} is none of listmonk's` });
  });
});

describe('the JSON of attributes', () => {
  it.each(['', '{}', 'null', '"London"', '7', '{"city": "London"', 'city: London'])('%j gives none', (json) => {
    expect(attributesOf(json)).toEqual({});
  });

  it('may hold text of any script', () => {
    expect(attributesOf('{"Città": "Forlì 🦀"}')).toEqual({ città: 'Forlì 🦀' });
  });

  it('with a line break in it is refused with its row', () => {
    expect(attributesOf(JSON.stringify({ home: 'St James’s Square\nLondon' }))).toBe(
      'a cell holds a line break or a control character',
    );
  });

  it('of over ten thousand bytes is refused with its row', () => {
    expect(attributesOf(JSON.stringify({ life: 'x'.repeat(10_000) }))).toBe('the other columns are over 10000 bytes');
  });
});
