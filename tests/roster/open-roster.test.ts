// Whose file it is, what the admin says of it, and which rows are left out.
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../src/domain/claim.ts';
import { openRoster, type Roster, type RosterResult, type RosterSettings, type RowResult } from '../../src/roster/open-roster.ts';

const NOW = Date.UTC(2025, 0, 1);
const MAILCHIMP = 'Email Address,First Name,Last Name,Birthday,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,CC,LEID,EUID,TAGS';
const LISTMONK = 'uuid,email,name,attributes,status,created_at,updated_at';
const BUTTONDOWN = 'id,secondary_id,email,notes,subscriber_type,creation_date,subscription_date,unsubscription_date';
const GHOST = 'id,email,name,note,subscribed_to_emails,complimentary_plan,created_at,deleted_at';
const POSTRIDER = 'email,name,state,since,reason';

interface Settings extends Partial<Omit<RosterSettings, 'columns'>> {
  readonly columns?: Readonly<Record<string, readonly string[]>>;
}

function open(header: string, { columns = {}, ...settings }: Settings = {}): RosterResult {
  const own = new Map(Object.entries(columns));
  return openRoster(header.split(','), { file: 'readers.csv', as: null, at: NOW, ...settings, columns: own });
}

function rosterOf(header: string, settings: Settings = {}): Roster {
  const result = open(header, settings);
  if (result.kind === 'unreadable') throw new Error(result.why);
  return result.roster;
}

function read(header: string, cells: string, settings: Settings = {}): RowResult {
  return rosterOf(header, settings).read(cells.split(','));
}

/** The row, or a failure where it is refused. */
function rowOf(header: string, cells: string, settings: Settings = {}) {
  const result = read(header, cells, settings);
  return result.kind === 'row' ? result.row : expect.unreachable(result.why);
}

describe('a header', () => {
  it.each([
    ['Mailchimp', MAILCHIMP],
    ['listmonk', LISTMONK],
    ['Buttondown', BUTTONDOWN],
    ['Ghost', GHOST],
    ['Postrider', POSTRIDER],
    ['CSV', 'email,name,city'],
    ['CSV', 'E-Mail'],
  ])('of %s is known: %s', (format, header) => {
    expect(rosterOf(header, { as: 'active' })).toMatchObject({ format, isFirstRowData: false });
  });

  it.each([
    ['Mailchimp', MAILCHIMP],
    ['Ghost', GHOST],
    ['Buttondown', BUTTONDOWN],
  ])('of %s is known in whatever order, and between spaces', (format, header) => {
    expect(rosterOf(header.split(',').reverse().join(' , '))).toMatchObject({ format });
  });

  it('is missing in a bare list of addresses, whose first row is a reader’s', () => {
    expect(rosterOf('ada@example.org').isFirstRowData).toBe(true);
    expect(rowOf('ada@example.org', 'bob@example.org')).toMatchObject({ address: 'bob@example.org', claim: { state: 'active' } });
  });

  it('without an address is unreadable', () => {
    expect(open('name,city')).toEqual({
      kind: 'unreadable',
      why: 'The header has no column for the address; it has: name, city.',
      advice: 'Name that column `email`, or say which it is: --column email=HEADER',
    });
  });
});

describe('a file that we do not know', () => {
  it('is of active readers, with all its columns', () => {
    expect(rowOf('email,name,City', ' Ada@Example.org , Ada ,London')).toEqual({
      ...{ address: 'Ada@example.org', key: 'ada@example.org', name: 'Ada', attributes: { city: 'London' }, ip: '' },
      claim: { state: 'active', reason: null, since: null },
    });
  });

  it.each<[Claim['state'], string | null]>([
    ['active', null],
    ['pending', null],
    ['ended', 'unsubscribed'],
    ['suppressed', 'manual'],
  ])('is of those that the admin says, who are %s', (as, reason) => {
    expect(rowOf('email', 'ada@example.org', { as }).claim).toEqual({ state: as, reason, since: null });
  });

  it.each([
    ...['status', 'Status', 'subscribed', 'unsubscribed', 'unsubscribed_at', 'Unsubscribed At', 'optin', 'opt_in', 'Opt-In'],
    ...['opt_out', 'Opt Out', 'opted_out', 'opted-in', 'bounced'],
  ])('is unreadable with a column %j until the admin has said what its rows are', (column) => {
    expect(open(`email,${column}`)).toEqual({
      kind: 'unreadable',
      why: `The column ${JSON.stringify(column)} may say who is subscribed and who is not, and its words are not known.`,
      advice: expect.stringMatching(
        /^Leave only those in the file who are alike, and say what they are: --as active, .+suppressed\.$/,
      ),
    });
    expect(rowOf(`email,${column}`, 'ada@example.org,no', { as: 'active' }).claim.state).toBe('active');
  });

  it.each(['statusbar', 'option', 'marital status', 'options'])('may have a column %j', (column) => {
    expect(open(`email,${column}`).kind).toBe('roster');
  });
});

