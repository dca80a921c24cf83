// What was once wrong in the email room: each of these failed before it was mended.
import { describe, expect, it } from 'vitest';
import { documentToHtml } from '../../src/email/document-to-html.ts';
import { fillSlot } from '../../src/email/slots.ts';
import { renderBody, renderMarkdown, textOf, treeOf } from './render-markdown.ts';

const htmlOf = (body: string): string => documentToHtml(treeOf(body), { textWidthPx: 576, imageSizes: new Map() }).join('\n');

describe('render-email', () => {
  it('loses nothing of a mail to a mark in it', async () => {
    const { html, text } = await renderBody('<div>a &#xFDD0; b</div>\n\nlast words');
    expect(html).toContain('You get this email because');
    expect(text).toContain('last words');
  });

  it('has no slot because a front matter says so', async () => {
    const { email } = await renderMarkdown('+++\ntitle = "T \\uFDD0address\\uFDD2\\uFDD1"\ndate = 2023-02-07\n+++\nx');
    expect(email.text.filter((part) => typeof part !== 'string' && part.name === 'address')).toHaveLength(1);
  });

  it('escapes a fallback once', async () => {
    const settings = { greeting: 'Hello {name|friends & co},' };
    const { html } = await renderBody('Text.', { settings, values: { name: '' } });
    expect(html).toContain('<p>Hello friends &amp; co,</p>');
  });

  it('keeps the blank lines of code in the text part', async () => {
    const { text } = await renderBody('```python\ndef a(): pass\n\n\ndef b(): pass\n```');
    expect(text).toContain('\n    def a(): pass\n\n\n    def b(): pass\n');
  });

  it('divides the text from the footer by a signature mark (RFC 3676 4.3)', async () => {
    expect((await renderBody('Text.')).text).toContain('\n-- \n');
  });

  it('keeps the spaces that do not break', async () => {
    const { html } = await renderBody('a<br>\n&nbsp;&nbsp;b\n\nc  \n&emsp;d');
    expect(html).toMatch(/a<br>\n?\u00a0\u00a0b.*c<br>\n?\u2003d/s);
  });

  it('wraps its own words too', async () => {
    const list = 'The monthly letter of everybody who writes operating systems in Rust';
    const { text } = await renderBody('Text.', { settings: { list } });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(72);
  });
});

describe('document-to-text', () => {
  it('keeps code as written in a list that is tight', () => {
    expect(textOf('- a\n  ```\n  x\n\n  - y\n  ```\n- b')).toContain('      x\n\n      - y\n');
  });

  it('keeps the breaks of preformatted HTML', () => {
    expect(textOf('<pre>a<br>b</pre>')).toBe('    a\n    b');
  });

  it('numbers a list as its HTML does', () => {
    expect(textOf('<ol><li value="7">a</li><li>b</li></ol>')).toBe('7. a\n8. b');
    expect(textOf('<ol reversed start="3"><li>a</li><li>b</li></ol>')).toBe('3. a\n2. b');
  });

  it('keeps the mark of a link beside its word', () => {
    expect(textOf(`${'x'.repeat(64)} [label](https://e.example) and more`)).not.toMatch(/^\[1\] and/m);
  });

  it('notes the links of a section before the footnotes', () => {
    const text = textOf('## S\n\n[a](https://e.example/a)[^1]\n\n[^1]: [b](https://e.example/b)');
    expect(text.indexOf('[1] https://e.example/a')).toBeLessThan(text.indexOf('Footnotes'));
  });

  it('marks emphasis beside the word', () => {
    expect(textOf('a <b> b </b> c')).toBe('a *b* c');
  });

  it('has no note for a bare address without a scheme', () => {
    expect(textOf('www.e.example')).toBe('www.e.example');
  });
});

describe('table-to-text', () => {
  it('keeps the caption', () => {
    expect(textOf('<table><caption>Cap</caption><tr><th>a</th></tr><tr><td>b</td></tr></table>')).toBe('Cap\n\na\n-\nb');
  });

  it('wraps records', () => {
    const text = textOf(`| a | b |\n|---|---|\n| ${'word '.repeat(30)} | c |`);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(72);
  });
});

describe('document-to-html', () => {
  it('fits an image whose width is written in pixels', () => {
    const html = htmlOf('<img src="https://e.example/a.png" width="900px" height="300px">');
    expect(html).toMatch(/ width="576" style/);
  });

  it('leaves only the text of a language within a language', () => {
    expect(htmlOf('```html\n<script>let a = 1;</script>\n```')).not.toMatch(/class="(javascript|xml|css)"/);
  });
});

describe('slots', () => {
  it.each(['html', 'text', 'url-part', 'url'] as const)('takes a value that is not well-formed: %s', (context) => {
    const filled = fillSlot({ name: 'n', fallback: '', context }, { n: 'https://e.example/a\uD800' });
    expect(filled.isWellFormed()).toBe(true);
  });
});
