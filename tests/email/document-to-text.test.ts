// The text part: it reads well by itself, and nothing of the issue is missing from it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentToText, TEXT_WIDTH, underline, wrapText } from '../../src/email/document-to-text.ts';
import { renderMarkdown, treeOf } from './render-markdown.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/issues');
const textOf = (body: string): string => documentToText(treeOf(body));

describe('documentToText', () => {
  it('writes one of everything as everything.txt shows it', async () => {
    const { issue } = await renderMarkdown(readFileSync(join(FIXTURES, 'everything.md'), 'utf8'));
    expect(`${documentToText(issue.body)}\n`).toBe(readFileSync(join(FIXTURES, 'everything.txt'), 'utf8'));
  });

  it.each([
    ['underlines a heading of level one', '# One', 'One\n==='],
    [
      'underlines a heading of level two',
      '## The `two` *of* [us](https://e.example)',
      'The `two` _of_ us [1]\n---------------------\n\n[1] https://e.example',
    ],
    ['marks smaller headings', '### Three\n\n#### Four', '## Three\n\n### Four'],
    ['marks emphasis', '*a* **b** ~~c~~ `d` <q>e</q>', '_a_ *b* ~c~ `d` "e"'],
    ['raises and lowers', 'H<sub>2</sub>O 2<sup>9</sup>', 'H_2O 2^9'],
    ['breaks where the author does', 'a<br>b  \nc\\\nd\ne', 'a\nb\nc\nd e'],
    ['quotes', '> a\n>\n> > b\n>\n> - c', '> a\n>\n> > b\n>\n> - c'],
    ['rules', 'a\n\n---\n\nb', 'a\n\n* * *\n\nb'],
    ['defines', '<dl><dt>Term</dt><dd>What it <b>is</b></dd></dl>', 'Term\n\n    What it *is*'],
    [
      'captions',
      '<figure><img src="https://e.example/x.png" alt="A"><figcaption>B</figcaption></figure>',
      '(image: A) [1]\n\nB\n\n[1] https://e.example/x.png',
    ],
    ['keeps braces', '{{a}} {{{b}}} {{#if}} {c|d} `{{e}}`', '{{a}} {{{b}}} {{#if}} {c|d} `{{e}}`'],
    ['shows signs as signs', '&lt;b&gt; &amp;amp; &copy; \\*', '<b> &amp; © *'],
  ])('%s', (_claim, body, text) => {
    expect(textOf(body)).toBe(text);
  });
});

describe('lists', () => {
  it.each([
    ['nest, each behind its marker', '- a\n  1. b\n     - c\n  2. d\n- e', '- a\n  1. b\n     - c\n  2. d\n- e'],
    ['begin where the author begins', '9. a\n10. b', '9. a\n10. b'],
    ['indent by the width of the number', '10. a\n    - b', '10. a\n    - b'],
    ['stand apart where they do in the Markdown', '- a\n\n  b\n\n- c', '- a\n\n  b\n\n- c'],
    [
      'hold quotes, code and tables',
      '- a\n\n  > b\n\n  ```\n  c\n  ```\n\n  | d |\n  |---|\n  | e |',
      '- a\n\n  > b\n\n      c\n\n  d\n  -\n  e',
    ],
    ['show boxes', '- [x] a\n- [ ] b', '- ☑ a\n- ☐ b'],
  ])('%s', (_claim, body, text) => {
    expect(textOf(body)).toBe(text);
  });
});

