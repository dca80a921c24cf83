// Where each generator puts a page, and what it calls a heading, by its own documentation.
import { describe, expect, it } from 'vitest';
import type { Generator } from '../../src/domain/site.ts';
import { anchorsBy } from '../../src/issue/slugs.ts';
import { pageAddress } from '../../src/site/page-address.ts';

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
  ])('of %s: %s %o is at %s', (generator, path, matter, address) => {
    expect(pageAddress(generator, path, matter)).toBe(address);
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
