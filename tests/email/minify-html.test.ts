// HTML for the wire: fewer bytes, and not a word, a space or a rule of it is lost.
import { readFileSync } from 'node:fs';
import mjml from 'mjml';
import { describe, expect, it } from 'vitest';
import { minifyCss, minifyHtml } from '../../src/email/minify-html.ts';
import { splitSlots } from '../../src/email/slots.ts';
import { ISSUES } from './corpus-table.ts';
import { readHtml } from './reading.ts';
import { renderBody, renderMarkdown } from './render-markdown.ts';
import { nestingErrors, shownText } from './shown-text.ts';

const URL_OF_ISSUE = 'https://press.example/2023-01/';

describe('words', () => {
  it.each([
    ['two inline elements', '<p><b>a</b> <i>b</i></p>'],
    ['two inline elements on two lines', '<p><b>a</b>\n   <i>b</i></p>'],
    ['two links in a cell', '<td><a href="x">a</a>\n<a href="y">b</a></td>'],
    ['an image and a word', '<p><img src="x" alt="y">\n  word</p>'],
    ['text and a block', '<div>text\n<p>block</p>\nmore</div>'],
    ['a word and a line break', '<p>a<br>\n  b</p>'],
    ['signs that look like tags', '<p>1 &lt; 2 > 0 "x"\n  > "y" > z</p>'],
    ['a word that ends in a quotation mark', '<p title="x">"a"\n> b</p>'],
    ['a no-break space', '<p>a&nbsp; \n &nbsp;b</p>'],
    ['a slot', '<p>Hello \uFDD0name\uFDD2a  b\uFDD1,\n <b>you</b></p>'],
  ])('stay apart: %s', (_what, html) => {
    expect(shownText(minifyHtml(html))).toBe(shownText(html));
  });

  it.each(['<p\n> "x"\n>', '`<a\n  b>`', '`<td>\n<p>`', 'a > b\n> c', '`/* x */ a: b;}`'])(
    'of an author’s who writes of HTML arrive as written: %j',
    async (words) => {
      const { html, email } = await renderBody(`x ${words} y`);
      const { html: roomy } = await mjml(email.mjml, { keepComments: false, fonts: {} });
      expect(bodyOf(html)).toBe(bodyOf(filled(roomy)));
    },
  );

  // ` style=""` is taken out wherever it stands, in an author's sentence and in code as well.
  it.each(['a style="" b', '`<p style="">x</p>`'])('about an empty style attribute arrive: %j', async (words) => {
    expect(shownText((await renderBody(words)).html).split(words.replaceAll('`', ''))).toHaveLength(3);
  });

  it.each(['<!-- x', '<pre>', '</pre>', '<style>', '</mj-raw>', '<td> <p>'])(
    'are kept beside a title that looks like a tag: %j',
    async (title) => {
      const { html } = await renderBody(`a [x](https://e.example "${title}") LAST WORDS`);
      expect(html).toMatch(/>x<\/a> LAST WORDS<\/p>/);
    },
  );

  // FOR_NOBODY does not know that it stands within an attribute: all is lost up to the next `<![endif]-->`.
  it('are kept beside a title that looks like a conditional comment', async () => {
    const { html } = await renderBody('a [x](https://e.example "<!--[if lte mso 11]>") LAST WORDS');
    expect(html).toMatch(/>x<\/a> LAST WORDS<\/p>/);
  });
});

describe('preformatted text', () => {
  it.each([
    '<pre>\n a\n\n\n  b  \n</pre>',
    '<pre style="x"><code class="y">  a\n\t<b>b</b>\n\n</code></pre>',
    '<pre> style=""\n</pre>',
  ])('is not touched: %j', (pre) => {
    expect(minifyHtml(`<div>\n  ${pre}\n  <p>a</p>\n</div>`)).toContain(pre);
  });
});

