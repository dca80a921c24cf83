// Titles of strangers as items of a list, and thanks to people, in Markdown that means no more than it says.
import type { Link, Root } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { describe, expect, it } from 'vitest';
import { readSections } from '../../src/digest/sections.ts';
import { contributors, inOrder, pullItem, thanksTo, writeDigest } from '../../src/digest/write-digest.ts';
import type { PullRequest } from '../../src/domain/pull-request.ts';

const ENGLISH = { thanks: 'Thanks to {people} for their contributions!', language: 'en' };
const URL = 'https://github.com/o/a/pull/12';
// An issue may say further down where what stands in brackets leads.
const DEFINED = '\n\n[x]: https://x.example\n[it]: https://x.example\n[a]: https://x.example\n[^1]: A note.\n';

function pull(title: string, author: string | null = 'someone', number = 12): PullRequest {
  return { repository: 'o/a', number, title, url: `https://github.com/o/a/pull/${number}`, author, mergedAt: number };
}

const parse = (markdown: string): Root => unified().use(remarkParse).use(remarkGfm).parse(markdown);

/** The one link of the one item of the one list; fails where there is anything else. */
function linkIn(item: string): Link {
  const [list, ...others] = parse(`${item}${DEFINED}`).children;
  expect(others.every(({ type }) => type === 'definition' || type === 'footnoteDefinition')).toBe(true);
  if (list?.type !== 'list' || list.ordered) throw new Error(`No list: ${item}`);
  expect(list.children).toHaveLength(1);
  const [paragraph, ...more] = list.children[0]?.children ?? [];
  if (paragraph?.type !== 'paragraph') throw new Error(`No paragraph: ${item}`);
  expect([...more, ...paragraph.children.slice(1)]).toEqual([]);
  const [link] = paragraph.children;
  if (link?.type !== 'link') throw new Error(`No link: ${item}`);
  return link;
}

/** As GitHub shows it: one space between words, and what is between backticks as code. */
const shown = (title: string): string =>
  title
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replace(/`([^`]+)`/g, '$1');

function expectTitle(title: string): void {
  const link = linkIn(pullItem(pull(title)));
  expect(link.url).toBe(URL);
  expect(textOf(link)).toBe(shown(title));
  for (const { type } of link.children) expect(['text', 'inlineCode']).toContain(type);
}

describe('a title comes out as one link, with the title for its text', () => {
  it.each([
    'Add a thing',
    'Fix `foo`',
    'a](https://evil.example) [b',
    '](javascript:alert(1))',
    '[click](javascript:alert(1))',
    '![pixel](https://evil.example/x.png)',
    '*stars* and _underscores_ and ~~strokes~~',
    '__init__',
    '__init__.py: mend **kwargs',
    'a ` alone',
    'a `` b ` c',
    '``a`b``',
    '` a `',
    '`[x]`',
    '`',
    '```',
    '```js',
    '`]`(https://evil.example)',
    '<script>alert(1)</script>',
    '<!-- gone',
    '<https://evil.example>',
    'https://evil.example/path',
    'www.evil.example',
    'mail@evil.example',
    'a | b | c',
    '| --- |',
    'ends with a backslash\\',
    '\\',
    'C:\\new\\*\\[x]',
    'two\nlines\r\n\r\n# and a heading',
    'Add 🚀 and 👩‍👩‍👧',
    'For @everyone and @phil-opp',
    'x'.repeat(300),
    '[x]',
    '[x] done',
    '[ ] to do',
    '[it][x]',
    '[^1]',
    'About [`x`] and [it]',
    'DevicePath[From|To]Text',
    'a]b[c',
    '&amp; &lt; &copy; &#35;',
    '# heading',
    '> quoted',
    '- item',
    '+ item',
    '1. first',
    '1986\\. A great year',
    '---',
    '===',
    '    indented',
    'a  b   c',
    'Fix (parentheses',
    'Fix parentheses)',
    '"quoted" and \'quoted\'',
    '$x^2$',
    ':tada:',
    '{{ site.title }} {% raw %}',
    'nul\0bell\u0007',
    'a\u2028b',
    '\u00a0',
    '!',
    '~',
    '===~~~***___',
  ])('%j', (title) => {
    if (shown(title) === '') expect(textOf(linkIn(pullItem(pull(title))))).toBe('#12');
    else expectTitle(title);
  });

  it('where a title has nothing in it, with the number', () => {
    expect(pullItem(pull(' \n'))).toBe(`- [#12](${URL})`);
  });

  it('whatever pieces it is made of', () => {
    const pieces = [
      ...[
        '[',
        ']',
        '(',
        ')',
        '](',
        '![',
        '<',
        '>',
        '*',
        '**',
        '_',
        '__',
        '`',
        '``',
        '~',
        '~~',
        '\\',
        '|',
        '&',
        '&amp;',
        '#',
        '@a',
        '^',
        ':',
      ],
      ...[
        '!',
        '-',
        '+',
        '1.',
        '=',
        ' ',
        '  ',
        'a',
        'word',
        '.',
        'https://x.example',
        'www.x.example',
        'a@x.example',
        '<b>',
        '</b>',
        '[x]',
      ],
      ...['`code`', '🚀', 'é', '"', "'", '{{', '}}', '$', '\n', '[^1]', '%'],
    ];
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    const failed: string[] = [];
    for (let round = 0; round < 1_500; round++) {
      const title = Array.from({ length: 1 + random(8) }, () => pieces[random(pieces.length)]).join('');
      if (shown(title) === '') continue;
      try {
        expectTitle(title);
      } catch {
        failed.push(`${JSON.stringify(title)} → ${pullItem(pull(title))}`);
      }
    }
    expect(failed.slice(0, 10)).toEqual([]);
  });

  it('with no more marks than needed', () => {
    expect(pullItem(pull('Fix `foo_bar` in x86_64: a_b, 1*2 (again)'))).toBe(
      `- [Fix \`foo_bar\` in x86_64: a_b, 1*2 (again)](${URL})`,
    );
  });
});

