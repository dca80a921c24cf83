// Links that only a site's generator understands: which they are, what they name, and that code stays code.
import { describe, expect, it } from 'vitest';
import type { Generator, GeneratorLink } from '../../src/domain/site.ts';
import { readGeneratorLink } from '../../src/issue/generator-links.ts';
import { parseIssue } from '../../src/issue/parse-issue.ts';
import { WORDS } from './parse-markdown.ts';

const PAGE = { kind: 'page', isRelative: false, anchor: '' } as const;

function parse(body: string, generator: Generator, addressOf: (link: GeneratorLink) => string | null) {
  const settings = {
    urlPattern: 'https://site.example/{id}/',
    language: 'en',
    words: WORDS,
    site: { generator, slugFrom: 'file', addressOf },
  } as const;
  return parseIssue({ text: `---\ntitle: T\ndate: 2023-02-07\n---\n${body}\n`, file: 'x.md', name: { id: '2023-01' } }, settings);
}

function hrefsOf(body: string, generator: Generator): string[] {
  const { issue, problems } = parse(
    body,
    generator,
    ({ kind, path, anchor }) => `https://found.example/${kind}/${path}${anchor}`,
  );
  expect(problems).toEqual([]);
  return [...JSON.stringify(issue?.body).matchAll(/"(?:href|src)":"([^"]*)"/g)].map(([, href = '']) => href);
}

describe('a link', () => {
  it.each<[Generator, string, Partial<GeneratorLink>]>([
    ['zola', '@/blog/a.md', { path: 'blog/a.md' }],
    ['zola', '@/blog/a.md#top', { path: 'blog/a.md', anchor: '#top' }],
    ['pelican', '{filename}/a.md', { path: 'a.md' }],
    ['pelican', '{filename}a.md#x', { path: 'a.md', isRelative: true, anchor: '#x' }],
    ['pelican', '%7Bfilename%7Da.md', { path: 'a.md', isRelative: true }],
    ['pelican', '|filename|a.md', { path: 'a.md', isRelative: true }],
    ['pelican', '{static}/images/a.png', { kind: 'file', path: 'images/a.png' }],
    ['hugo', 'hugo-ref:/posts/a.md', { path: 'posts/a.md' }],
    ['hugo', 'hugo-ref:a.md#b', { path: 'a.md', isRelative: true, anchor: '#b' }],
    ['jekyll', 'jekyll-link:docs/a.md', { path: 'docs/a.md' }],
    ['jekyll', 'jekyll-post_url:2023-01-01-a', { path: '_posts/2023-01-01-a.md' }],
  ])('of %s: %s', (generator, written, link) => {
    expect(readGeneratorLink(written, generator)).toEqual({ ...PAGE, ...link });
  });

  it.each<[Generator, string]>([
    ['zola', 'https://e.example/@/a.md'],
    ['zola', '{filename}a.md'],
    ['hugo', '@/a.md'],
    ['pelican', '{other}a.md'],
    ['jekyll', 'a.md'],
    ['zola', '%'],
  ])('of %s is none: %s', (generator, written) => {
    expect(readGeneratorLink(written, generator)).toBeUndefined();
  });
});

describe('in an issue', () => {
  it.each<[Generator, string, string]>([
    ['zola', '[x](@/a/index.md#b)', 'https://found.example/page/a/index.md#b'],
    ['hugo', '[x]({{< ref "a.md#b" >}})', 'https://found.example/page/a.md#b'],
    ['hugo', '[x]({{% relref "/posts/a" %}})', 'https://found.example/page/posts/a'],
    ['hugo', '[x]( {{<ref "a b.md">}} )', 'https://found.example/page/a b.md'],
    ['jekyll', '[x]({% link a.md %})', 'https://found.example/page/a.md'],
    ['jekyll', '[x]({{ site.baseurl }}{% post_url 2023-01-01-a %})', 'https://found.example/page/_posts/2023-01-01-a.md'],
    ['pelican', '![x]({static}/a.png)', 'https://found.example/file/a.png'],
    ['pelican', '[x][y]\n\n[y]: {filename}/a.md', 'https://found.example/page/a.md'],
  ])('of %s leads to the page: %s', (generator, body, address) => {
    expect(hrefsOf(body, generator)).toEqual([address]);
  });

  it('leaves what is written in code as it is', () => {
    const body = '`[x]({{< ref "a.md" >}})`\n\n```\n[x]({{< ref "b.md" >}})\n```\n\n[x]({{< ref "c.md" >}})';
    const { issue } = parse(body, 'hugo', ({ path }) => `https://found.example/${path}`);
    const shown = JSON.stringify(issue?.body);
    for (const part of ['ref \\"a.md\\"', 'ref \\"b.md\\"', 'https://found.example/c.md']) expect(shown).toContain(part);
    expect(shown).not.toContain('hugo-ref');
  });

  it('that leads to nothing is an error, in the words of its author and with its line', () => {
    for (const [generator, body, shown] of [
      ['zola', 'Text.\n\n[x](@/gone.md)', '@/gone.md'],
      ['hugo', 'Text.\n\n[x]({{< ref "gone.md" >}})', 'gone.md'],
    ] as const)
      expect(parse(body, generator, () => null)).toEqual({
        issue: null,
        problems: [expect.objectContaining({ severity: 'error', line: 7, message: `\`${shown}\` names no page of the site.` })],
      });
  });
});
