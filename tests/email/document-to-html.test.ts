// The HTML of the body: sections, what is styled inline, and images that fit the column.
import { describe, expect, it } from 'vitest';
import { documentToHtml } from '../../src/email/document-to-html.ts';
import { treeOf } from './render-markdown.ts';

const htmlOf = (body: string): string => documentToHtml(treeOf(body), { textWidthPx: 576, imageSizes: new Map() }).join('\n');

describe('documentToHtml', () => {
  it('begins a section at each heading of level two, and at no other', () => {
    const sections = documentToHtml(treeOf('a\n\n# One\n\n## Two\n\nb\n\n### Three\n\n## Four\n\n<div><h2>Five</h2></div>'), {
      textWidthPx: 576,
      imageSizes: new Map(),
    });
    expect(sections.map((section) => section.match(/<h\d id="[^"]+">/g))).toEqual([
      ['<h1 id="one">'],
      ['<h2 id="two">', '<h3 id="three">'],
      ['<h2 id="four">', '<h2 id="five">'],
    ]);
  });

  it('has no empty section where the issue begins with a heading', () => {
    expect(documentToHtml(treeOf('## One\n\n## Two'), { textWidthPx: 576, imageSizes: new Map() })).toEqual([
      '<h2 id="one">One</h2>',
      '<h2 id="two">Two</h2>',
    ]);
  });

  it('does not change the tree', () => {
    const tree = treeOf('```rust\nlet x;\n```\n\n<img src="a.png" width="900">');
    const before = structuredClone(tree);
    documentToHtml(tree, { textWidthPx: 576, imageSizes: new Map() });
    expect(tree).toEqual(before);
  });

  it.each([
    ['code', '```\nx\n```', /^<pre style="[^"]*white-space:pre-wrap[^"]*"><code>x\n<\/code><\/pre>$/],
    ['a quote', '> x', /^<blockquote style="[^"]*border-left:[^"]*">/],
    ['a table', '| a |\n|---|\n| b |', /<table style="[^"]*" cellpadding="0" cellspacing="0">/],
    ['a cell', '| a |\n|---|\n| b |', /<td style="padding:[^"]*">b<\/td>/],
    ['an aligned cell', '| a |\n|--:|\n| b |', /<td align="right" style="text-align:right;padding:[^"]*">b<\/td>/],
    ['an image', '![A](https://e.example/a.png)', /<img [^>]*alt="A" style="max-width:100%;[^"]*">/],
  ])('styles inline what must survive a client without styles: %s', (_what, body, html) => {
    expect(htmlOf(body)).toMatch(html);
  });

  it.each(['text', '- a\n- b', '## a', '[a](https://e.example)', '<span class="gray">a</span>', '`a`'])(
    'leaves all else to the style sheet: %j',
    (body) => {
      expect(htmlOf(body)).not.toContain('style=');
    },
  );

  it('lets a wide table scroll by itself, wherever it stands', () => {
    const table = '<table><tr><td>a</td></tr></table>';
    for (const body of [table, `<div>${table}</div>`, `- b\n\n  ${table}`]) {
      expect(htmlOf(body)).toMatch(/<div style="overflow-x:auto" tabindex="0"><table [^>]*>.*<\/table><\/div>/s);
    }
  });

  it('colours code, and keeps every character of it', () => {
    const html = htmlOf('```rust\nfn a() -> &str { "<b>&amp;" } // {{x}}\n\n\n  end\n```');
    expect(html).toMatch(/<span class="k" style="color:#[0-9a-f]{6}">fn<\/span>/);
    expect(html).not.toContain('hljs');
    const text = html
      .replace(/<[^>]+>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&amp;', '&');
    expect(text).toBe('fn a() -> &str { "<b>&amp;" } // {{x}}\n\n\n  end\n');
  });
});

describe('an image', () => {
  it.each([
    ['wider than the column is fitted, and its height follows', 'width="900" height="300"', 'width="576"'],
    ['by a pixel wider too', 'width="577" height="300"', 'width="576"'],
    ['as wide as the column keeps its size', 'width="576" height="300"', 'width="576" height="300"'],
    ['that is small keeps its size', 'width="20" height="10"', 'width="20" height="10"'],
    ['that is high and narrow keeps its size', 'width="20" height="2000"', 'width="20" height="2000"'],
    ['without a size gets none', '', ''],
    ['with a share of the column keeps it', 'width="50%"', 'width="50%"'],
  ])('%s', (_claim, written, kept) => {
    const [, attributes = ''] = /<img src="[^"]*" ?(.*?) ?style=/.exec(htmlOf(`<img src="a.png" ${written}>`)) ?? [];
    expect(attributes).toBe(kept);
  });

  it('of a video is fitted as others are', () => {
    expect(htmlOf('<video poster="p.png" src="v.mp4" width="1280" height="720"></video>')).toMatch(
      /<img [^>]*alt="" width="576" style="max-width:100%/,
    );
  });
});