describe('lines', () => {
  const words = 'word '.repeat(60).trim();

  it.each([
    ['a paragraph', words],
    ['a heading', `## ${words}`],
    ['a smaller heading', `### ${words}`],
    ['a list', `- ${words}\n  - ${words}\n    1. ${words}`],
    ['a quote', `> ${words}\n>\n> > ${words}`],
    ['links', `[a](https://e.example) `.repeat(40)],
    ['emphasis', `*${words}* **${words}** [${words}](https://e.example)`],
  ])('are wrapped at 72 in %s', (_where, body) => {
    const lines = textOf(body).split('\n');
    const longest = Math.max(...lines.map((line) => line.length));
    expect(longest).toBeLessThanOrEqual(TEXT_WIDTH);
    expect(longest).toBeGreaterThan(TEXT_WIDTH - 10);
    expect(TEXT_WIDTH).toBe(72);
  });

  it('are not broken within an address, however long', () => {
    const address = `https://e.example/${'x'.repeat(100)}`;
    expect(textOf(`${words} ${address} ${words}`).split('\n')).toContain(address);
  });

  it('are not broken in code, which is indented and otherwise as written', () => {
    const code = `${words}\n\tif (a) {\n  b   c\n\n}`;
    const indented = code.split('\n').map((line) => (line === '' ? '' : `    ${line}`));
    expect(textOf(`a\n\n\`\`\`js\n${code}\n\`\`\`\n\nb`)).toBe(`a\n\n${indented.join('\n')}\n\nb`);
  });

  it('are broken at spaces only, and the longest underlined', () => {
    expect(wrapText('one two three', 7)).toBe('one two\nthree');
    expect(wrapText('one two-three', 7)).toBe('one\ntwo-three');
    expect(wrapText('one\ntwo', 72)).toBe('one\ntwo');
    expect(underline(words, '=').split('\n').at(-1)).toBe('='.repeat(69));
  });
});

describe('links', () => {
  it('are noted at the end of their section, by number', () => {
    const text = textOf(
      '[a](https://e.example/a)\n\n## S\n\n[b](https://e.example/b) [c](https://e.example/c)\n\n### T\n\n[d](https://e.example/d)',
    );
    expect(text.split('\n\n')).toEqual([
      'a [1]',
      '[1] https://e.example/a',
      'S\n-',
      'b [2] c [3]',
      '[2] https://e.example/b\n[3] https://e.example/c',
      '## T',
      'd [4]',
      '[4] https://e.example/d',
    ]);
  });

  it('keep their number where the address is repeated, and are noted again in each section', () => {
    const text = textOf(
      '[a](https://e.example/a) [b](https://e.example/b) [a](https://e.example/a)\n\n## S\n\n[again](https://e.example/a)',
    );
    expect(text).toBe(
      'a [1] b [2] a [1]\n\n[1] https://e.example/a\n[2] https://e.example/b\n\nS\n-\n\nagain [1]\n\n[1] https://e.example/a',
    );
  });

  it.each([
    ['https://e.example/a?b=c&d', 'https://e.example/a?b=c&d'],
    ['<https://e.example>', 'https://e.example'],
    ['[https://e.example/](https://e.example/)', 'https://e.example/'],
    ['ed@e.example', 'ed@e.example'],
    ['[ed@e.example](mailto:ed@e.example)', 'ed@e.example'],
    ['[above](#s)\n\n## S', 'above\n\nS\n-'],
  ])('have no note where the text says it all: %s', (body, text) => {
    expect(textOf(body)).toBe(text);
  });

  it('have a note where the text is almost the address', () => {
    expect(textOf('[e.example](https://e.example)')).toBe('e.example [1]\n\n[1] https://e.example');
  });

  it('are the author’s to the byte', () => {
    const address = 'https://e.example/ü_(x)/%7E?a=1&b=2&copy=3#{y}';
    expect(textOf(`[a](<${address}>)`)).toBe(`a [1]\n\n[1] ${address}`);
  });
});

describe('images', () => {
  it.each([
    ['![A boot](https://e.example/a.png)', '(image: A boot) [1]\n\n[1] https://e.example/a.png'],
    ['![](https://e.example/a.png)', '(image) [1]\n\n[1] https://e.example/a.png'],
    [
      '[![A](https://e.example/a.png)](https://e.example/b)',
      '(image: A) [1] [2]\n\n[1] https://e.example/a.png\n[2] https://e.example/b',
    ],
  ])('have their description and a note: %s', (body, text) => {
    expect(textOf(body)).toBe(text);
  });
});

describe('footnotes', () => {
  it('are marked in brackets and stand at the end, without the way back', () => {
    const text = textOf('A[^a] and b[^b] and a[^a].\n\n[^b]: B.\n[^a]: See [there](https://e.example).\n\n    More.');
    expect(text).toBe(
      'A (1) and b (2) and a (1).\n\nFootnotes\n---------\n\n1. See there [1].\n\n   More.\n\n2. B.\n\n[1] https://e.example',
    );
  });
});
