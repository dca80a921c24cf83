// The table of contents: which issue gets one, and where its links lead.
import { describe, expect, it } from 'vitest';
import { contentsOf } from '../../src/email/contents.ts';
import { readHtml } from './reading.ts';
import { renderBody, renderMarkdown, treeOf } from './render-markdown.ts';
import { shownText } from './shown-text.ts';

const PAGE = 'https://press.example/2023-01/';
const LONG = 'word '.repeat(500);

const issue = (headings: readonly string[], words = LONG): string =>
  headings.map((heading) => `${heading}\n\n${words}`).join('\n\n');
const FOUR = ['## One', '## Two', '## Three', '## Four'];

function entries(headings: readonly string[], page = PAGE): string[] {
  return contentsOf(treeOf(issue(headings)), page).map(({ title, url }) => `${title}: ${url}`);
}

describe('a table of contents', () => {
  it.each([
    ['four sections and much to read', issue(FOUR), 4],
    ['five', issue([...FOUR, '## Five']), 5],
    ['three sections', issue(FOUR.slice(1)), 0],
    ['four short ones', issue(FOUR, 'word'), 0],
    ['four sections of 8,000 characters', issue(FOUR, 'x'.repeat(2_000)), 4],
    ['four sections of less', issue(FOUR, 'x'.repeat(1_900)), 0],
    ['headings of another level', issue(FOUR.map((heading) => `#${heading}`)), 0],
    ['headings within a block of the author’s', `<div>\n\n${issue(FOUR)}\n\n</div>`, 0],
    ['four with smaller ones between them', issue([...FOUR, '### Small']), 4],
    ['no heading', LONG.repeat(8), 0],
  ])('is there, or not, for %s', (_what, body, count) => {
    expect(contentsOf(treeOf(body), PAGE)).toHaveLength(count);
  });

  it('names the sections in their order, and leads to the web page', () => {
    expect(entries(FOUR)).toEqual([`One: ${PAGE}#one`, `Two: ${PAGE}#two`, `Three: ${PAGE}#three`, `Four: ${PAGE}#four`]);
  });

  it.each([
    ['code', '## The `a < b` crate', 'The a < b crate: '],
    ['a link', '## [Linked](https://e.example) words', 'Linked words: '],
    ['emphasis', '## *One* **two**', 'One two: '],
    ['letters of another alphabet', '## Überblick: 日本', `Überblick: 日本: ${PAGE}#%C3%BCberblick-%E6%97%A5%E6%9C%AC`],
    ['signs', '## A & B "C"', 'A & B "C": '],
  ])('names a heading of %s as it reads', (_what, heading, start) => {
    expect(
      entries([...FOUR, heading])
        .at(-1)
        ?.startsWith(start),
    ).toBe(true);
    expect(entries([...FOUR, heading]).at(-1)).toMatch(/#\S+$/);
  });

  it('tells two headings of the same name apart', () => {
    const [one, two] = entries([...FOUR, '## Same', '## Same']).slice(-2);
    expect(one).not.toBe(two);
  });

  it.each([
    ['a fragment', `${PAGE}#top`, `${PAGE}#one`],
    ['a query', `${PAGE}?a=1&b=2`, `${PAGE}?a=1&b=2#one`],
    ['both', `${PAGE}?a=1#top`, `${PAGE}?a=1#one`],
  ])('leads to the right place of an address with %s', (_what, page, url) => {
    expect(entries(FOUR, page)[0]).toBe(`One: ${url}`);
  });

  it('leads to the page where a heading has no anchor', () => {
    const tree = treeOf(issue(FOUR));
    for (const child of tree.children) if (child.type === 'element') delete child.properties['id'];
    expect(contentsOf(tree, `${PAGE}#top`).map(({ url }) => url)).toEqual([PAGE, PAGE, PAGE, PAGE]);
  });

  // Its link has nothing in it: `toString` knows no alternative text.
  it('names a heading that is an image by its description', () => {
    expect(entries([...FOUR, '## ![The logo](https://e.example/a.png)']).at(-1)).toContain('The logo: ');
  });
});

describe('in the mail', () => {
  it('it stands below the opening and above the first section', async () => {
    const { html } = await renderBody(`Opening words.\n\n${issue(FOUR)}`);
    expect(shownText(html)).toMatch(/Opening words\.\s+In this issue\s+One\s+Two\s+Three\s+Four\s+One\s+word/);
  });

  it('it stands first where there is no opening', async () => {
    expect(shownText((await renderBody(issue(FOUR))).html)).toMatch(/Hello Ada,\s+In this issue\s+One/);
  });

  it('its links lead to anchors that the web page has', async () => {
    const { html, email } = await renderBody(issue([...FOUR, '## `Code` & ü', '## One']));
    const { anchors } = readHtml(email.page.html, PAGE);
    const links = readHtml(html, PAGE).links.filter((each) => each.includes('#'));
    expect(links).toHaveLength(6);
    expect(links.filter((each) => !anchors.includes(each))).toEqual([]);
  });

  it('it escapes what a heading says', async () => {
    const { html } = await renderBody(issue([...FOUR, '## `<script>` {{x}} "y" & z']));
    expect(html).toMatch(/<li><a href="[^"<>]*">&lt;script&gt; {{x}} &quot;y&quot; &amp; z<\/a><\/li>/);
  });

  it('it is in neither the text part nor the page', async () => {
    const { text, email } = await renderBody(issue(FOUR));
    expect(text).not.toContain('In this issue');
    expect(email.page.html).not.toContain('In this issue');
  });

  it('it is not there for a short issue', async () => {
    expect((await renderMarkdown(`# Title\n\n${issue(FOUR, 'word')}`)).html).not.toContain('In this issue');
  });
});
