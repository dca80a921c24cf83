// Tables as text: side by side where they fit, else a record for each row.
import { describe, expect, it } from 'vitest';
import { textOf } from './render-markdown.ts';

const long = 'x'.repeat(40);

describe('tableToText', () => {
  it.each([
    [
      'pads each column to its widest cell',
      '| a | bbb |\n|---|---|\n| cccc | d |\n| e | ff |',
      'a    | bbb\n-----|----\ncccc | d\ne    | ff',
    ],
    ['marks what is marked, and unescapes bars', '| a |\n|---|\n| **b** `c\\|d` |', 'a\n---------\n*b* `c|d`'],
    ['keeps empty and missing cells', '| a | b | c |\n|---|---|---|\n|  | x |\n| y |', 'a | b | c\n--|---|--\n  | x |\ny |   |'],
    ['takes a table that is a heading alone', '| a | b |\n|---|---|', 'a | b\n--|--'],
    ['writes a break in a cell as a space', '| a |\n|---|\n| b<br>c |', 'a\n---\nb c'],
    ['notes the links of a cell', '| a |\n|---|\n| [b](https://e.example) |', 'a\n-----\nb [1]\n\n[1] https://e.example'],
    ['reads an HTML table', '<table><tr><th>a</th></tr><tr><td>b</td></tr></table>', 'a\n-\nb'],
  ])('%s', (_claim, body, text) => {
    expect(textOf(body)).toBe(text);
  });

  it('sets rows as records where the columns do not fit', () => {
    expect(textOf(`| Name | What |\n|---|---|\n| ${long} | ${long} |\n| b | c |`)).toBe(
      `Name: ${long}\nWhat: ${long}\n\nName: b\nWhat: c`,
    );
  });

  it('sets them side by side up to the last column of the line, and no further', () => {
    const table = (width: number): string => textOf(`| a | b |\n|---|---|\n| ${'x'.repeat(width)} | y |`);
    expect(table(68)).toContain(`${'x'.repeat(68)} | y`);
    expect(table(69)).toBe(`a: ${'x'.repeat(69)}\nb: y`);
  });

  it('has less room in a list or a quote', () => {
    const table = `> | a | b |\n> |---|---|\n> | ${'x'.repeat(68)} | y |`;
    expect(textOf(table)).toBe(`> a: ${'x'.repeat(68)}\n> b: y`);
  });
});
