// An import into a real ledger: who is added, with which name and attributes, and which rows are refused.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CsvRow } from '../../src/csv/read-csv.ts';
import { addressKey } from '../../src/domain/address.ts';
import { type ImportReport, importSubscribers, type RefusedRow } from '../../src/flows/import-subscribers.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { rowsOf, type Table, table } from './table-rows.ts';

const AT = Date.UTC(2023, 1, 7);
const NOTHING = { rows: 0, added: 0, updated: 0, unchanged: 0, kept: 0, refused: 0, repeated: 0 };

let ledger: Ledger;
beforeEach(async () => {
  ledger = (await openLedger('sqlite::memory:')).ledger;
});
afterEach(() => ledger.close());

async function importRows(rows: AsyncGenerator<CsvRow>) {
  const refused: RefusedRow[] = [];
  const request = { list: 'monthly', at: AT, refuse: (row: RefusedRow) => refused.push(row) };
  const outcome = await importSubscribers([{ name: 'readers.csv', rows: () => rows }], ledger, request);
  if (outcome.kind === 'unreadable') throw new Error(outcome.why);
  const { import: _import, format: _format, now: _now, ...report } = outcome.report;
  return { report, refused: refused.map(({ file: _file, ...rest }) => rest) };
}

function importTable(rows: Table) {
  return importRows(rowsOf(rows));
}

async function find(address: string) {
  const details = await ledger.subscribers.find(addressKey(address));
  if (!details) throw new Error(`${address} is not in the ledger.`);
  return details;
}

describe('a first import', () => {
  it('makes an active subscription for each good row, and the list', async () => {
    const { report } = await importTable(table('email', 'Ada@Example.org', 'bob@example.org'));
    expect(report).toEqual({ ...NOTHING, rows: 2, added: 2 });
    expect(await find('ada@example.org')).toMatchObject({
      address: 'Ada@example.org',
      subscriptions: [{ list: 'monthly', state: 'active', endedReason: null, since: AT }],
      createdAt: AT,
    });
    expect((await ledger.lists.find('monthly'))?.counts).toEqual({ pending: 0, active: 2, ended: 0 });
  });

  it('takes a bare list of addresses, the first line included', async () => {
    const { report } = await importTable(table('ada@example.org', 'bob@example.org'));
    expect(report).toEqual({ ...NOTHING, rows: 2, added: 2 });
  });

  it('of a header alone adds nobody and makes the list', async () => {
    expect((await importTable(table('email'))).report).toEqual(NOTHING);
    expect((await ledger.lists.find('monthly'))?.counts).toEqual({ pending: 0, active: 0, ended: 0 });
  });

  it.each<[Table, string]>([
    [[], 'The file is empty.'],
    [table('name', 'Ada'), 'The header has no column for the address; it has: name.'],
  ])('of %j is refused as a whole and makes no list', async (rows, why) => {
    const refuse = () => expect.unreachable();
    const outcome = await importSubscribers([{ name: 'readers.csv', rows: () => rowsOf(rows) }], ledger, {
      list: 'monthly',
      at: AT,
      refuse,
    });
    expect(outcome).toMatchObject({ kind: 'unreadable', why });
    expect(await ledger.lists.all()).toEqual([]);
  });

  it('joins the rows of an address that is repeated, whatever its spelling', async () => {
    const rows = table('email|name', 'ada@example.org|Ada', 'ADA@EXAMPLE.ORG|Impostor', 'ada@example.org|');
    expect((await importTable(rows)).report).toEqual({ ...NOTHING, rows: 3, added: 1, repeated: 2 });
    expect(await find('ada@example.org')).toMatchObject({ address: 'ada@example.org', name: 'Impostor' });
  });

  it('of more rows than are written at once loses none and reports its progress', async () => {
    const rows = table('email', ...Array.from({ length: 2_500 }, (_, index) => `reader${index}@example.org`));
    const seen: number[] = [];
    const progress = ({ added }: ImportReport) => seen.push(added);
    const refuse = () => expect.unreachable();
    await importSubscribers([{ name: 'readers.csv', rows: () => rowsOf(rows) }], ledger, {
      list: 'monthly',
      at: AT,
      refuse,
      progress,
    });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(2_500);
    expect((await ledger.lists.find('monthly'))?.counts.active).toBe(2_500);
  });
});

