// CSV files as spreadsheets and people write them, with the line on which each row begins.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { type CsvRow, readCsv } from '../../src/csv/read-csv.ts';
import { readAll } from './read-all.ts';

const folder = mkdtempSync(join(tmpdir(), 'postrider-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(content: string | Uint8Array): Promise<CsvRow[]> {
  const file = join(folder, 'list.csv');
  writeFileSync(file, content);
  return readAll(readCsv(file, Readable.from([])));
}

async function cellsOf(content: string | Uint8Array): Promise<(readonly string[])[]> {
  return (await read(content)).map(({ cells }) => cells);
}

const TWO_ROWS = [
  ['email', 'name'],
  ['ada@example.org', 'Ada'],
];
const UNCLOSED = 'a quote opens here or below and is never closed, so nothing from here on could be read';

describe('a file', () => {
  it.each([
    ['commas', 'email,name\nada@example.org,Ada\n'],
    ['semicolons', 'email;name\nada@example.org;Ada\n'],
    ['tabs', 'email\tname\nada@example.org\tAda\n'],
    ['CRLF', 'email,name\r\nada@example.org,Ada\r\n'],
    ['CR alone', 'email,name\rada@example.org,Ada\r'],
    ['a byte order mark', '\ufeffemail,name\nada@example.org,Ada\n'],
    ['a byte order mark before a quote', '\ufeff"email","name"\r\n"ada@example.org","Ada"\r\n'],
    ['quotes around everything', '"email","name"\n"ada@example.org","Ada"\n'],
    ['no line break at its end', 'email,name\nada@example.org,Ada'],
    ['empty lines', '\n\nemail,name\n\nada@example.org,Ada\n\n\n'],
  ])('is read with %s', async (_, content) => {
    expect(await cellsOf(content)).toEqual(TWO_ROWS);
  });

  it.each([
    ['that is empty', ''],
    ['of a byte order mark alone', '\ufeff'],
    ['of LF alone', '\n\n\n'],
    ['of CRLF alone', '\r\n\r\n'],
  ])('%s has no rows', async (_, content) => {
    expect(await read(content)).toEqual([]);
  });

  it('of one column is a list of its lines', async () => {
    expect(await cellsOf('ada@example.org\nbob@example.org\n')).toEqual([['ada@example.org'], ['bob@example.org']]);
  });

  it('that is not there is refused by name', async () => {
    await expect(readAll(readCsv(join(folder, 'none.csv'), Readable.from([])))).rejects.toThrow('none.csv');
  });

  it('of many rows is read to its end', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `reader${index}@example.org,Reader ${index}\n`);
    const rows = await read(`email,name\n${lines.join('')}`);
    expect(rows).toHaveLength(20_001);
    expect(rows.at(-1)).toEqual({ line: 20_001, cells: ['reader19999@example.org', 'Reader 19999'], width: 2 });
  });
});

describe('a cell', () => {
  it.each([
    ['a comma in quotes', 'email,name\nada@example.org,"Lovelace, Ada"\n', 'Lovelace, Ada'],
    ['a comma where semicolons part', 'email;name\nada@example.org;Lovelace, Ada\n', 'Lovelace, Ada'],
    ['a semicolon where commas part', 'email,name\nada@example.org,Ada; Countess\n', 'Ada; Countess'],
    ['doubled quotes', 'email,name\nada@example.org,"Ada ""Byron"" L"\n', 'Ada "Byron" L'],
    ['a loose quote', 'email,name\nada@example.org,Ada 5" L\n', 'Ada 5" L'],
    ['loose quotes around a word', 'email,name\nada@example.org,Ada "Byron" L\n', 'Ada "Byron" L'],
    ['a line break in quotes', 'email,name\nada@example.org,"Ada\nL"\n', 'Ada\nL'],
    ['white space', 'email,name\nada@example.org, Ada \n', ' Ada '],
    ['letters beyond ASCII', 'email,name\nada@example.org,Ädå 🦀\n', 'Ädå 🦀'],
    ['nothing', 'email,name\nada@example.org,\n', ''],
    ['nothing in quotes', 'email,name\nada@example.org,""\n', ''],
  ])('may hold %s', async (_, content, cell) => {
    expect((await read(content))[1]?.cells).toEqual(['ada@example.org', cell]);
  });

  it('in the header may hold the signs that part cells', async () => {
    expect((await cellsOf('"e;m;a;i;l",name\nada@example.org,Ada\n'))[1]).toEqual(['ada@example.org', 'Ada']);
  });
});

describe('a row', () => {
  it('has the line on which it begins, past empty lines and quoted line breaks', async () => {
    const rows = await read('email,name\na@x.example,"A\nB\nC"\nb@x.example,B\n\n\nc@x.example,"C\nD"\nd@x.example,D');
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 5, 8, 10]);
  });

  it('has the line on which it begins where lines end in CRLF and cells break with LF, as a spreadsheet writes', async () => {
    const rows = await read('email,name\r\na@x.example,"A\nB"\r\nb@x.example,B\r\n\r\nc@x.example,C\r\n');
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 4, 6]);
  });

  it('with more or fewer cells than the header comes with the header’s width', async () => {
    expect(await read('email,name\na@x.example,A,B,C\nb@x.example\n')).toEqual([
      { line: 1, cells: ['email', 'name'], width: 2 },
      { line: 2, cells: ['a@x.example', 'A', 'B', 'C'], width: 2 },
      { line: 3, cells: ['b@x.example'], width: 2 },
    ]);
  });

  it('in Latin-1 has a problem, and those around it have none', async () => {
    const rows = await read(Buffer.from('email,name\na@x.example,J\xfcrgen\nb@x.example,Bob\n', 'latin1'));
    expect(rows.map(({ line, problem }) => [line, problem])).toEqual([
      [1, undefined],
      [2, 'it is not UTF-8; save the file as UTF-8'],
      [3, undefined],
    ]);
  });

  it('that opens a quote and never closes it is the last, and all before it are read', async () => {
    const good = Array.from({ length: 500 }, (_, index) => `reader${index}@x.example,R\n`).join('');
    const rows = await read(`email,name\n${good}"z@x.example,Z\ny@x.example,Y\n`);
    expect(rows).toHaveLength(502);
    expect(rows.slice(0, -1).every(({ problem }) => problem === undefined)).toBe(true);
    expect(rows.at(-1)).toEqual({ line: 502, cells: [], width: 2, problem: UNCLOSED });
  });

  it('of more than a megabyte is a problem, whether or not its quote is ever closed', async () => {
    for (const end of ['', '"\nb@x.example,B\n']) {
      const rows = await read(`email,name\n"a@x.example,${'text\n'.repeat(300_000)}${end}`);
      expect(rows.map(({ line, cells }) => [line, cells])).toEqual([
        [1, ['email', 'name']],
        [2, []],
      ]);
      expect(rows[1]?.problem).toContain('quote');
    }
  });
});
