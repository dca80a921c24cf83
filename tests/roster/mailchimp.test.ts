// Mailchimp's audience export: who is subscribed is in the file's name, and who left in its columns.
import { describe, expect, it } from 'vitest';
import { openRoster, type RosterSettings, type RowResult } from '../../src/roster/open-roster.ts';

const COMMON = [
  'Email Address,First Name,Last Name,Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE',
  'GMTOFF,DSTOFF,TIMEZONE,CC,REGION',
].join(',');
const UNSUBSCRIBED = 'UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER';
const HEADERS = {
  subscribed: `${COMMON},LAST_CHANGED,LEID,EUID,NOTES,TAGS`,
  unsubscribed: `${COMMON},${UNSUBSCRIBED},LEID,EUID,NOTES,TAGS`,
  cleaned: `${COMMON},CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID,LEID,EUID,NOTES,TAGS`,
  nonsubscribed: `${COMMON},LAST_CHANGED,LEID,EUID,NOTES,TAGS`,
};
const ADA = {
  ...{ 'Email Address': 'Ada@example.org', 'First Name': 'Ada', 'Last Name': 'Lovelace', Birthday: '12/10', MEMBER_RATING: '4' },
  ...{ OPTIN_TIME: '2018-02-12 10:54:27', OPTIN_IP: '192.0.2.7', CONFIRM_TIME: '2018-02-12 10:56:02', CONFIRM_IP: '192.0.2.8' },
  ...{ LATITUDE: '51.5074', LONGITUDE: '-0.1278', GMTOFF: '0', DSTOFF: '1', TIMEZONE: 'Europe/London', CC: 'GB', REGION: 'ENG' },
  ...{ LAST_CHANGED: '2018-02-12 10:56:02', LEID: '288261441', EUID: '3f0c9a1b2c', NOTES: '', TAGS: '"maths","friends"' },
};
const LEFT = { UNSUB_TIME: '2021-06-01 07:30:00', UNSUB_CAMPAIGN_TITLE: 'June', UNSUB_CAMPAIGN_ID: 'c0ffee' };
const CLEANED = { CLEAN_TIME: '2020-03-04 05:06:07', CLEAN_CAMPAIGN_TITLE: 'March', CLEAN_CAMPAIGN_ID: 'f00d' };
const CONFIRMED_AT = Date.UTC(2018, 1, 12, 10, 56, 2);
const LEFT_AT = Date.UTC(2021, 5, 1, 7, 30);
const CLEANED_AT = Date.UTC(2020, 2, 4, 5, 6, 7);

type Status = keyof typeof HEADERS;

function read(status: Status, row: Record<string, string> = {}, settings: Partial<RosterSettings> = {}): RowResult {
  const header = HEADERS[status].split(',');
  const file = `${status}_email_audience_export_7a1b2c3d4e.csv`;
  const result = openRoster(header, { file, as: null, columns: new Map(), at: Date.UTC(2025, 0, 1), ...settings });
  if (result.kind === 'unreadable') throw new Error(result.why);
  expect(result.roster.format).toBe('Mailchimp');
  const cells: Record<string, string> = { ...ADA, ...row };
  return result.roster.read(header.map((column) => cells[column] ?? ''));
}

function claimOf(status: Status, row: Record<string, string> = {}, settings: Partial<RosterSettings> = {}) {
  const result = read(status, row, settings);
  return result.kind === 'row' ? result.row.claim : result.why;
}

describe('a row of the file of those who are subscribed', () => {
  it('is active since its reader confirmed, with name, tags and own columns, and without Mailchimp’s', () => {
    expect(read('subscribed')).toEqual({
      kind: 'row',
      row: {
        ...{ address: 'Ada@example.org', key: 'ada@example.org', name: 'Ada Lovelace' },
        attributes: { birthday: '12/10', tags: '"maths","friends"' },
        claim: { state: 'active', reason: null, since: CONFIRMED_AT },
        ip: '192.0.2.8',
      },
    });
  });

  it.each([
    ['the opt-in where nobody confirmed', { CONFIRM_TIME: '' }, Date.UTC(2018, 1, 12, 10, 54, 27)],
    ['no moment where neither is filled', { CONFIRM_TIME: '', OPTIN_TIME: '' }, null],
  ])('is active since %s', (_, row, since) => {
    expect(claimOf('subscribed', row)).toEqual({ state: 'active', reason: null, since });
  });

  it.each([
    ['where the reader opted in, if not confirmed', { CONFIRM_IP: '' }, '192.0.2.7'],
    ['nothing where neither is filled', { CONFIRM_IP: '', OPTIN_IP: '' }, ''],
  ])('has as its IP address %s', (_, row, ip) => {
    expect(read('subscribed', row)).toMatchObject({ row: { ip } });
  });

  it.each([
    [{ 'First Name': '' }, 'Lovelace'],
    [{ 'Last Name': '' }, 'Ada'],
    [{ 'First Name': '', 'Last Name': '' }, ''],
  ])('with %j is named %j', (row, name) => {
    expect(read('subscribed', row)).toMatchObject({ row: { name } });
  });
});

