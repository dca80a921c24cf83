// What mail programs do to a mail: small screens, the dark, colours of the reader's own, no styles, no images. Nothing is
// wider than the screen, nothing is cut off, and all of it can be read. Left out where there is no Chromium.
import { existsSync, readFileSync } from 'node:fs';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_THEME } from '../../src/domain/theme.ts';
import { CORPUS, ISSUES } from '../email/corpus-table.ts';
import { renderBody, renderMarkdown } from '../email/render-markdown.ts';
import { launchChromium, openHtml, sampleHtml } from '../pictures.ts';
import { findCommand } from '../services/install.ts';

const LIMIT = { timeout: 60_000 };
const times = (count: number, line: (index: number) => string, between: string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join(between);
const row = (cell: (column: number) => string): string => `| ${times(14, cell, ' | ')} |\n`;
const body = (text: string) => async () => (await renderBody(text)).html;

const ISSUE_OF: Readonly<Record<string, () => Promise<string>>> = {
  'the sample': sampleHtml,
  'a wide table': body(`${row((column) => `Column ${column}`)}|${'---|'.repeat(14)}\n${times(6, () => row(() => 'words'), '')}`),
  'a line of 3,000 characters': body(
    ['x', '`x`', '## x', '> x', '- x', '```\nx\n```', '[x](https://e.example)']
      .map((each) => each.replace('x', 'x'.repeat(3_000)))
      .join('\n\n'),
  ),
  'a long word in a table': body(`| a | b |\n|---|---|\n| ${'x'.repeat(300)} | \`${'y'.repeat(300)}\` |`),
  'text from right to left': async () =>
    (
      await renderMarkdown(
        '---\ntitle: عنوان\nlanguage: ar\n---\n\nمرحبا بكم\n\n- واحد\n  - اثنان\n\n> اقتباس\n\n| ا | ب |\n|---|---|\n| ج | د |\n',
      )
    ).html,
  'text without spaces': body(
    `## 日本語の見出し\n\n${'这是一个很长的段落没有空格'.repeat(60)}\n\n| 名前 |\n|---|\n| ${'長い名前'.repeat(30)} |`,
  ),
  'forty lists in each other': body(times(40, (index) => `${'  '.repeat(index)}- level ${index}`, '\n')),
  'callouts of each kind': body(
    ['NOTE', 'TIP', 'IMPORTANT', 'WARNING', 'CAUTION']
      .map((kind) => `> [!${kind}]\n> Some \`code\`, a [link](https://e.example), _and_ **more**.\n>\n> > a quote`)
      .join('\n\n'),
  ),
  'images that cannot be shown': body(
    '![A long description of what there would be to see](https://broken.example/x.jpg)\n\n<img src="https://broken.example/y.jpg" width="2000" height="900" alt="wide">',
  ),
};

if (existsSync(CORPUS)) {
  const render = async (file: string): Promise<string> => {
    const { path, name, pattern } = ISSUES.find((issue) => issue.file === file)!;
    return (await renderMarkdown(readFileSync(path, 'utf8'), { source: { name }, issue: { urlPattern: pattern } })).html;
  };
  Object.assign(ISSUE_OF, {
    'the largest real issue': () => render('2024-11-13-this-week-in-rust.md'),
    'a real issue with code and images': () => render('2020-08/index.md'),
  });
} else process.stderr.write(`Left out: tests on real issues. The folder ${CORPUS} is not there.\n`);

const MODES = ['light', 'dark', 'forced colours', 'no styles'] as const;
type Mode = (typeof MODES)[number];

// What does not fit is hidden by the card's `overflow:hidden`, which comes with its round corners, and cannot be scrolled to.
const CUT_OFF: Readonly<Record<string, readonly Mode[]>> = {
  'forty lists in each other': ['no styles'],
};

describe.skipIf(findCommand('chromium') === undefined)('a mail', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  async function open(html: string, mode: Mode, width: number): Promise<Page> {
    const shown = mode === 'no styles' ? html.replace(/<style[\s\S]*?<\/style>/g, '') : html;
    const page = await openHtml(browser, shown, { width, scheme: mode === 'dark' ? 'dark' : 'light' });
    if (mode === 'forced colours') await page.emulateMedia({ forcedColors: 'active' });
    return page;
  }

  describe.each(Object.entries(ISSUE_OF))('with %s', (what, render) => {
    let html: string;
    beforeAll(async () => {
      html = await render();
    });

    for (const mode of MODES) {
      const claim = CUT_OFF[what]?.includes(mode) ? it.fails : it;
      claim(`fits every screen, with nothing cut off: ${mode}`, LIMIT, async () => {
        for (const width of [320, 360, 800]) {
          const page = await open(html, mode, width);
          const seen = {
            width: await page.evaluate('document.documentElement.scrollWidth'),
            cutOff: await page.evaluate(CUT_OFF_IN),
          };
          await page.close();
          expect(seen).toEqual({ width, cutOff: [] });
        }
      });
    }

    it('can be read in every light', LIMIT, async () => {
      for (const mode of ['light', 'dark', 'forced colours'] as const) {
        const page = await open(html, mode, 360);
        const found = await hardToRead(page);
        await page.close();
        expect({ mode, found }).toEqual({ mode, found: [] });
      }
    });
  });

  it.each(['light', 'dark'] as const)('lets a wide table scroll in a box of its own: %s', async (mode) => {
    const page = await open(await ISSUE_OF['a wide table']!(), mode, 360);
    const box = 'document.querySelector(".body table").parentElement';
    expect(await page.evaluate(`getComputedStyle(${box}).overflowX`)).toBe('auto');
    expect(await page.evaluate(`${box}.scrollWidth > ${box}.clientWidth`)).toBe(true);
    await page.close();
  });

  // Its cells would break between any two letters, a letter a line: `word-break` is handed down, and undone in <style> only.
  it('keeps the words of a wide table whole without styles', async () => {
    const page = await open(await ISSUE_OF['a wide table']!(), 'no styles', 360);
    const height = await page.evaluate(
      'document.querySelector("td td td table th, .body table th").getBoundingClientRect().height',
    );
    await page.close();
    expect(height).toBeLessThan(100);
  });

  // MJML writes `direction:ltr` into the section and the column, and wins over the `dir` of <html>.
  it.each(['h1', 'li', 'blockquote', 'table'])('from right to left begins at the right: %s', async (element) => {
    const page = await open(await ISSUE_OF['text from right to left']!(), 'light', 360);
    const direction = await page.evaluate(`getComputedStyle(document.querySelector('.body ${element}')).direction`);
    await page.close();
    expect(direction).toBe('rtl');
  });

  it('says what an image shows where images are blocked', async () => {
    const page = await open(await ISSUE_OF['images that cannot be shown']!(), 'light', 320);
    expect(await page.getByAltText('A long description of what there would be to see').isVisible()).toBe(true);
    await page.close();
  });

  it('hides its preview from the page', async () => {
    const page = await open(await sampleHtml(), 'light', 360);
    expect(await page.evaluate('document.querySelector("body > div > div").offsetHeight')).toBe(0);
    await page.close();
  });

  describe.each(['light', 'dark'] as const)('in the %s', (scheme) => {
    it.each(['the sample', 'the largest real issue', 'a real issue with code and images'].filter((what) => what in ISSUE_OF))(
      'has nothing that axe finds wrong: %s',
      LIMIT,
      async (what) => {
        for (const width of [360, 800]) {
          const page = await open(await ISSUE_OF[what]!(), scheme, width);
          const found = await violations(page);
          await page.close();
          expect(found).toEqual([]);
        }
      },
    );

    // A table that scrolls and has no link in it is out of reach for a keyboard: `tabindex` is missing, as the page has it.
    it('lets a wide table be scrolled by keyboard', async () => {
      const page = await open(await ISSUE_OF['a wide table']!(), scheme, 360);
      const found = await violations(page);
      await page.close();
      expect(found).toEqual([]);
    });
  });

  // newsletter.yaml asks for a link that can be read on white; it stands on the grey of contents and of code, too.
  it('can be read with the lightest link that newsletter.yaml may name', async () => {
    const settings = { theme: { ...DEFAULT_THEME, accent: '#767676', link: '#6e6e6e' } };
    const sections = times(4, (index) => `## Section ${index}\n\n[\`code\`](https://e.example) ${'word '.repeat(500)}`, '\n\n');
    const page = await open((await renderBody(sections, { settings })).html, 'light', 800);
    const found = await hardToRead(page);
    await page.close();
    expect(found).toEqual([]);
  });

  it('can be read in the dark with the darkest colours', async () => {
    const settings = { theme: { ...DEFAULT_THEME, accent: '#000000', link: '#000000' } };
    const sections = times(4, (index) => `## Section ${index}\n\n[\`code\`](https://e.example) ${'word '.repeat(500)}`, '\n\n');
    const page = await open((await renderBody(sections, { settings })).html, 'dark', 800);
    const found = await hardToRead(page);
    await page.close();
    expect(found).toEqual([]);
  });
});

/** What has more in it than it shows, and cannot be scrolled. */
const CUT_OFF_IN = `[...document.querySelectorAll('body *')]
  .filter((each) => getComputedStyle(each).overflowX === 'hidden' && each.clientWidth > 0 && each.scrollWidth > each.clientWidth)
  .map((each) => each.className + ' ' + each.scrollWidth + ' in ' + each.clientWidth)`;

/** A mail stands within the page of a mail program, which has the landmarks; `main` and `nav` are stripped from it. */
const NOT_OF_A_MAIL = ['landmark-one-main', 'region'];

interface Found {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

async function violations(page: Page): Promise<string[]> {
  const rules = Object.fromEntries(NOT_OF_A_MAIL.map((id) => [id, { enabled: false }]));
  return run(page, { rules });
}

/** WCAG 2.2, 1.4.3: a contrast of 4.5, of all text. */
function hardToRead(page: Page): Promise<string[]> {
  return run(page, { runOnly: ['color-contrast'] });
}

async function run(page: Page, options: object): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as Found;
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`);
}
