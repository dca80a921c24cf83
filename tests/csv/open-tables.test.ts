// One CSV file, standard input, or a zip of CSV files, as mailing tools hand out their lists.
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { type CsvTable, openTables } from '../../src/csv/open-tables.ts';
import { readAll } from './read-all.ts';

const folder = mkdtempSync(join(tmpdir(), 'postrider-tables-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ADA = 'email,name\r\nada@example.org,Ada\r\n';
const BOB = 'email;name\nbob@example.org;"Bob; jr"\n';
const ADA_ROWS = [
  ['email', 'name'],
  ['ada@example.org', 'Ada'],
];
const BOB_ROWS = [
  ['email', 'name'],
  ['bob@example.org', 'Bob; jr'],
];
const MANY = `email\n${Array.from({ length: 30_000 }, (_, index) => `reader${index}@example.org\n`).join('')}`;

let files = 0;

/** A new file, of a name that no test gave it. */
function write(content: string | Uint8Array, suffix = '.zip'): string {
  const file = join(folder, `${++files}${suffix}`);
  writeFileSync(file, content);
  return file;
}

/** A zip of files by their names. */
async function zip(contents: Readonly<Record<string, string>>, options = {}): Promise<string> {
  const file = join(folder, `${++files}.zip`);
  const archive = new ZipFile();
  for (const [name, content] of Object.entries(contents)) archive.addBuffer(Buffer.from(content), name, options);
  archive.end();
  await pipeline(archive.outputStream, createWriteStream(file));
  return file;
}

function open(file: string, stdin = ''): Promise<CsvTable[]> {
  return openTables(file, Readable.from([Buffer.from(stdin)]));
}

async function cellsOf(table: CsvTable | undefined): Promise<(readonly string[])[]> {
  return table ? (await readAll(table.rows())).map(({ cells }) => cells) : expect.unreachable('there is no such table');
}

/** All of the file: opened, and each of its tables read. */
async function readWhole(file: string): Promise<void> {
  for (const table of await open(file)) await readAll(table.rows());
}

describe('a CSV file', () => {
  it('is one table by its own name, which can be read again', async () => {
    const tables = await open(write(ADA, '-readers.csv'));
    expect(tables.map(({ name }) => name)).toEqual([`${files}-readers.csv`]);
    expect(await cellsOf(tables[0])).toEqual(ADA_ROWS);
    expect(await cellsOf(tables[0])).toEqual(ADA_ROWS);
  });

  it.each([
    ['nothing', '', []],
    ['two bytes that a zip begins with', 'PK', [['PK']]],
    ['what a zip begins with, and nothing of a zip', 'PK,x\n', [['PK', 'x']]],
  ])('of %s is one table', async (_, content, rows) => {
    const tables = await open(write(content, '.csv'));
    expect(tables).toHaveLength(1);
    expect(await cellsOf(tables[0])).toEqual(rows);
  });

  it('that is not there is refused by name', async () => {
    await expect(open(join(folder, 'none.csv'))).rejects.toThrow('none.csv');
  });

  it('that is a folder is refused', async () => {
    await expect(open(folder)).rejects.toThrow('EISDIR');
  });
});

describe('standard input', () => {
  it('is one table without a name', async () => {
    const tables = await open('-', BOB);
    expect(tables.map(({ name }) => name)).toEqual(['']);
    expect(await cellsOf(tables[0])).toEqual(BOB_ROWS);
  });
});

describe('a zip', () => {
  it('is a table for each of its CSV files, in its order, and each can be read again', async () => {
    const tables = await open(await zip({ 'unsubscribed_1.csv': ADA, 'subscribed_1.CSV': BOB }));
    expect(tables.map(({ name }) => name)).toEqual(['unsubscribed_1.csv', 'subscribed_1.CSV']);
    for (const [index, rows] of [ADA_ROWS, BOB_ROWS, ADA_ROWS, BOB_ROWS].entries())
      expect(await cellsOf(tables[index % 2])).toEqual(rows);
  });

  it('is told by what is in it, whatever its name', async () => {
    const tables = await open(write(readFileSync(await zip({ 'a.csv': ADA })), '.csv'));
    expect(tables.map(({ name }) => name)).toEqual(['a.csv']);
  });

  it('of tables that are read at once, and of which one is left half-way, gives each its own rows', async () => {
    const tables = await open(await zip({ 'many.csv': MANY, 'ada.csv': ADA }));
    const left = tables[0]?.rows();
    expect((await left?.next())?.value).toMatchObject({ line: 1, cells: ['email'] });
    expect(await cellsOf(tables[1])).toEqual(ADA_ROWS);
    await left?.return(undefined);
    expect(await cellsOf(tables[0])).toHaveLength(30_001);
  });

  it('gives the name of a file in a folder without its folder', async () => {
    const tables = await open(await zip({ 'export/2025/cleaned_1.csv': ADA }));
    expect(tables.map(({ name }) => name)).toEqual(['cleaned_1.csv']);
    expect(await cellsOf(tables[0])).toEqual(ADA_ROWS);
  });

  it('gives files of one name in two folders each their own rows', async () => {
    const tables = await open(await zip({ 'a/list.csv': ADA, 'b/list.csv': BOB }));
    expect(tables.map(({ name }) => name)).toEqual(['list.csv', 'list.csv']);
    expect([await cellsOf(tables[0]), await cellsOf(tables[1])]).toEqual([ADA_ROWS, BOB_ROWS]);
  });

  it.each([
    'readme.txt',
    'list.csv.bak',
    'listcsv',
    '__MACOSX/._list.csv',
    '__MACOSX/export/list.csv',
    'export/__MACOSX/list.csv',
    '.list.csv',
    'export/.list.csv',
  ])('has no table of %s', async (name) => {
    expect(await open(await zip({ [name]: ADA }))).toEqual([]);
    const tables = await open(await zip({ [name]: ADA, 'bob.csv': BOB }));
    expect(tables.map((table) => table.name)).toEqual(['bob.csv']);
  });

  it('of a picture and a table of a name beyond ASCII is that table', async () => {
    const tables = await open(await zip({ 'chart.png': '\u0000', 'Émilie’s list.csv': ADA }));
    expect(tables.map(({ name }) => name)).toEqual(['Émilie’s list.csv']);
  });
});

describe('a zip that is damaged', () => {
  it.each([0.1, 0.5, 0.9, 0.999])('by being cut off after %d of it is refused', async (part) => {
    const whole = readFileSync(await zip({ 'many.csv': MANY, 'ada.csv': ADA }));
    await expect(open(write(whole.subarray(0, Math.floor(whole.length * part))))).rejects.toThrow();
  });

  it('within a table is an error, not a short list', async () => {
    const whole = readFileSync(await zip({ 'many.csv': MANY }));
    whole.fill(0xff, 5000, 5100);
    await expect(readWhole(write(whole))).rejects.toThrow();
  });

  it('in the directory at its end is refused', async () => {
    const whole = readFileSync(await zip({ 'ada.csv': ADA, 'bob.csv': BOB }));
    whole.fill(0, whole.indexOf('PK\u0001\u0002'), whole.indexOf('PK\u0001\u0002') + 4);
    await expect(open(write(whole))).rejects.toThrow();
  });

  it('by claiming more bytes than any list has is refused', async () => {
    const whole = readFileSync(await zip({ 'ada.csv': ADA }));
    whole.writeUInt32LE(4_000_000_001, whole.indexOf('PK\u0001\u0002') + 24);
    await expect(open(write(whole))).rejects.toThrow('it would be more than 4 GB unpacked, which is no list');
  });

  it('by a single letter is refused, though it can be unpacked', async () => {
    const whole = readFileSync(await zip({ 'ada.csv': ADA }, { compress: false }));
    whole.write('x', whole.indexOf('ada@'));
    await expect(open(write(whole))).rejects.toThrow('ada.csv in it is damaged');
  });

  it('by anything else than a zip after its first bytes is refused', async () => {
    await expect(open(write(`PK\u0003\u0004${ADA}`))).rejects.toThrow();
  });
});