describe('a conditional comment', () => {
  it('stays well-formed, with what is in it', () => {
    const html =
      '<!--[if mso | IE]>\n  <table\n   align="center"\n  >\n <tr>\n <td>\n <![endif]-->\n <p>a</p>\n<!--[if mso]></td></tr></table><![endif]-->';
    const small = minifyHtml(html);
    expect(small).toMatch(
      /^<!--\[if mso \| IE\]>\s?<table align="center"\s?>\s?<tr>\s?<td>\s?<!\[endif\]-->\s?<p>a<\/p>\s?<!--\[if mso\]>/,
    );
    expect(small.endsWith('</td></tr></table><![endif]-->')).toBe(true);
  });

  it('for whoever is not Outlook lets its content through', () => {
    expect(shownText(minifyHtml('<!--[if !mso]><!-->\n<p>a</p>\n<!--<![endif]-->'))).toBe('a');
  });

  it('opens as often as it closes in a whole mail', async () => {
    const { html } = await renderBody('## A\n\nText.\n\n## B\n\n| a |\n|---|\n| b |');
    expect(html.match(/<!--\[if /g)).toHaveLength(html.match(/<!\[endif\]-->/g)?.length ?? -1);
    expect(nestingErrors(html)).toEqual([]);
  });
});

describe('CSS', () => {
  it.each([
    [
      'a media query',
      '@media (max-width: 519px) and (min-width: 1px) {\n  .a { color: red; }\n}',
      '@media (max-width:519px) and (min-width:1px){.a{color:red}}',
    ],
    ['a child', '.a > table > tr { color: red }', '.a>table>tr{color:red}'],
    ['a descendant', '.a .b  :hover { color: red }', '.a .b :hover{color:red}'],
    ['what is important', 'a { color: red !important; }', 'a{color:red!important}'],
    ['a comment', '/* x\n { */ a { b: c } /* d */', 'a{b:c}'],
    ['a calculation', 'a { width: calc(1px + 2px - 3px) }', 'a{width:calc(1px + 2px - 3px)}'],
    ['a font with a space', 'a { font: 12px/1.5 "Segoe UI", sans-serif }', 'a{font:12px/1.5 "Segoe UI",sans-serif}'],
    ['an address', 'a { background: url(https://e.example/a;b) }', 'a{background:url(https://e.example/a;b)}'],
  ])('keeps its meaning: %s', (_what, css, small) => {
    expect(minifyCss(css)).toBe(small);
  });

  // A template of the newsletter's own may have `content` or a comment sign in a string.
  it.each([
    'a{content:" , ; > "}',
    'a{content:"a: b"}',
    'a{content:"/* x */"}',
    'a{background:url("x/*y")}b{background:url("z*/")}',
  ])('keeps a string: %s', (css) => {
    expect(minifyCss(css)).toBe(css);
  });

  // A newsletter's own `<style media="print">` in mj-raw would hold for every screen.
  it('keeps the medium that it is for', () => {
    expect(minifyHtml('<style media="print">.a { color: red }</style>')).toBe('<style media="print">.a{color:red}</style>');
  });
});

describe.each(ISSUES)('$file', ({ path, name, pattern, url }) => {
  it('reads the same before and after, is smaller, well-formed and does not change again', async () => {
    const { html, email } = await renderMarkdown(readFileSync(path, 'utf8'), {
      source: { name },
      issue: { urlPattern: pattern },
    });
    const roomy = filled((await mjml(email.mjml, { keepComments: false, fonts: {} })).html);
    expect(bodyOf(html)).toBe(bodyOf(roomy));
    const { texts: _, ...before } = readHtml(roomy, url);
    expect(readHtml(html, url)).toMatchObject(before);
    expect(html.length).toBeLessThan(roomy.length);
    expect(nestingErrors(html)).toEqual(nestingErrors(roomy));
    expect(minifyHtml(html)).toBe(html);
  });
});

/** Without slots: what is left is the same for both. */
function filled(html: string): string {
  return splitSlots(html, 'html')
    .map((part) => (typeof part === 'string' ? part : (VALUES[part.name] ?? '')))
    .join('');
}

const VALUES: Readonly<Record<string, string>> = {
  name: 'Ada',
  address: 'ada@lovelace.example',
  unsubscribeUrl: 'https://press.example/u/1',
  preferencesUrl: 'https://press.example/p/1',
  subscribeUrl: 'https://press.example/',
};

function bodyOf(html: string): string {
  expect(readHtml(html, URL_OF_ISSUE).texts).not.toEqual([]);
  return shownText(html);
}
