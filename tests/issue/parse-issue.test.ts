// A whole file to an issue: parsing never fails, an error leaves no issue, a warning leaves one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFatal } from '../../src/domain/problem.ts';
import { BODY_LINE, issueOf, parseFile } from './parse-markdown.ts';

const ROOT = join(import.meta.dirname, '../..');
const below = (body: string): string => `+++\ntitle = "T"\ndate = 2023-02-07\n+++\n${body}`;

describe('parseIssue', () => {
  it.each([
    ['', BODY_LINE],
    ['   \n\n', BODY_LINE],
    ['<!-- only for editors -->', BODY_LINE],
    ['<!-- one -->\n\n<!--\n\n- two\n\n-->\n', BODY_LINE],
    ['<!-- more -->', BODY_LINE],
    ['[ref]: https://e.example', BODY_LINE],
    ['&nbsp;\n\n<div></div>', BODY_LINE],
  ])('says that an issue is empty: %j', (body, line) => {
    const { issue, problems } = parseFile(below(body));
    expect(issue).toBeNull();
    expect(problems).toEqual([
      {
        severity: 'error',
        rule: 'empty',
        message: 'The issue has no text.',
        advice: 'Write something below the front matter.',
        file: 'issues/2023-01.md',
        line,
      },
    ]);
  });

  it('calls a file empty that holds a title and no more', () => {
    expect(parseFile('# Title').problems.map(({ rule }) => rule)).toContain('empty');
    expect(parseFile('Title: T\nDate: 2023-02-07').problems.map(({ rule }) => rule)).toEqual(['empty']);
    expect(parseFile('').issue).toBeNull();
  });

  it.each(['x', '![](image.png)', '- one', '```\ncode\n```', '🦀'])('does not call this empty: %j', (body) => {
    expect(parseFile(below(body)).problems).toEqual([]);
  });

  it('gives no issue where a problem is an error, and one where all are warnings', () => {
    const refused = parseFile('+++\ntitle = T\n+++\nText.');
    const warned = parseFile(below('Text. <script>x</script>'));
    expect(refused.issue).toBeNull();
    expect(refused.problems.some(isFatal)).toBe(true);
    expect(warned.issue).not.toBeNull();
    expect(warned.problems.map(({ severity }) => severity)).toEqual(['warning']);
  });

  it('names the file and the line in every problem of the text', () => {
    const { problems } = parseFile(below('Text.\n\n<script>x</script>\n\n[a](javascript:x) and <b onclick="x">b</b>\n\n<foo>'));
    expect(problems.map(({ file, line }) => `${file}:${line}`).sort()).toEqual([
      'issues/2023-01.md:11',
      'issues/2023-01.md:7',
      'issues/2023-01.md:9',
      'issues/2023-01.md:9',
    ]);
  });

  it.each([
    '+++',
    '---',
    '+++\n+++',
    '\uFEFF',
    '\0',
    '<',
    '<!--',
    '<a href="',
    '![](',
    '[^1]: note',
    '| a |\n|---|',
    '<table><tr><td><table>',
    '</div></div>',
    '[a](http://[)',
    '\uD800',
    `${'> '.repeat(200)}deep`,
    `${'<div>'.repeat(500)}deep`,
    '[a]: <x>\n\n[a][a][a]',
  ])('returns, whatever it is given: %j', (text) => {
    const { issue, problems } = parseFile(text);
    expect(issue === null).toBe(problems.some(isFatal));
    expect(parseFile(below(text)).problems.every(({ file }) => file === 'issues/2023-01.md')).toBe(true);
  });

  it('gives the same issue for the same text, and does not share it', () => {
    const text = below('A [link](x) and ![image](y.png).\n\n```js\nlet x;\n```');
    const [one, other] = [issueOf(text), issueOf(text)];
    expect(one).toEqual(other);
    expect(one.body).not.toBe(other.body);
  });

  it('reads the sample without a problem', () => {
    const { issue, problems } = parseFile(readFileSync(join(ROOT, 'issues/2023-01.md'), 'utf8'));
    expect(problems).toEqual([]);
    expect(issue).toMatchObject({
      id: '2023-01',
      title: 'This Month in Rust OSDev: January 2023',
      subject: 'This Month in Rust OSDev: January 2023',
      date: '2023-02-07',
      authors: ['phil-opp', 'berkus'],
      preheader: 'Ramdisks for the bootloader, efiapi on its way to stable, and a riddle in the compiler',
    });
  });
});