describe('a file that we know', () => {
  it('may have a column of its owner’s that is called as consent is, which is an attribute', () => {
    const file = 'subscribed_email_audience_export_7a1b2c3d4e.csv';
    expect(rowOf(`${MAILCHIMP},Status`, 'ada@example.org,,,,,,,,,1,2,,married', { file })).toMatchObject({
      ...{ attributes: { birthday: '', tags: '', status: 'married' }, claim: { state: 'active' } },
    });
  });
});

describe('what the admin says the rows are', () => {
  const SINCE = '2023-05-01T08:00:00.000Z';
  const SINCE_AT = Date.UTC(2023, 4, 1, 8);
  const STATES = ['active', 'pending', 'ended', 'suppressed'] as const;
  const PAIRS = STATES.flatMap((said, caution) => STATES.map((as, asCaution) => [said, as, caution >= asCaution] as const));

  it.each(PAIRS.filter(([, , isFile]) => isFile))('counts less than the file’s %s where it is %s', (said, as) => {
    const reason = { active: null, pending: null, ended: 'gone', suppressed: 'complaint' }[said];
    const { claim } = rowOf(POSTRIDER, `ada@example.org,Ada,${said},${SINCE},${reason ?? ''}`, { as });
    expect(claim).toEqual({ state: said, reason, since: SINCE_AT });
  });

  it.each(PAIRS.filter(([, , isFile]) => !isFile))(
    'counts more than the file’s %s where it is %s, and has no date',
    (said, as) => {
      const reason = { active: null, pending: null, ended: 'unsubscribed', suppressed: 'manual' }[as];
      const { claim } = rowOf(POSTRIDER, `ada@example.org,Ada,${said},${SINCE},gone`, { as });
      expect(claim).toEqual({ state: as, reason, since: null });
    },
  );
});

describe('the admin’s word about a column', () => {
  it.each([
    ['the address', { email: ['Adresse'] }, { address: 'ada@example.org', attributes: { mail: 'bob@example.org', ort: 'Köln' } }],
    ['the name', { email: ['Adresse'], name: ['Ort'] }, { name: 'Köln', attributes: { mail: 'bob@example.org' } }],
    [
      'a name of two parts',
      { name: ['Adresse', 'Ort'] },
      { address: 'bob@example.org', name: 'ada@example.org Köln', attributes: {} },
    ],
    ['an attribute', { city: ['Ort'] }, { address: 'bob@example.org', attributes: { adresse: 'ada@example.org', city: 'Köln' } }],
  ])('names %s', (_, columns, row) => {
    expect(rowOf('Adresse,mail,Ort', 'ada@example.org,bob@example.org,Köln', { columns })).toMatchObject(row);
    expect(rowOf('Adresse,mail,Ort', 'ada@example.org,bob@example.org,Köln', { columns }).attributes).toEqual(row.attributes);
  });

  it('joins the parts of a name in the order in which they were given', () => {
    const columns = { name: ['Given', 'Family'] };
    expect(rowOf('Family,email,Given', 'Lovelace,ada@example.org,Ada', { columns }).name).toBe('Ada Lovelace');
    expect(rowOf('Family,email,Given', 'Lovelace,ada@example.org,', { columns }).name).toBe('Lovelace');
  });

  it('makes a date and an IP address of columns, which are no attributes then', () => {
    const columns = { since: ['Joined'], ip: ['From'] };
    expect(rowOf('email,Joined,From,City', 'ada@example.org,2023-05-01 08:00,192.0.2.7,London', { columns })).toMatchObject({
      ...{ ip: '192.0.2.7', attributes: { city: 'London' } },
      claim: { state: 'active', reason: null, since: Date.UTC(2023, 4, 1, 8) },
    });
    expect(Object.keys(rowOf('email,Joined,From', 'ada@example.org,,', { columns }).attributes)).toEqual([]);
  });

  it('stands before the format’s about the address, the name, the date and the IP address', () => {
    const columns = { email: ['Second'], name: ['Birthday'], since: ['OPTIN_TIME'], ip: ['OPTIN_IP'] };
    const cells =
      'ada@example.org,Ada,L,12/10,2018-02-12 10:54:27,192.0.2.7,2019-01-01 00:00:00,192.0.2.8,GB,1,2,,bob@example.org';
    const file = 'subscribed_email_audience_export_7a1b2c3d4e.csv';
    expect(rowOf(`${MAILCHIMP},Second`, cells, { file, columns })).toMatchObject({
      ...{ address: 'bob@example.org', name: '12/10', ip: '192.0.2.7' },
      claim: { state: 'active', since: Date.UTC(2018, 1, 12, 10, 54, 27) },
    });
  });

  it('leaves the format’s date and IP address where its own cells are empty or cannot be read', () => {
    const columns = { since: ['Birthday'], ip: ['TAGS'] };
    const cells = 'ada@example.org,Ada,L,12/10,,,2019-01-01 00:00:00,192.0.2.8,GB,1,2,';
    const file = 'subscribed_email_audience_export_7a1b2c3d4e.csv';
    expect(rowOf(MAILCHIMP, cells, { file, columns })).toMatchObject({
      ...{ ip: '192.0.2.8', claim: { state: 'active', since: Date.UTC(2019, 0, 1) } },
    });
  });

  it('dates what the admin says the rows are', () => {
    const columns = { since: ['Left'] };
    expect(rowOf('email,Left', 'ada@example.org,2023-05-01', { as: 'ended', columns }).claim).toEqual({
      ...{ state: 'ended', reason: 'unsubscribed', since: Date.UTC(2023, 4, 1) },
    });
  });

  it.each([
    ['email', { email: ['Mail'] }],
    ['name', { name: ['email', 'Mail'] }],
    ['an attribute', { city: ['Mail'] }],
    ['its small letters', { email: ['Mail'], since: ['email'] }],
  ])('for %s is unreadable where there is no such column', (_, columns) => {
    expect(open('email,mail,City', { columns })).toEqual({
      kind: 'unreadable',
      why: 'There is no column "Mail"; the header has: email, mail, City.',
      advice: 'Mend --column.',
    });
  });
});

