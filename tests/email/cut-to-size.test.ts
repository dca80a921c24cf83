// Where an issue that is too large is cut: how much is kept, and what is not left standing alone.
import type { Root, RootContent } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { toString as wordsOf } from 'hast-util-to-string';
import { describe, expect, it } from 'vitest';
import { cutToSize } from '../../src/email/cut-to-size.ts';
import { treeOf } from './render-markdown.ts';

const measure = (nodes: readonly RootContent[]): number => toHtml({ type: 'root', children: [...nodes] }).length;

function cut(body: string, room: number): { readonly html: string; readonly words: string; readonly tree: Root } {
  const tree = cutToSize(treeOf(body), room, measure);
  return { tree, html: toHtml(tree), words: wordsOf(tree).replace(/\s+/g, ' ').trim() };
}

const times = (count: number, line: (index: number) => string, between = '\n\n'): string =>
  Array.from({ length: count }, (_, index) => line(index)).join(between);
const PARAGRAPHS = times(100, (index) => `Paragraph ${index}.`);

describe('a cut', () => {
  it.each([200, 500, 1_000, 1_500])('at %i keeps no more, and at least 80 of a hundred', (room) => {
    const { html } = cut(PARAGRAPHS, room);
    expect(html.length).toBeLessThanOrEqual(room);
    expect(html.length).toBeGreaterThanOrEqual(0.8 * room);
  });

  it('changes nothing where there is room for all', () => {
    expect(cut(PARAGRAPHS, 100_000).tree.children).toEqual(treeOf(PARAGRAPHS).children);
  });

  it('does not change the tree', () => {
    const tree = treeOf(PARAGRAPHS);
    const before = structuredClone(tree);
    cutToSize(tree, 500, measure);
    expect(tree).toEqual(before);
  });

  it('keeps the beginning, in its order', () => {
    const { words } = cut(PARAGRAPHS, 500);
    expect(wordsOf(treeOf(PARAGRAPHS)).replace(/\s+/g, ' ').startsWith(words)).toBe(true);
  });

  it.each([0, -1, -100_000])('to %i keeps nothing', (room) => {
    expect(cut(PARAGRAPHS, room).words).toBe('');
  });

  it('stands before a heading where that keeps most of it', () => {
    const body = `${times(40, (index) => `Paragraph ${index}.`)}\n\n## Late\n\n${PARAGRAPHS}`;
    expect(cut(body, 1_000).words).toMatch(/Paragraph 39\.$/);
  });

  it('stands between two blocks where a heading would keep less than 80 of a hundred', () => {
    const body = `${times(10, (index) => `Paragraph ${index}.`)}\n\n## Early\n\n${PARAGRAPHS}`;
    expect(cut(body, 1_000).words).toMatch(/Early Paragraph 0\..* Paragraph \d+\.$/);
  });

  it.each(['#', '##', '###', '######'])('never leaves a heading without anything below it: %s', (signs) => {
    const body = times(60, (index) => (index % 3 === 0 ? `${signs} Heading ${index}` : `Paragraph ${index}.`));
    for (let room = 100; room < 1_500; room += 7) expect(cut(body, room).words).not.toMatch(/Heading \d+$/);
  });

  it('leaves no row of headings either', () => {
    expect(cut(`Words.\n\n# A\n\n## B\n\n### C\n\n${'x'.repeat(2_000)}`, 500).words).toBe('Words.');
  });
});

describe('what is cut within', () => {
  it.each([
    ['a list', times(100, (index) => `- Item ${index}`, '\n'), /Item \d+$/, 'li'],
    ['a numbered list', times(100, (index) => `1. Item ${index}`, '\n'), /Item \d+$/, 'li'],
    ['a list in a list', `- Above\n${times(100, (index) => `  - Item ${index}`, '\n')}`, /(Above|Item \d+)$/, 'li'],
    ['a table', `| a | b |\n|---|---|\n${times(100, (index) => `| Cell ${index} | c |`, '\n')}`, /Cell \d+ c$/, 'td'],
    ['a quote', times(100, (index) => `> Quote ${index}`, '\n>\n'), /Quote \d+$/, 'blockquote'],
    ['HTML of the author’s', `<div>\n\n${PARAGRAPHS}\n\n</div>`, /Paragraph \d+\.$/, 'div'],
  ])('%s ends with a whole part of it', (_what, body, end, tag) => {
    const { html, words } = cut(`First.\n\n${body}\n\nLast.`, 1_000);
    expect(html.length).toBeLessThanOrEqual(1_000);
    expect(words).not.toContain('Last.');
    expect(words).toMatch(end);
    expect(html).toContain(`</${tag}>`);
    expect(html.length).toBeGreaterThanOrEqual(800);
  });

  it.each([
    ['a paragraph', 'word '.repeat(1_000), /^First\.( word)+…$/],
    ['code', `\`\`\`\n${'a line\n'.repeat(1_000)}\`\`\``, /^First\.( a line)+…$/],
    ['an item of a list', `- ${'word '.repeat(1_000)}`, /^First\.( word)+…$/],
    ['a paragraph with links', '[word](https://e.example) words '.repeat(400), /^First\.( word words)+( word)?…?$/],
  ])('is cut between its words where there is nothing else: %s', (_what, body, words) => {
    for (const room of [300, 1_000, 3_000]) {
      const made = cut(`First.\n\n${body}`, room);
      expect(made.words).toMatch(words);
      expect(made.html.length).toBeLessThanOrEqual(room);
      expect(made.html.length).toBeGreaterThanOrEqual(0.8 * room);
    }
  });

  it.each([
    ['a row', `| a |\n|---|\n| ${'word '.repeat(1_000)} |`],
    ['a word without an end', 'x'.repeat(5_000)],
    ['a heading', `## ${'word '.repeat(1_000)}`],
  ])('is never %s', (_what, body) => {
    expect(cut(`First.\n\n${body}`, 1_000).words).toBe('First.');
  });

  it('does not cut a paragraph where whole ones are most of it', () => {
    expect(cut(`${PARAGRAPHS}\n\n${'word '.repeat(1_000)}`, 2_500).words).toMatch(/Paragraph 99\.$/);
  });

  // withoutLastHeading looks at the outermost level only.
  it('leaves no heading alone in a block of the author’s', () => {
    expect(cut(`First.\n\n<div>\n\n## Alone\n\n${'x'.repeat(5_000)}\n\n</div>`, 1_000).words).toBe('First.');
  });

  // firstOf takes a `thead` for something to read.
  it('leaves no head of a table without a row', () => {
    expect(cut(`First.\n\n| a |\n|---|\n| ${'word '.repeat(1_000)} |`, 1_000).words).toBe('First.');
  });
});
