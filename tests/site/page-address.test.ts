// Where each generator puts a page, and what it calls a heading, by its own documentation.
import { describe, expect, it } from 'vitest';
import type { Generator } from '../../src/domain/site.ts';
import { anchorsBy } from '../../src/issue/slugs.ts';
import { DEFAULT_ADDRESSES, pageAddress } from '../../src/site/page-address.ts';

describe('a page', () => {
  it.each<[Generator, string, Record<string, unknown>, string]>([
    ['zola', 'showcase/hermit/index.md', {}, '/showcase/hermit/'],
    ['zola', 'blog/2023-01-05-Hello World.md', {}, '/blog/hello-world/'],
    ['zola', 'blog/_index.md', {}, '/blog/'],
    ['zola', '_index.md', {}, '/'],
    ['zola', 'blog/a.md', { slug: 'b' }, '/blog/b/'],
    ['zola', 'blog/a/index.md', { slug: 'b' }, '/blog/b/'],
    ['zola', 'blog/a.md', { path: '/x/y' }, '/x/y/'],
    ['hugo', 'posts/My Post.md', {}, '/posts/my-post/'],
    ['hugo', 'posts/a/index.md', {}, '/posts/a/'],
    ['hugo', 'posts/a.md', { slug: 'b' }, '/posts/b/'],
    ['hugo', 'posts/a.md', { url: '/c.html' }, '/c.html'],
    ['jekyll', '_posts/2023-01-05-a.md', {}, '/2023/01/05/a.html'],
    ['jekyll', '_posts/2023-01-05-a.md', { categories: 'news rust' }, '/news/rust/2023/01/05/a.html'],
    ['jekyll', 'docs/a.md', {}, '/docs/a.html'],
    ['jekyll', 'docs/index.md', {}, '/docs/'],
    ['jekyll', 'a.md', { permalink: '/x/' }, '/x/'],
    ['pelican', '2023-01-05-a.md', { title: 'The Title: É' }, '/the-title-e.html'],
    ['pelican', 'pages/about.md', { title: 'About' }, '/pages/about.html'],
    ['pelican', 'a.md', { title: 'A', slug: 'b' }, '/b.html'],
    ['pelican', 'a.md', { url: 'x/y/' }, '/x/y/'],
    ['zola', 'blog/a.md', { slug: 'My Slug' }, '/blog/my-slug/'],
    ['hugo', 'posts/a.md', { slug: 'My Slug' }, '/posts/my-slug/'],
    ['hugo', 'posts/a & b.md', {}, '/posts/a-b/'],
    ['hugo', 'posts/a--b c++.md', {}, '/posts/a--b-c++/'],
    ['hugo', 'posts/a.md', { url: 'x/y/' }, '/x/y/'],
    ['hugo', 'posts/a.md', { slug: 2023 }, '/posts/2023/'],
    ['jekyll', '_posts/2023-01-05-Hello World_x.md', {}, '/2023/01/05/Hello-World_x.html'],
    ['jekyll', '_posts/2023-01-05-a.md', { permalink: '/x/:year/:title/' }, '/x/2023/a/'],
    ['jekyll', '_posts/2023-01-05-a.md', { date: '2023-02-07' }, '/2023/02/07/a.html'],
    ['jekyll', 'news/_posts/2023-01-05-a.md', { category: 'Big' }, '/news/big/2023/01/05/a.html'],
    ['jekyll', '_issues/2023-01.md', {}, '/issues/2023-01.html'],
    ['jekyll', 'collections/_issues/2023-01.md', {}, '/issues/2023-01.html'],
    ['pelican', 'a.md', { title: 'A', save_as: 'x.html' }, '/x.html'],
  ])('of %s: %s %o is at %s', (generator, path, matter, address) => {
    expect(pageAddress(generator, path, matter)).toBe(address);
  });

  const DAY = { date: '2023-02-07', title: 'Week 6: C++ & more' };
  it.each<[Generator, Record<string, string>, string, Record<string, unknown>, string]>([
    ['hugo', { posts: '/:year/:month/:slug/' }, 'posts/a.md', DAY, '/2023/02/week-6-c-more/'],
    ['hugo', { posts: '/:year/:monthname/:day/:title' }, 'posts/a.md', DAY, '/2023/february/07/week-6-c-more'],
    ['hugo', { posts: '/p/:filename/' }, 'posts/My_File.md', DAY, '/p/my_file/'],
    ['hugo', { posts: '/:sections/:slugorfilename/' }, 'posts/x/a/index.md', DAY, '/posts/x/a/'],
    ['hugo', { posts: '/:year/:slug/' }, 'posts/a.md', { publishdate: '2023-02-07', slug: 'b' }, '/2023/b/'],
    ['hugo', { posts: '/:year/:slug/' }, 'posts/_index.md', DAY, '/posts/'],
    ['hugo', { posts: '/:year/:slug/' }, 'posts.md', DAY, '/posts/'],
    ['hugo', { '*': '/:sections/:slugorfilename.html' }, 'news/2023/01.md', DAY, '/news/2023/01.html'],
    ['hugo', { '*': '/:sections/:slugorfilename.html' }, 'about.md', {}, '/about.html'],
    ['jekyll', { '*': 'pretty' }, '_posts/2023-02-07-a.md', {}, '/2023/02/07/a/'],
    ['jekyll', { '*': 'pretty' }, 'about.md', {}, '/about/'],
    ['jekyll', { '*': 'ordinal' }, '_posts/2023-02-07-a.md', {}, '/2023/038/a.html'],
    ['jekyll', { '*': '/:short_year/:i_month/:i_day/:slug' }, '_posts/2023-02-07-A_b.md', {}, '/23/2/7/a-b'],
    ['jekyll', { '*': '/:short_year_:short_month/:title' }, '_posts/2023-02-07-a.md', {}, '/23_Feb/a'],
    ['jekyll', { posts: '/p/:title', '*': 'pretty' }, '_posts/2023-02-07-a.md', {}, '/p/a'],
    ['jekyll', { issues: '/n/:year/:name' }, '_issues/2023-01.md', DAY, '/n/2023/2023-01'],
    ['jekyll', { issues: '/n/:year/:title' }, '_issues/2023-02-07-a.md', {}, '/n/2023/a'],
    ['pelican', { '*': '{date:%Y}/{date:%m}/{slug}/' }, 'a.md', DAY, '/2023/02/week-6-c-more/'],
    ['pelican', { '*': '{date:%y}/{date:%b}/{date:%-d}/{slug}/' }, 'a.md', DAY, '/23/Feb/7/week-6-c-more/'],
    ['pelican', { '*': '{category}/{slug}' }, 'Big News/a.md', { title: 'A' }, '/big-news/a'],
    ['pelican', { '*': '{date:%Y}/{slug}/' }, '2023-02-07-a.md', { title: 'A' }, '/2023/a/'],
  ])('of %s with %o: %s %o is at %s', (generator, permalinks, path, matter, address) => {
    const { slugFrom } = DEFAULT_ADDRESSES[generator];
    expect(pageAddress(generator, path, matter, { permalinks, slugFrom })).toBe(address);
  });

  it('keeps a token that nobody knows, so that it can be told', () => {
    const settings = { permalinks: { posts: '/:year/:weekday/:filename/' }, slugFrom: 'file' } as const;
    expect(pageAddress('hugo', 'posts/a.md', { date: '2023-02-07' }, settings)).toBe('/2023/:weekday/a/');
    expect(pageAddress('hugo', 'posts/a.md', {}, settings)).toBe('/:year/:weekday/a/');
    expect(pageAddress('hugo', 'posts/a.md', { date: 'soon' }, settings)).toBe('/:year/:weekday/a/');
    expect(pageAddress('hugo', 'posts/a.md', { date: '2023-99-99' }, settings)).toBe('/:year/:weekday/a/');
  });
});

describe('a heading', () => {
  it.each<[Generator | null, readonly string[]]>([
    [null, ['a--b_c', 'été', 'été-1']],
    ['hugo', ['a--b_c', 'été', 'été-1']],
    ['zola', ['a-b-c', 'ete', 'ete-1']],
    ['jekyll', ['a--bc', 't', 't-1']],
    ['pelican', ['a-b_c', 'ete', 'ete_1']],
  ])('has the anchor of %s', (generator, anchors) => {
    const anchorOf = anchorsBy(generator);
    expect(['A & b_c', 'Été', 'Été'].map(anchorOf)).toEqual(anchors);
  });
});