describe('names and attributes', () => {
  it('come from their columns, trimmed, given and family name joined', async () => {
    await importTable(table('Email|First Name|Last Name|City', 'ada@example.org| Ada |Lovelace| London '));
    expect(await find('ada@example.org')).toMatchObject({ name: 'Ada Lovelace', attributes: { city: 'London' } });
  });

  it('leave no space where a part of the name is empty', async () => {
    await importTable(table('email|first name|last name', 'ada@example.org||Lovelace', 'bob@example.org||'));
    expect((await find('ada@example.org')).name).toBe('Lovelace');
    expect((await find('bob@example.org')).name).toBe('');
  });

  it('are empty where a row ends early', async () => {
    await importTable(table('email|name|city', 'ada@example.org'));
    expect(await find('ada@example.org')).toMatchObject({ name: '', attributes: { city: '' } });
  });
});

describe('a row that is refused', () => {
  it('is reported with its line, its cells and the reason, and the rest is imported', async () => {
    const rows = table('email|name', 'ada|A', 'ada@example.org|A', '|', 'bob@example.org|B|C');
    const { report, refused } = await importTable(rows);
    expect(report).toEqual({ ...NOTHING, rows: 4, added: 1, refused: 3 });
    expect(refused).toEqual([
      { line: 2, why: 'the address is not valid: it has no @', cells: ['ada', 'A'] },
      { line: 4, why: 'the address is not valid: it is empty', cells: ['', ''] },
      { line: 5, why: 'it has 3 cells and the header has 2', cells: ['bob@example.org', 'B', 'C'] },
    ]);
  });

  it.each([
    ['a line break in the name', ['a@x.example', 'A\nBcc: x', ''], 'a cell holds a line break or a control character'],
    ['a control character in an attribute', ['a@x.example', 'A', 'x\u0000y'], 'a cell holds a line break or a control character'],
    ['a line separator', ['a@x.example', 'A\u2028B', ''], 'a cell holds a line break or a control character'],
    ['a name of 201 letters', ['a@x.example', 'x'.repeat(201), ''], 'the name is longer than 200 characters'],
    ['attributes beyond measure', ['a@x.example', 'A', 'x'.repeat(10_000)], 'the other columns are over 10000 bytes'],
    ['a line break in the address', ['a@x.example\nb@x.example', '', ''], /^the address is not valid: it holds/],
    ['a quoted local part', ['"a b"@x.example', '', ''], /^the address is not valid: it holds/],
    ['two addresses', ['a@x.example, b@x.example', '', ''], /^the address is not valid: it holds/],
  ])('has %s', async (_, cells, why) => {
    const { report, refused } = await importTable([['email', 'name', 'city'], cells]);
    expect(report).toEqual({ ...NOTHING, rows: 1, refused: 1 });
    expect(refused).toEqual([{ line: 2, why: typeof why === 'string' ? why : expect.stringMatching(why), cells }]);
    expect((await ledger.lists.find('monthly'))?.counts.active).toBe(0);
  });

  it('could not be read as CSV: the reader’s words are passed on', async () => {
    async function* rows(): AsyncGenerator<CsvRow> {
      yield { line: 1, cells: ['email'], width: 1 };
      yield { line: 7, cells: ['ada@example.org'], width: 1, problem: 'it is not UTF-8' };
    }
    const { report, refused } = await importRows(rows());
    expect(report).toEqual({ ...NOTHING, rows: 1, refused: 1 });
    expect(refused).toEqual([{ line: 7, why: 'it is not UTF-8', cells: ['ada@example.org'] }]);
  });
});
