// Every real issue of the corpus, and the sample, from the untouched file: nothing that an editor wrote is lost
// on its way to the HTML part or to the text part.
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { budgetOf, CORPUS, HTML_MAX_BYTES, ISSUES, measure } from './corpus-table.ts';
import { type Reading, readHtml, readMarkdown } from './reading.ts';
import { type Rendering, renderMarkdown } from './render-markdown.ts';
import { hasBareAddress, hasCode, headingsOf, lacking, notesOf, withoutNotes, wordsOf } from './text-reading.ts';

if (!existsSync(CORPUS)) process.stderr.write(`Left out: tests on real issues. The folder ${CORPUS} is not there.\n`);

it.skipIf(!existsSync(CORPUS))('finds the issues of both newsletters', () => {
  expect(ISSUES.length).toBeGreaterThanOrEqual(42);
});

describe.each(ISSUES)('$file', (issue) => {
  const { path, name, pattern, url } = issue;
  let source: string;
  let written: Reading;
  let rendering: Rendering;
  let page: Reading;
  const render = (): Promise<Rendering> => renderMarkdown(source, { source: { name }, issue: { urlPattern: pattern } });

  beforeAll(async () => {
    source = readFileSync(path, 'utf8');
    written = readMarkdown(source, url);
    rendering = await render();
    page = readHtml(rendering.html, url);
  });

  it('keeps every heading', () => {
    const titles = written.headings.map((heading) => wordsOf(heading).join(' '));
    const inHtml = page.headings.map((heading) => wordsOf(heading).join(' '));
    const inText = headingsOf(rendering.text).map((heading) => wordsOf(heading).join(' '));
    expect(titles).not.toEqual([]);
    expect(lacking(titles, inHtml)).toEqual([]);
    expect(lacking(titles, inText)).toEqual([]);
  });

  it('keeps every link, byte for byte and as often as it is written', () => {
    const notes = new Set(notesOf(rendering.text));
    expect(written.links).not.toEqual([]);
    expect(lacking(written.links, page.links)).toEqual([]);
    // A link within the mail needs no note: its heading stands in the same text.
    const outward = written.links.filter((link) => !page.anchors.includes(link));
    expect(outward.filter((link) => !notes.has(link) && !hasBareAddress(rendering.text, link))).toEqual([]);
  });

  it('keeps every image, with its description', () => {
    const notes = new Set(notesOf(rendering.text));
    const text = withoutNotes(rendering.text).replace(/\s+/g, ' ');
    expect(page.images).toEqual(expect.arrayContaining(written.images));
    expect(written.images.filter(({ src }) => !notes.has(src))).toEqual([]);
    expect(written.images.filter(({ alt }) => !text.includes(alt === '' ? '(image)' : `(image: ${alt})`))).toEqual([]);
  });

  it('keeps every block of code as it is written', () => {
    expect(page.code).toEqual(written.code);
    expect(written.code.filter((code) => !hasCode(rendering.text, code))).toEqual([]);
  });

  it('keeps every word', () => {
    const words = written.texts.flatMap(wordsOf);
    expect(words).not.toEqual([]);
    expect(lacking(words, page.texts.flatMap(wordsOf))).toEqual([]);
    expect(lacking(words, wordsOf(withoutNotes(rendering.text)))).toEqual([]);
  });

  it('makes the same bytes again, and HTML that is not clipped', async () => {
    const again = await render();
    expect(again.email).toEqual(rendering.email);
    expect(Buffer.byteLength(rendering.html)).toBeLessThanOrEqual(HTML_MAX_BYTES);
  });

  it('is light: not cut, and little more than what is in it', async () => {
    const measured = await measure(issue);
    expect(measured.isCut).toBe(false);
    expect(measured.htmlBytes).toBeLessThanOrEqual(budgetOf(measured));
  });
});