describe('thanks', () => {
  const linked = (login: string): string => `[@${login}](https://github.com/${login})`;

  it('are in the words of one, two and three people', () => {
    expect(thanksTo(['a'], ENGLISH)).toBe(`Thanks to ${linked('a')} for their contributions!`);
    expect(thanksTo(['a', 'b'], ENGLISH)).toBe(`Thanks to ${linked('a')} and ${linked('b')} for their contributions!`);
    expect(thanksTo(['a', 'b', 'c'], ENGLISH)).toBe(
      `Thanks to ${linked('a')}, ${linked('b')}, and ${linked('c')} for their contributions!`,
    );
  });

  it('are in the newsletter’s language', () => {
    const german = { thanks: 'Dank an {people}!', language: 'de' };
    expect(thanksTo(['a', 'b', 'c'], german)).toBe(`Dank an ${linked('a')}, ${linked('b')} und ${linked('c')}!`);
  });

  it('are none where nobody is to be thanked', () => {
    expect(thanksTo([], ENGLISH)).toBe('');
  });

  it('keep a login that looks like a pattern of replacement', () => {
    expect(thanksTo(['$&'], ENGLISH)).toContain('[@$&]');
  });

  it('leave out maintainers in any capitals and closed accounts, and name everybody once', () => {
    const pulls = [pull('1', 'Alice', 1), pull('2', null, 2), pull('3', 'aLICE', 3), pull('4', 'Phil', 4), pull('5', 'bob', 5)];
    expect(contributors(pulls, ['phil'])).toEqual(['Alice', 'bob']);
  });
});

describe('a text of its own', () => {
  const merged = [
    { names: ['o/b', 'o/old'] as const, pulls: [pull('B', 'alice', 2)] },
    { names: ['O/A'] as const, pulls: [pull('A', 'phil', 1)] },
    { names: ['o/c'] as const, pulls: [pull('C', null, 3)] },
  ];
  const sections = readSections(
    '### [`a`][home]\nMaintained by @phil\n\n### [Old](https://github.com/o/old)\n\n[home]: https://github.com/o/a\n',
  );

  it('has the order and the headings of the issue before, and new repositories after them', () => {
    expect(inOrder(merged, sections).map(({ names }) => names[0])).toEqual(['O/A', 'o/b', 'o/c']);
    expect(writeDigest(merged, sections, ENGLISH)).toBe(`### [\`a\`](https://github.com/o/a)

- [A](https://github.com/o/a/pull/1)

### [Old](https://github.com/o/old)

- [B](https://github.com/o/a/pull/2)

Thanks to [@alice](https://github.com/alice) for their contributions!

### [\`c\`](https://github.com/o/c)

- [C](https://github.com/o/a/pull/3)`);
  });

  it('has no carriage returns where the issue before has them', () => {
    const windows = readSections('### [a](https://github.com/o/a)\r\n\r\nText.\r\n');
    expect(writeDigest(merged.slice(1, 2), windows, ENGLISH)).not.toContain('\r');
  });

  it('is empty where nothing was merged', () => {
    expect(writeDigest([], sections, ENGLISH)).toBe('');
  });
});
