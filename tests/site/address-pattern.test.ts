// The pattern of addresses that is found from some of them.
import { describe, expect, it } from 'vitest';
import { patternValues } from '../../src/domain/issue-pattern.ts';
import { addressPattern, type PlacedIssue } from '../../src/site/address-pattern.ts';

const placed = (address: string, name: Parameters<typeof patternValues>[0]): PlacedIssue => ({
  address,
  values: patternValues(name),
});

describe('the pattern of', () => {
  it.each<[string, readonly PlacedIssue[], string]>([
    ['a month', [placed('/news/2023-01/', { id: '2023-01' })], '/news/{id}/'],
    [
      'folders of a day',
      [placed('/2023/01/05/hello/', { id: '2023-01-05', date: '2023-01-05', slug: 'hello' })],
      '/{year}/{month}/{day}/{slug}/',
    ],
    ['a word and a number', [placed('/issue-7.html', { id: '7', number: '7' })], '/issue-{id}.html'],
    ['a number behind an underscore', [placed('/issue_7/', { id: '7', number: '7' })], '/issue_{id}/'],
    ['a number right behind a word', [placed('/issue7/', { id: '7', number: '7' })], '/issue{id}/'],
    [
      'a month that is also a day, where another issue tells',
      [
        placed('/2023/01/x/', { id: '2023-01-01', date: '2023-01-01', slug: 'x' }),
        placed('/2023/02/x/', { id: '2023-02-03', date: '2023-02-03', slug: 'x' }),
      ],
      '/{year}/{month}/{slug}/',
    ],
    [
      'a title with a year in it',
      [placed('/2023-in-review/', { id: '2023-12-31', date: '2023-12-31', slug: '2023-in-review' })],
      '/{slug}/',
    ],
    ['a slug that looks like a placeholder', [placed('/a/year/', { id: 'b', slug: 'year', date: '2023-01-01' })], '/a/{slug}/'],
  ])('%s', (_title, issues, pattern) => {
    expect(addressPattern(issues)).toEqual({ pattern, elsewhere: 0 });
  });
});

describe('counted are', () => {
  const four = ['01', '02', '03', '04'].map((month) => placed(`/n/2023-${month}/`, { id: `2023-${month}` }));

  it('the issues that lie elsewhere', () => {
    expect(addressPattern([placed('/old/', { id: '2020-01' }), ...four])).toEqual({ pattern: '/n/{id}/', elsewhere: 1 });
    expect(addressPattern([...four, placed('/special/', { id: '2023-05' })])).toEqual({ pattern: '/n/{id}/', elsewhere: 1 });
  });

  // The address of one of them would be that of all.
  it('all, where each has a name of its own', () => {
    const issues = ['/a/', '/b/'].map((address, index) => placed(address, { id: `2023-0${index + 1}` }));
    expect(addressPattern(issues)).toEqual({ pattern: '/{id}/', elsewhere: 2 });
  });

  it('all, where a token of the generator is left', () => {
    const issues = [placed('/:year/2023-01/', { id: '2023-01' }), placed('/%b/2023-02/', { id: '2023-02' })];
    expect(addressPattern(issues)).toEqual({ pattern: '/{id}/', elsewhere: 2 });
  });
});
