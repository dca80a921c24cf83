// Title, subject, date, slug and the rest: what the front matter says, and what serves where it is silent.
import { describe, expect, it } from 'vitest';
import { issueOf, parseFile } from './parse-markdown.ts';

const toml = (...lines: string[]): string => `+++\n${lines.join('\n')}\n+++\nText.`;
const dated = (...lines: string[]): string => toml('title = "T"', 'date = 2023-02-07', ...lines);

describe('the title', () => {
  it('is the first heading where the front matter has none, and leaves the body', () => {
    const { title, body } = issueOf('+++\ndate = 2023-02-07\n+++\n<!-- for editors -->\n\n# The *month* in `Rust`\n\nText.');
    expect(title).toBe('The month in Rust');
    expect(JSON.stringify(body)).not.toContain('month');
  });

  it('stays the front matter’s where both are there, and the heading stays in the body', () => {
    const { title, body } = issueOf('+++\ntitle = "Written"\ndate = 2023-02-07\n+++\n# Heading\n\nText.');
    expect(title).toBe('Written');
    expect(JSON.stringify(body)).toContain('Heading');
  });

  it.each([
    ['the first thing is a paragraph', 'Text.\n\n# Later'],
    ['the first heading is a smaller one', '## Section\n\nText.'],
    ['there is no heading at all', 'Text.'],
    ['the front matter’s is empty', '+++\ntitle = ""\n+++\nText.'],
  ])('is missed as an error where %s', (_case, text) => {
    const { issue, problems } = parseFile(text);
    expect(issue).toBeNull();
    expect(problems).toContainEqual(
      expect.objectContaining({
        severity: 'error',
        rule: 'front-matter',
        message: 'The issue has no title.',
        advice: 'Write `title` in the front matter, or begin with a `# heading`.',
        file: 'issues/2023-01.md',
        line: text.startsWith('+++') ? 2 : 1,
      }),
    );
  });

  it('serves as the subject unless there is one', () => {
    expect(issueOf(dated()).subject).toBe('T');
    expect(issueOf(dated('subject = "S"')).subject).toBe('S');
  });

  it('is one line without control characters, and so is the subject', () => {
    const issue = issueOf(toml('title = "A\\n\\tB\\u0000C"', 'subject = "S\\r\\nBcc: x@y.example"', 'date = 2023-02-07'));
    expect(issue.title).toBe('A B C');
    expect(issue.subject).toBe('S Bcc: x@y.example');
  });

  it.each(['title = ["T"]', 'title = { a = 1 }'])('is an error with its line where it is not text: %s', (line) => {
    const { issue, problems } = parseFile(toml('date = 2023-02-07', line));
    expect(issue).toBeNull();
    expect(problems).toContainEqual(
      expect.objectContaining({ severity: 'error', message: '`title` is not a piece of text.', line: 3 }),
    );
  });
});

describe('the date', () => {
  it.each([
    ['a TOML date', toml('title = "T"', 'date = 2023-02-07')],
    ['a TOML moment', toml('title = "T"', 'date = 2023-02-07T23:30:00Z')],
    ['a TOML moment of another zone, by its own calendar', toml('title = "T"', 'date = 2023-02-07T23:30:00-05:00')],
    ['a TOML moment without a zone', toml('title = "T"', 'date = 2023-02-07 23:30:00')],
    ['TOML text', toml('title = "T"', 'date = "2023-02-07"')],
    ['YAML', '---\ntitle: T\ndate: 2023-02-07\n---\nx'],
    ['a YAML moment of another zone, by its own calendar', '---\ntitle: T\ndate: 2023-02-07T23:30:00-05:00\n---\nx'],
    ['a header with an hour', 'Title: T\nDate: 2023-02-07 10:20\n\nx'],
  ])('is read from %s', (_case, text) => {
    expect(issueOf(text).date).toBe('2023-02-07');
  });

  it('is taken from the file’s name where the front matter has none, without a problem', () => {
    const { issue, problems } = parseFile(toml('title = "T"'), { name: { id: 'x', date: '2024-02-29' } });
    expect(issue?.date).toBe('2024-02-29');
    expect(problems).toEqual([]);
  });

  it('is the front matter’s where the file’s name has another', () => {
    expect(issueOf(dated(), { name: { id: 'x', date: '2024-02-29' } }).date).toBe('2023-02-07');
  });

  it('is missed as a warning, and the work goes on', () => {
    const { issue, problems } = parseFile(toml('title = "T"'));
    expect(issue?.date).toBeNull();
    expect(problems).toEqual([expect.objectContaining({ severity: 'warning', message: 'The issue has no date.' })]);
  });

  it.each([
    ['unknown', toml('title = "T"', 'date = "Feb 7 2023"'), 3],
    ['unknown, in a header', 'Title: T\nDate: soon\n\nx', 2],
    ['a number', toml('title = "T"', 'date = 20230207'), 3],
    ['an hour', toml('title = "T"', 'date = 12:30:00'), 3],
    ['followed by something', toml('title = "T"', 'date = "2023-02-07th"'), 3],
    ['impossible', toml('title = "T"', '', 'date = "2023-02-30"'), 4],
    ['impossible, in YAML', '---\ntitle: T\ndate: 2023-02-29\n---\nx', 3],
    ['impossible, in a header', 'Title: T\nDate: 2023-04-31\n\nx', 2],
    ['of a month that does not exist', toml('title = "T"', 'date = "2023-13-01"'), 3],
  ])('is an error with its line where it is %s, and nothing else is complained of', (_case, text, line) => {
    const { issue, problems } = parseFile(text, { name: { id: 'x' } });
    expect(issue).toBeNull();
    expect(problems).toEqual([expect.objectContaining({ severity: 'error', rule: 'front-matter', line })]);
    expect(problems[0]?.message).toMatch(/^The date `.*` cannot be read\.$/);
  });
});

describe('the rest', () => {
  it.each([
    ['authors = ["a", "b"]', ['a', 'b']],
    ['author = "a"', ['a']],
    ['[extra]\neditors = ["a"]', ['a']],
    ['[extra]\nauthors = ["a", 7]', ['a']],
    ['', []],
  ])('reads the authors from %j', (line, authors) => {
    expect(issueOf(dated(line)).authors).toEqual(authors);
  });

  it('takes the preheader, the language and the slug from the front matter first', () => {
    expect(issueOf(dated())).toMatchObject({ preheader: 'Text.', language: 'en', slug: 't' });
    const told = issueOf(dated('preheader = "P"', 'language = "de"', 'slug = "s"'), { name: { id: 'x', slug: 'named' } });
    expect(told).toMatchObject({ preheader: 'P', language: 'de', slug: 's' });
    expect(issueOf(dated(), { name: { id: 'x', slug: 'named' } }).slug).toBe('named');
  });
});
