// Which files are taken for a newsletter's issues, by their names alone.
import { describe, expect, it } from 'vitest';
import { findIssueShapes } from '../../src/site/issue-shapes.ts';

const MONTHS = ['2022-11', '2022-12', '2023-01', '2023-02'];
const months = (path: string): string[] =>
  MONTHS.map((month) => path.replace('M', month).replace('Y/m', month.replace('-', '/')));
const times = (count: number, path: string): string[] =>
  Array.from({ length: count }, (_, index) =>
    path.replace('N', String(index + 1)).replace('DAY', `2023-01-${String(index + 1).padStart(2, '0')}`),
  );

function patternsOf(paths: readonly string[], content = 'content'): string[] {
  return findIssueShapes(paths, content).map(({ pattern }) => pattern);
}

describe('issues that are named', () => {
  it.each<[string, readonly string[], string]>([
    ['by their month', months('content/news/M.md'), 'content/news/{id}.md'],
    ['by their month, in folders', months('content/this-month/M/index.md'), 'content/this-month/{id}/index.md'],
    ['by folders of years and months', months('content/news/Y/m.md'), 'content/news/{year}/{month}.md'],
    ['by folders down to the day', ['content/n/2023/01/05/index.md'], 'content/n/{year}/{month}/{day}/index.md'],
    ['by folders of years, and words', ['content/n/2022/spring.md', 'content/n/2023/autumn.md'], 'content/n/{year}/{slug}.md'],
    ['by a year alone', ['content/annual/2022.md', 'content/annual/2023.md'], 'content/annual/{number}.md'],
    ['by a month and a name, in years', months('content/posts/Y/m-news.md'), 'content/posts/{year}/{month}-news.md'],
    ['by a month and a name', months('content/posts/M-news.md'), 'content/posts/{year}-{month}-news.md'],
    ['by their day', times(4, 'content/posts/DAY.md'), 'content/posts/{date}.md'],
    ['by their day and a name of each', times(4, 'content/posts/DAY-aNb.md'), 'content/posts/{date}-{slug}.md'],
    ['by their day and the same name', times(4, 'content/DAY-this-week.md'), 'content/{date}-this-week.md'],
    ['by their day and the same name and number', times(4, 'content/DAY-week-N.md'), 'content/{date}-week-{number}.md'],
    ['by their day, in folders', times(4, 'content/p/DAY_weekly/index.md'), 'content/p/{date}_weekly/index.md'],
    ['by a number', times(12, 'content/letters/N.md'), 'content/letters/{number}.md'],
    ['by a word and a number', times(12, 'content/letters/issue-N.md'), 'content/letters/issue-{number}.md'],
    [
      'by words, in a folder of news',
      ['content/newsletter/spring.md', 'content/newsletter/autumn.md'],
      'content/newsletter/{slug}.md',
    ],
    ['with another extension', times(4, 'content/DAY-x.markdown'), 'content/{date}-x.markdown'],
  ])('%s', (_title, paths, pattern) => {
    expect(patternsOf(paths)).toEqual([pattern]);
  });

  it('come in their order: 10 after 9', () => {
    const [shape] = findIssueShapes(times(11, 'content/letters/N.md').toSorted(), 'content');
    expect(shape?.paths.slice(-2)).toEqual(['content/letters/10.md', 'content/letters/11.md']);
  });
});

describe('no issue is', () => {
  it.each([
    ['a page of words', ['content/about.md', 'content/docs/setup.md']],
    ['a file outside of the pages', months('drafts/M.md')],
    ['a draft', months('content/_drafts/M.md')],
    ['a page of Pelican', months('content/pages/M.md')],
    ['what belongs to a package', months('content/node_modules/news/M.md')],
    ['a hidden file', months('content/.news/M.md')],
    ['a table', months('content/news/M.csv')],
    ['an introduction to the folder', ['content/news/README.md', 'content/news/_index.md', 'content/index.md']],
    ['a file whose folder a pattern cannot name', [...months('content/{a}/M.md'), ...months('content/[b]/M.md')]],
  ])('%s', (_title, paths) => {
    expect(patternsOf(paths)).toEqual([]);
  });

  it('a translation beside its original', () => {
    const paths = ['content/n/DAY-x.md', 'content/n/DAY-x.de.md', 'content/n/DAY-x.pt-br.md'].flatMap((path) => times(4, path));
    expect(findIssueShapes(paths, 'content')).toEqual([
      { pattern: 'content/n/{date}-x.md', paths: times(4, 'content/n/DAY-x.md') },
    ]);
    const folders = ['content/news/M/index.md', 'content/news/M/index.de.md'].flatMap(months);
    expect(patternsOf(folders)).toEqual(['content/news/{id}/index.md']);
  });

  it('a page that lies beside them', () => {
    expect(patternsOf([...months('content/news/M/index.md'), 'content/news/2023-01/notes.md'])).toEqual([
      'content/news/{id}/index.md',
    ]);
  });
});

it('what else lies in their folder is not taken by their pattern', () => {
  for (const other of ['_index', 'about', '2023-01.de'])
    expect(patternsOf([...months('content/news/M.md'), `content/news/${other}.md`])[0]).toBe('content/news/{year}-{month}.md');
});

it('the folder of pages may have the name of one that is left out elsewhere', () => {
  expect(patternsOf(months('src/pages/news/M.md'), 'src/pages')).toEqual(['src/pages/news/{id}.md']);
});

it('names with spaces, umlauts and quotes are names', () => {
  expect(patternsOf(months(`content/Über "uns" & it's/M.md`))).toEqual([`content/Über "uns" & it's/{id}.md`]);
});

describe('of several', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    [
      'a newsletter comes before a blog of twice as many posts',
      [...months('content/newsletter/M.md'), ...times(8, 'content/blog/DAY-pNp.md')],
      ['content/newsletter/{id}.md', 'content/blog/{date}-{slug}.md'],
    ],
    [
      'the larger comes first where no name tells',
      [...months('content/a/M.md'), ...times(8, 'content/b/DAY-pNp.md')],
      ['content/b/{date}-{slug}.md', 'content/a/{id}.md'],
    ],
    [
      'those that share the name of a newsletter come before the other posts beside them',
      [...times(5, '_posts/DAY-this-week-in-tests.md'), ...times(9, '_posts/DAY-pNp.md')],
      ['_posts/{date}-this-week-in-tests.md', '_posts/{date}-{slug}.md'],
    ],
  ])('%s', (_title, paths, patterns) => {
    expect(patternsOf(paths, paths[0]?.startsWith('_') ? '.' : 'content')).toEqual(patterns);
  });
});
