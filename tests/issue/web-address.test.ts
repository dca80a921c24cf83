// Where an issue is on the web: patterns read both ways, and values that an issue does not have.
import { describe, expect, it } from 'vitest';
import { fillPattern, matchIssueName, patternValues, unknownPlaceholders } from '../../src/domain/issue-pattern.ts';
import { issueOf, parseFile } from './parse-markdown.ts';

const FILE = '+++\ntitle = "The Title"\ndate = 2023-02-07\nnumber = 12\n+++\nText.';
const name = { id: '2023-01' };

describe('an issue’s web address', () => {
  it.each([
    ['https://e.example/{id}/', 'https://e.example/2023-01/'],
    ['https://e.example/{date}.html', 'https://e.example/2023-02-07.html'],
    ['https://e.example/{year}/{month}/{day}/', 'https://e.example/2023/02/07/'],
    ['https://e.example/{number}', 'https://e.example/12'],
    ['https://e.example/{slug}/{slug}', 'https://e.example/the-title/the-title'],
    ['https://{id}.e.example/?y={year}', 'https://2023-01.e.example/?y=2023'],
    ['https://e.example/', 'https://e.example/'],
  ])('is filled in: %s', (urlPattern, url) => {
    expect(issueOf(FILE, { name, urlPattern }).url).toBe(url);
  });

  it('takes from the file’s name what the front matter does not say', () => {
    const named = { id: 'x', date: '2024-11-13', number: '573', slug: 'named' };
    const urlPattern = 'https://e.example/{year}/{number}/{slug}/';
    expect(issueOf('+++\ntitle = "T"\n+++\nx', { name: named, urlPattern }).url).toBe('https://e.example/2024/573/named/');
    expect(issueOf(FILE, { name: named, urlPattern }).url).toBe('https://e.example/2023/12/named/');
  });

  it('is what relative links are resolved against', () => {
    const { body } = issueOf('+++\ntitle = "T"\n+++\n[a](../)', { name, urlPattern: 'https://e.example/a/{id}/' });
    expect(JSON.stringify(body)).toContain('"href":"https://e.example/a/"');
  });

  it.each([
    ['https://e.example/{number}/', '+++\ntitle = "T"\ndate = 2023-02-07\n+++\nx', ['number']],
    ['https://e.example/{year}/{id}/', '+++\ntitle = "T"\n+++\nx', ['year']],
    ['https://e.example/{year}/{month}/{day}/', '+++\ntitle = "T"\n+++\nx', ['year', 'month', 'day']],
    ['https://e.example/{date}/{number}', '+++\ntitle = "T"\n+++\nx', ['date', 'number']],
    ['https://e.example/{colour}/', FILE, ['colour']],
  ])('is an error for each value that is missing: %s', (urlPattern, file, missing) => {
    const { issue, problems } = parseFile(file, { name, urlPattern });
    const errors = problems.filter(({ severity }) => severity === 'error');
    expect(issue).toBeNull();
    expect(errors.map(({ message }) => message)).toEqual(
      missing.map((value) => `The web address needs {${value}}, which this issue does not have.`),
    );
    expect(errors.every(({ file: path, line }) => path === 'issues/2023-01.md' && line === 1)).toBe(true);
  });
});

describe('an address that is written', () => {
  it.each([
    ['https://e.example/{id}/', 'https://e.example/my%20issue/'],
    ['https://e.example/{slug}/', 'https://e.example/%C3%BCber-uns/'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
  ])('is in ASCII, as a header needs it: %s', (urlPattern, url) => {
    const file = '+++\ntitle = "Über uns"\ndate = 2023-02-07\n+++\nx';
    expect(issueOf(file, { name: { id: 'my issue' }, urlPattern }).url).toBe(url);
  });

  it.each(['/{id}/', 'e.example/{id}', 'https://'])('is an error where it is no address at all: %s', (urlPattern) => {
    const { issue, problems } = parseFile(FILE, { name, urlPattern });
    expect(issue).toBeNull();
    expect(problems.map(({ severity, message }) => `${severity}: ${message}`)).toContainEqual(
      expect.stringMatching(/^error: The web address .* is not one\.$/),
    );
  });
});

describe('a pattern', () => {
  it.each([
    ['issues/{id}.md', 'issues/2023-01.md', { id: '2023-01' }],
    ['{id}/index.md', '2020-04/index.md', { id: '2020-04' }],
    ['{date}-{slug}.md', '2024-11-13-this-week.md', { id: '2024-11-13', date: '2024-11-13', slug: 'this-week' }],
    ['{year}/{month}/{day}-{slug}.md', '2024/11/13-x.md', { id: '2024-11-13', date: '2024-11-13', slug: 'x' }],
    ['{year}/{number}.md', '2024/573.md', { id: '573', number: '573' }],
    ['{year}/{year}-{slug}.md', '2024/2024-x.md', { id: 'x', slug: 'x' }],
    ['a+b (c)/{id}.md', 'a+b (c)/x.md', { id: 'x' }],
  ])('reads a name from a path: %s', (pattern, path, read) => {
    expect(matchIssueName(pattern, path)).toEqual(read);
  });

  it.each([
    ['issues/{id}.md', 'issues/2023-01/index.md'],
    ['issues/{id}.md', 'issues/2023-01.mdx'],
    ['issues/{id}.md', 'old/issues/2023-01.md'],
    ['{date}.md', '2024-1-13.md'],
    ['{number}.md', 'x1.md'],
    ['{year}/{year}-{slug}.md', '2024/2023-x.md'],
    ['issue.md', 'issue.md'],
    ['a.b/{id}', 'axb/1'],
  ])('refuses a path that does not follow it: %s, %s', (pattern, path) => {
    expect(matchIssueName(pattern, path)).toBeUndefined();
  });

  it('names what it has no value for, and leaves it standing', () => {
    expect(fillPattern('/{year}/{slug}/{year}', patternValues({ id: 'x', slug: 's' }))).toEqual({
      text: '/{year}/s/{year}',
      missing: ['year', 'year'],
    });
  });

  it('looks for no pattern in a value', () => {
    const { text, missing } = fillPattern('/{slug}/', { slug: '$& $1 {id}', id: 'x' });
    expect(decodeURIComponent(text)).toBe('/$& $1 {id}/');
    expect(missing).toEqual([]);
  });

  it('names the placeholders that nobody knows', () => {
    expect(unknownPlaceholders('{id} {date} {year} {month} {day} {number} {slug}')).toEqual([]);
    expect(unknownPlaceholders('/{Id}/{}/{colour}/{toString}')).toEqual(['Id', '', 'colour', 'toString']);
  });
});
