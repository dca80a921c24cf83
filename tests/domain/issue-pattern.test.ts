// Patterns read both ways: a path to an issue's name, and a name to its web address.
import { describe, expect, it } from 'vitest';
import {
  fillPattern,
  matchIssueName,
  PLACEHOLDER_NAMES,
  patternValues,
  placeholdersOf,
  unknownPlaceholders,
} from '../../src/domain/issue-pattern.ts';

describe('matchIssueName', () => {
  it.each([
    ['issues/{id}.md', 'issues/2023-01.md', { id: '2023-01' }],
    ['issues/{id}/index.md', 'issues/2023-01/index.md', { id: '2023-01' }],
    ['issues/{id}.md', 'issues/März – Ausgabe 3.md', { id: 'März – Ausgabe 3' }],
    ['{date}.md', '2023-02-07.md', { id: '2023-02-07', date: '2023-02-07' }],
    ['{date}-{slug}.md', '2023-02-07-this-week.md', { id: '2023-02-07', date: '2023-02-07', slug: 'this-week' }],
    ['{number}.md', '007.md', { id: '007', number: '007' }],
    ['{number}-{slug}.md', '480-async-await.md', { id: '480', number: '480', slug: 'async-await' }],
    ['content/{slug}.md', 'content/hello-world.md', { id: 'hello-world', slug: 'hello-world' }],
    ['{year}/{month}/{day}/{slug}.md', '2023/02/07/x.md', { id: '2023-02-07', date: '2023-02-07', slug: 'x' }],
    ['{year}/{month}/{slug}.md', '2023/02/x.md', { id: 'x', slug: 'x', year: '2023', month: '02' }],
    ['{year}/{id}.md', '2023/spring.md', { id: 'spring' }],
    ['{id}/{id}.md', '2023-01/2023-01.md', { id: '2023-01' }],
    ['[drafts]/(a+b)/{id}.md', '[drafts]/(a+b)/1.md', { id: '1' }],
  ])('by %s finds in %s its parts', (pattern, path, name) => {
    expect(matchIssueName(pattern, path)).toEqual(name);
  });

  it.each([
    ['issues/{id}.md', 'issues/a/b.md'],
    ['issues/{id}.md', 'issues/.md'],
    ['issues/{id}.md', 'issues/2023-01Xmd'],
    ['issues/{id}.md', 'issues/2023-01.md.bak'],
    ['issues/{id}.md', 'old/issues/2023-01.md'],
    ['{date}.md', '2023-2-7.md'],
    ['{date}.md', '2023-02-07-x.md'],
    ['{number}.md', 'x7.md'],
    ['{year}/{month}/{day}/{slug}.md', '23/02/07/x.md'],
    ['{id}/{id}.md', '2023-01/2023-02.md'],
    ['a.b/{id}.md', 'aXb/1.md'],
    ['index.md', 'index.md'],
    ['{year}.md', '2023.md'],
  ])('by %s finds no issue in %s', (pattern, path) => {
    expect(matchIssueName(pattern, path)).toBeUndefined();
  });
});

describe('fillPattern', () => {
  const name = { id: '2023-02-07', date: '2023-02-07', number: '480', slug: 'async' };

  it.each([
    ['https://news.example/{id}/', 'https://news.example/2023-02-07/'],
    ['https://news.example/{year}/{month}/{day}/{slug}', 'https://news.example/2023/02/07/async'],
    ['https://news.example/{number}?d={date}&n={number}', 'https://news.example/480?d=2023-02-07&n=480'],
    ['https://news.example/latest', 'https://news.example/latest'],
  ])('fills %s', (pattern, text) => {
    expect(fillPattern(pattern, patternValues(name))).toEqual({ text, missing: [] });
  });

  it('names what has no value and leaves it standing', () => {
    expect(fillPattern('https://news.example/{year}/{slug}/{number}/', patternValues({ id: 'x', slug: 's' }))).toEqual({
      text: 'https://news.example/{year}/s/{number}/',
      missing: ['year', 'number'],
    });
  });

  it('puts in a value with dollar signs as it is', () => {
    expect(fillPattern('a/{slug}/b', { slug: "$&$'$1" }).text).toBe("a/$&$'$1/b");
  });

  it('has no year, month or day for a name without a date', () => {
    expect(patternValues({ id: 'x' })).toEqual({ id: 'x', year: undefined, month: undefined, day: undefined });
  });
});

describe('the placeholders of a pattern', () => {
  it('are listed in order, each time that they occur', () => {
    expect(placeholdersOf('{year}/{slug}-{year}.md')).toEqual(['year', 'slug', 'year']);
    expect(placeholdersOf('index.md')).toEqual([]);
  });

  it('are unknown where no issue has such a part', () => {
    expect(unknownPlaceholders('{id}/{nmber}/{ID}/{}/{slug }')).toEqual(['nmber', 'ID', '', 'slug ']);
  });

  it('are all known where they stand in the list that is shown to people', () => {
    expect(PLACEHOLDER_NAMES).toEqual(['id', 'date', 'number', 'slug', 'year', 'month', 'day']);
    expect(unknownPlaceholders(PLACEHOLDER_NAMES.map((name) => `{${name}}`).join('/'))).toEqual([]);
  });
});
