// Every real issue of the corpus, and the sample, from the untouched file: nothing that an editor wrote is lost
// on the way to the HTML and the text.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFragment } from 'parse5';
import { beforeAll, describe, expect, it } from 'vitest';
import { fillPattern, matchIssueName, patternValues } from '../../src/domain/issue-pattern.ts';
import { fillSlots } from '../../src/email/slots.ts';
import { type Expectation, expectationOf, lacking, wordsOf } from './corpus-expectation.ts';
import { type Page, readPage } from './read-page.ts';
import { renderMarkdown, values } from './render-markdown.ts';

const ROOT = join(import.meta.dirname, '../..');
const CORPUS = join(ROOT, '../shared/corpus/issues');
// Gmail clips a message whose HTML is longer than this.
const HTML_MAX_BYTES = 102_400;

const NEWSLETTERS = [
  { folder: ROOT, files: 'issues/{id}.md', url: 'https://rust-osdev.example/this-month/{id}/' },
  { folder: join(CORPUS, 'rust-osdev'), files: '{id}/index.md', url: 'https://rust-osdev.com/this-month/{id}/' },
  {
    folder: join(CORPUS, 'this-week-in-rust'),
    files: '{date}-{slug}.md',
    url: 'https://this-week-in-rust.org/blog/{year}/{month}/{day}/{slug}/',
  },
];

const ISSUES = NEWSLETTERS.flatMap(({ folder, files, url: urlPattern }) =>
  globSync(files.replace(/\{\w+\}/g, '*'), { cwd: folder }).map((file) => {
    const name = matchIssueName(files, file)!;
    return { file, path: join(folder, file), name, urlPattern, url: fillPattern(urlPattern, patternValues(name)).text };
  }),
);

describe.each(ISSUES)('$file', ({ path, name, url, urlPattern }) => {
  let expected: Expectation;
  let html: string;
  let page: Page;
  let text: string;

  beforeAll(async () => {
    const file = readFileSync(path, 'utf8');
    const { email } = await renderMarkdown(file, { name, urlPattern });
    expected = expectationOf(file, url);
    html = fillSlots(email.html, values);
    page = readPage(parseFragment(html));
    text = fillSlots(email.text, values);
  });

  it('shows each heading, in the order of the file', () => {
    const titles = expected.headings.map((heading) => wordsOf(heading).join(' '));
    expect(page.headings.map((heading) => wordsOf(heading).join(' '))).toEqual(expect.arrayContaining(titles));
    expect(lacking(titles, headingsOfText(text))).toEqual([]);
  });

  it('links to each address, byte for byte, as often as the file does', () => {
    const addresses = expected.links;
    expect(lacking(addresses, page.links)).toEqual([]);
    const inText = new Set(text.match(/\S+/g)?.map((word) => word.replace(/^mailto:/, '')));
    expect(addresses.filter((address) => !inText.has(address.replace(/^mailto:/, '')))).toEqual([]);
  });
});