describe('a moment', () => {
  it.each([
    ['that has come counts', '2025-01-01T00:00:00.000Z', NOW],
    ['in the future does not count', '2025-01-01T00:00:01.000Z', null],
    ['far in the future does not count', '2099-12-31', null],
    ['that cannot be read does not count', 'yesterday', null],
  ])('%s', (_, since, expected) => {
    expect(rowOf(POSTRIDER, `ada@example.org,Ada,ended,${since},gone`).claim.since).toBe(expected);
    expect(rowOf('email,Joined', `ada@example.org,${since}`, { columns: { since: ['Joined'] } }).claim.since).toBe(expected);
  });
});

describe('a row', () => {
  it.each([
    ['no address', ',Ada,', 'the address is not valid: it is empty'],
    ['an address without @', 'ada,Ada,', 'the address is not valid: it has no @'],
    ['two addresses', 'ada@x.example bob@x.example,Ada,', 'the address is not valid: it holds a space or a control character'],
    ['more cells than the header', 'ada@x.example,Ada,London,GB', 'it has 4 cells and the header has 3'],
    ['a line break in the name', 'ada@x.example,Ada\r\nBcc: all@x.example,', 'a cell holds a line break or a control character'],
    ['a line break in an attribute', 'ada@x.example,Ada,Lon\ndon', 'a cell holds a line break or a control character'],
    ['a line separator', 'ada@x.example,Ada\u2028L,', 'a cell holds a line break or a control character'],
    ['a control character', 'ada@x.example,A\u0000da,', 'a cell holds a line break or a control character'],
    ['a name without end', `ada@x.example,${'A'.repeat(201)},`, 'the name is longer than 200 characters'],
    ['an attribute without end', `ada@x.example,Ada,${'x'.repeat(10_000)}`, 'the other columns are over 10000 bytes'],
  ])('with %s is refused', (_, cells, why) => {
    expect(read('email,name,city', cells)).toEqual({ kind: 'refused', why });
  });

  it('with fewer cells than the header has empty ones', () => {
    expect(rowOf('email,name,city', 'ada@example.org')).toMatchObject({ name: '', attributes: { city: '' } });
  });

  it('may have a name of two hundred characters and attributes of some thousand', () => {
    const row = rowOf('email,name,city', `ada@example.org,${'A'.repeat(200)},${'x'.repeat(9000)}`);
    expect([row.name.length, row.attributes['city']?.length]).toEqual([200, 9000]);
  });

  it('of a file that we do not know keeps an apostrophe before a formula', () => {
    expect(rowOf('email,name', "ada@example.org,'=Ada").name).toBe("'=Ada");
  });

  it('has an IP address of the longest that there is, and no more', () => {
    const settings = { columns: { ip: ['From'] } };
    expect(rowOf('email,From', `ada@example.org,${'1'.repeat(60)}`, settings).ip).toBe('1'.repeat(45));
  });
});