describe('a row of the file of those who left', () => {
  it.each(['', 'NORMAL', 'NOSIGNUP', 'OTHER', 'N/A (Unsubscribed by an admin)'])('for %j has unsubscribed', (why) => {
    const claim = { state: 'ended', reason: 'unsubscribed', since: LEFT_AT };
    expect(claimOf('unsubscribed', { ...LEFT, UNSUB_REASON: why })).toEqual(claim);
  });

  it.each(['SPAM', 'Spam', 'Abuse report', 'The subscriber complained'])('for %j has complained', (why) => {
    expect(claimOf('unsubscribed', { ...LEFT, UNSUB_REASON: why })).toMatchObject({
      state: 'suppressed',
      reason: 'complaint',
      since: LEFT_AT,
    });
  });

  it('has left though its date is missing', () => {
    expect(claimOf('unsubscribed')).toEqual({ state: 'ended', reason: 'unsubscribed', since: null });
  });

  it('keeps none of Mailchimp’s columns', () => {
    const attributes = { birthday: '12/10', tags: '"maths","friends"' };
    const row = { ...LEFT, UNSUB_REASON: 'OTHER', UNSUB_REASON_OTHER: 'Too long' };
    const result = read('unsubscribed', row);
    expect(result.kind === 'row' && result.row.attributes).toEqual(attributes);
  });
});

describe('a row of the file of those who were cleaned', () => {
  it('is suppressed, since its address is gone', () => {
    expect(claimOf('cleaned', CLEANED)).toEqual({ state: 'suppressed', reason: 'gone', since: CLEANED_AT });
  });

  it('is suppressed though its date is missing', () => {
    expect(claimOf('cleaned')).toEqual({ state: 'suppressed', reason: 'gone', since: null });
  });

  it('keeps none of Mailchimp’s columns', () => {
    const result = read('cleaned', CLEANED);
    expect(result.kind === 'row' && Object.keys(result.row.attributes)).toEqual(['birthday', 'tags']);
  });
});

describe('a row of the file of those who never subscribed', () => {
  it.each([null, 'active', 'pending', 'ended'] as const)('is refused, also as %j', (as) => {
    expect(claimOf('nonsubscribed', {}, { as })).toBe('Mailchimp has the address without a subscription');
  });
});

describe('a file of another name', () => {
  it.each(['', 'readers.csv', 'old_subscribed_export.csv', 'Subscribed.csv'])(
    '%j does not tell who is subscribed, and the admin must',
    (file) => {
      expect(claimOf('subscribed', {}, { file })).toBe('the file does not tell whether it is subscribed; say --as');
      expect(claimOf('subscribed', {}, { file, as: 'active' })).toEqual({ state: 'active', reason: null, since: null });
    },
  );

  it.each([null, 'active', 'pending'] as const)('still tells who left or was cleaned by its columns, also as %j', (as) => {
    const settings = { file: 'readers.csv', as };
    expect(claimOf('unsubscribed', LEFT, settings)).toEqual({ state: 'ended', reason: 'unsubscribed', since: LEFT_AT });
    expect(claimOf('cleaned', CLEANED, settings)).toEqual({ state: 'suppressed', reason: 'gone', since: CLEANED_AT });
  });

  it('believes the columns more than the name', () => {
    const file = 'subscribed_email_audience_export_7a1b2c3d4e.csv';
    expect(claimOf('unsubscribed', LEFT, { file })).toMatchObject({ state: 'ended' });
    expect(claimOf('cleaned', CLEANED, { file })).toMatchObject({ state: 'suppressed' });
  });
});
