// Comments are for editors and end here; what stands before `<!-- more -->` becomes the preheader.
import { describe, expect, it } from 'vitest';
import { parseBody } from './parse-markdown.ts';

describe('HTML comments', () => {
  it.each([
    ['between paragraphs', 'before\n\n<!-- secret -->\n\nafter', ['before', 'after']],
    [
      'of many lines with Markdown in them',
      'before\n\n<!--\nsecret\n\n- [secret](x)\n\n## secret\n-->\n\nafter',
      ['before', 'after'],
    ],
    ['inside of a paragraph', 'before <!-- secret --> after', ['before', 'after']],
    ['between lines of a paragraph', 'before\n<!-- secret\nsecret -->\nafter', ['before', 'after']],
    ['inside of a list', '- before\n  <!-- secret -->\n- <!-- secret --> after\n\n  <!-- secret -->', ['before', 'after']],
    ['between items of a list', '- before\n\n<!-- secret -->\n\n- after', ['before', 'after']],
    ['inside of a quote', '> before\n> <!-- secret -->\n> after', ['before', 'after']],
    ['inside of a table', '| before |\n|---|\n| <!-- secret --> after |', ['before', 'after']],
    ['inside of a heading', '## before <!-- secret --> after', ['before', 'after']],
    ['inside of emphasis', '**before <!-- secret --> after**', ['before', 'after']],
    [
      'inside of details',
      '<details><!-- secret --><summary>before</summary>\n\n<!-- secret -->\n\nafter\n</details>',
      ['before', 'after'],
    ],
    ['in a row', 'before <!-- secret --><!-- secret -->\n<!-- secret --> after', ['before', 'after']],
    ['with dashes and angles in them', 'before <!-- secret - > -- <b>secret</b> --> after', ['before', 'after']],
    ['of the conditional kind', 'before <!--[if mso]>secret<![endif]--> after', ['before', 'after']],
    ['that are declarations', 'before\n\n<!DOCTYPE secret>\n\n<?secret secret?>\n\nafter', ['before', 'after']],
  ])('are dropped and what stands around them is kept: %s', (_case, body, words) => {
    const { html, text, preheader, problems } = parseBody(body);
    expect(text.match(/\w+/g)).toEqual(words);
    expect(html + preheader).not.toMatch(/secret|<!--|-->/);
    expect(problems).toEqual([]);
  });

  it('are code where they stand in code', () => {
    expect(parseBody('`<!-- a -->`\n\n```html\n<!-- b -->\n```').text).toBe('<!-- a -->\n<!-- b -->\n');
  });
});

describe('the summary', () => {
  it.each([
    ['ends at <!-- more -->', 'One.\n\nTwo *three*.\n\n<!-- more -->\n\nFour.', 'One. Two three.'],
    ['ends at <!--more-->', 'One.\n\nTwo.\n\n<!--more-->\n\nThree.', 'One. Two.'],
    ['ends there behind a line without a blank one', 'One.\n<!-- more -->\nTwo.', 'One.'],
    ['is the first paragraph where there is no such comment', '## Heading\n\nOne\ntwo.\n\nThree.', 'One two.'],
    ['passes over other comments', '<!-- note -->\n\nOne.\n\n<!-- note -->\n\nTwo.\n\n<!-- more -->\n\nThree.', 'One. Two.'],
    ['holds the text of links and code', 'A [link](https://e.example) and `code`.', 'A link and code.'],
    ['holds lists and headings before the comment', '## H\n\n- a\n- b\n\n<!-- more -->\n\nx', 'H a b'],
  ])('%s', (_claim, body, preheader) => {
    expect(parseBody(body).preheader).toBe(preheader);
  });

  it('stays in the body, and the comment does not', () => {
    expect(parseBody('One.\n\n<!-- more -->\n\nTwo.').html.replace(/\n/g, '')).toBe('<p>One.</p><p>Two.</p>');
  });

  it('is cut between words where it is longer than mail programs show', () => {
    const { preheader } = parseBody('twelve chars '.repeat(20));
    expect(preheader.length).toBeLessThanOrEqual(141);
    expect(preheader).toMatch(/^(twelve chars )+twelve…$/);
    expect(parseBody('x'.repeat(140)).preheader).toBe('x'.repeat(140));
  });
});
