// The text part: it reads well by itself, and nothing of the issue is missing from it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentToText } from '../../src/email/document-to-text.ts';
import { TEXT_WIDTH, underline, wrapText } from '../../src/email/wrap-text.ts';
import { renderMarkdown, TEMPLATES, textOf } from './render-markdown.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/issues');
describe('documentToText', () => {
  it('writes one of everything as everything.txt shows it', async () => {
    const { issue } = await renderMarkdown(readFileSync(join(FIXTURES, 'everything.md'), 'utf8'));
    expect(`${documentToText(issue.body, TEMPLATES.words)}\n`).toBe(readFileSync(join(FIXTURES, 'everything.txt'), 'utf8'));
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
