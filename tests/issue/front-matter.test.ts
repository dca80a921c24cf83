// Front matter in its three notations, and what becomes of one that cannot be read.
import { describe, expect, it } from 'vitest';
import { parseFrontMatter } from '../../src/issue/front-matter.ts';
import { issueOf, parseFile } from './parse-markdown.ts';

const NOTATIONS = {
  'TOML between +++': '+++\ntitle = "The title"\ndate = 2023-02-07\nnumber = 12\n+++\nThe text.',
  'YAML between ---': '---\ntitle: The title\ndate: 2023-02-07\nnumber: 12\n---\nThe text.',
  'an unfenced header': 'Title: The title\nDate: 2023-02-07\nNumber: 12\n\nThe text.',
};

describe('parseFrontMatter', () => {
  it.each(Object.entries(NOTATIONS))('reads %s', (_notation, text) => {
    const { title, date, number, preheader } = issueOf(text);
    expect({ title, date, number, preheader }).toEqual({
      title: 'The title',
      date: '2023-02-07',
      number: '12',
      preheader: 'The text.',
    });
  });

  it.each(Object.entries(NOTATIONS))('reads %s behind a BOM and with CRLF as it does without', (_notation, text) => {
    expect(parseFile(`\uFEFF${text.replaceAll('\n', '\r\n')}`)).toEqual(parseFile(text));
  });

  it.each(Object.entries(NOTATIONS))('leaves nothing of %s in the body', (_notation, text) => {
    const { body, bodyLine } = parseFrontMatter(text);
    expect(body.trim()).toBe('The text.');
    expect(
      body
        .split('\n')
        .slice(bodyLine - 1)
        .join('\n')
        .trim(),
    ).toBe('The text.');
  });

  it('keeps the line numbers of the body', () => {
    expect(parseFrontMatter('+++\na = 1\n+++\n\nfive').body.split('\n')[4]).toBe('five');
    expect(parseFrontMatter('Title: T\n\nthree').body.split('\n')[2]).toBe('three');
  });

  it('does not care for the case of a key', () => {
    expect(issueOf('+++\nTITLE = "T"\nDate = 2023-02-07\n+++\nx')).toMatchObject({ title: 'T', date: '2023-02-07' });
  });

  it('tells the line of each key', () => {
    expect(parseFrontMatter('---\ntitle: T\n\n# a remark\ndate: 2023-02-07\n---\nx').lines).toEqual({ title: 2, date: 5 });
  });

  it('takes a colon in prose for prose', () => {
    const { data, body } = parseFrontMatter('Note: this is no header.\n\nText.');
    expect(data).toEqual({});
    expect(body).toBe('Note: this is no header.\n\nText.');
  });

  it('takes a rule in the body for a rule', () => {
    const { data, body } = parseFrontMatter('---\ntitle: T\n---\nabove\n\n---\n\nbelow');
    expect(data).toEqual({ title: 'T' });
    expect(body.trim()).toBe('above\n\n---\n\nbelow');
  });

  it('reads empty front matter as none', () => {
    expect(parseFrontMatter('---\n---\ntext')).toMatchObject({ data: {}, problems: [] });
    expect(parseFrontMatter('+++\n+++\ntext')).toMatchObject({ data: {}, problems: [] });
  });

  it('never lets the marks of a slot into the body', () => {
    expect(parseFrontMatter('a\uFDD0name\uFDD2b\uFDD1c\0d').body).toBe('a\uFFFDname\uFFFDb\uFFFDc\uFFFDd');
  });
});

describe('front matter that cannot be read', () => {
  it.each([
    ['TOML with a bare word', '+++\ntitle = T\n+++\nx', 2, 9],
    ['TOML with an open string', '+++\ndate = 2023-02-07\ntitle = "T\n+++\nx', 3, 9],
    ['TOML with a month that does not exist', '+++\ntitle = "T"\ndate = 2023-13-01\n+++\nx', 3, 8],
    ['TOML with a key twice', '+++\na = 1\na = 2\n+++\nx', 3, 1],
    ['YAML with a key twice', '---\ntitle: T\ntitle: U\n---\nx', 3, 1],
    ['YAML with a tab', '---\ntitle: T\n\tdate: 2023-02-07\n---\nx', 3, 1],
    ['YAML with an open list', '---\ntitle: [T\n---\nx', 2, 10],
    ['YAML that is a list', '---\n- title\n---\nx', 2, 1],
    ['YAML that is prose', '---\ntitle\n---\nx', 2, 1],
    ['a header line without a key', 'Title: T\nno key here\n\nx', 2, 1],
    ['TOML without an end', '+++\ntitle = "T"\n\nx', 1, 1],
    ['YAML without an end', '---\ntitle: T\n\nx', 1, 1],
  ])('is an error with file, line and column: %s', (_case, text, line, column) => {
    const { issue, problems } = parseFile(text);
    const first = problems[0];
    expect(issue).toBeNull();
    expect(first).toMatchObject({ severity: 'error', rule: 'front-matter', file: 'issues/2023-01.md', line, column });
    expect(first?.advice).toMatch(/^\p{Lu}.*\.$/u);
  });

  it('is told in one line, without the parser’s drawing of it', () => {
    for (const text of ['+++\ntitle = T\n+++\nx', '---\ntitle: [T\n---\nx']) {
      expect(
        parseFile(text)
          .problems.map(({ message }) => message)
          .join(''),
      ).not.toMatch(/[\n^]/);
    }
  });
});
