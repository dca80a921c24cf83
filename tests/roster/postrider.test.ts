// Our own export: read again, it says of everybody what it said.
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readCsvFrom } from '../../src/csv/read-csv.ts';
import { csvLine } from '../../src/csv/write-csv.ts';
import { openRoster, type RosterSettings, type RowResult } from '../../src/roster/open-roster.ts';
import { EXPORT_COLUMNS } from '../../src/roster/postrider.ts';
import { readAll } from '../csv/read-all.ts';

const HEADER = [...EXPORT_COLUMNS, 'city', 'team'];
const SINCE = '2023-05-01T08:00:00.000Z';
const SINCE_AT = Date.UTC(2023, 4, 1, 8);

function open(header: readonly string[], as: RosterSettings['as'] = null) {
  return openRoster(header, { file: 'monthly.csv', as, columns: new Map(), at: Date.UTC(2025, 0, 1) });
}

function read(cells: readonly string[], as: RosterSettings['as'] = null, header: readonly string[] = HEADER): RowResult {
  const result = open(header, as);
  if (result.kind === 'unreadable') throw new Error(result.why);
  expect(result.roster.format).toBe('Postrider');
  return result.roster.read(cells);
}

function claimOf(state: string, since: string, reason: string, as: RosterSettings['as'] = null) {
  const result = read(['ada@example.org', 'Ada', state, since, reason], as);
  return result.kind === 'row' ? result.row.claim : result.why;
}

describe('a row', () => {
  it('gives the name and the attributes, and takes the rest for what it means', () => {
    expect(read(['Ada@example.org', 'Ada', 'active', SINCE, '', 'London', 'a'])).toEqual({
      kind: 'row',
      row: {
        ...{ address: 'Ada@example.org', key: 'ada@example.org', name: 'Ada', ip: '' },
        attributes: { city: 'London', team: 'a' },
        claim: { state: 'active', reason: null, since: SINCE_AT },
      },
    });
  });

  it.each([
    ['active', SINCE, '', { state: 'active', reason: null, since: SINCE_AT }],
    ['active', '', 'unsubscribed', { state: 'active', reason: null, since: null }],
    ['pending', SINCE, '', { state: 'pending', reason: null, since: SINCE_AT }],
    ['ended', SINCE, 'complaint', { state: 'ended', reason: 'complaint', since: SINCE_AT }],
    ['ended', SINCE, '', { state: 'ended', reason: 'unsubscribed', since: SINCE_AT }],
    ['suppressed', SINCE, 'gone', { state: 'suppressed', reason: 'gone', since: SINCE_AT }],
    ['suppressed', '', '', { state: 'suppressed', reason: 'manual', since: null }],
  ])('that is %j since %j for %j is %j', (state, since, reason, claim) => {
    expect(claimOf(state, since, reason)).toEqual(claim);
  });

  it.each(['', 'Active', 'unsubscribed'])('of state %j is refused, whatever the admin says', (state) => {
    const why = `its state ${JSON.stringify(state)} is none of Postrider's`;
    expect(claimOf(state, SINCE, '')).toBe(why);
    expect(claimOf(state, SINCE, '', 'active')).toBe(why);
  });
});

describe('the header', () => {
  it('may end after our own columns', () => {
    expect(read(['ada@example.org', '', 'ended', SINCE, 'gone'], null, EXPORT_COLUMNS)).toMatchObject({
      row: { attributes: {}, claim: { state: 'ended', reason: 'gone' } },
    });
  });

  it.each([[['email', 'name', 'state', 'since']], [['email', 'state', 'since']], [['email', 'name', 'city', 'since', 'reason']]])(
    '%j is of some other file',
    (header) => {
      expect(open(header, 'active')).toMatchObject({ roster: { format: 'CSV' } });
    },
  );
});

describe('what is written', () => {
  it.each([
    ['Ada', 'London', 'a'],
    ['Lovelace, Ada', 'St. "James"', ''],
    ['=Ada', '+44 20 7946', '-1'],
    ['@ada', '＝1', '＠b'],
    ["O'Brien", "'t Hooft", "'"],
    ['Ädå 🦀', 'Forlì; Romagna', 'é'],
  ])('as %j, %j and %j is read as the same', async (name, city, team) => {
    const row = ['ada@example.org', name, 'active', SINCE, '', city, team];
    const text = csvLine(HEADER) + csvLine(row);
    const [, written] = await readAll(readCsvFrom(Readable.from([Buffer.from(text)])));
    expect(read(written?.cells ?? [])).toMatchObject({ row: { name, attributes: { city, team } } });
  });

  it('of an address that a spreadsheet would take for a formula is read as the same', async () => {
    const text = csvLine(HEADER) + csvLine(['+ada@example.org', '', 'active', SINCE, '', '', '']);
    const [, written] = await readAll(readCsvFrom(Readable.from([Buffer.from(text)])));
    expect(written?.cells[0]).toBe("'+ada@example.org");
    expect(read(written?.cells ?? [])).toMatchObject({ row: { address: '+ada@example.org' } });
  });
});
