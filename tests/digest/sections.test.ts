// What is a section about a repository, and who maintains it, in the notations that newsletters have.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mentionsIn, readSections } from '../../src/digest/sections.ts';
import { CORPUS } from '../email/corpus-table.ts';

const repositoriesIn = (markdown: string): string[] => readSections(markdown).map(({ repository }) => repository);
const headed = (below: string): string =>
  `### [\`a\`](https://github.com/o/a)\n${below}\n\n- [x](https://github.com/o/a/pull/1)\n`;
const maintainersIn = (below: string): readonly string[] => readSections(headed(below))[0]?.maintainers ?? [];

describe('a heading is about a repository', () => {
  it.each([
    ['with a link', '### [a](https://github.com/o/a)'],
    ['with code in the link', '### [`a`](https://github.com/o/a)'],
    ['with both names', '### [`o/a`](https://github.com/o/a)'],
    ['with words around it', '### News of [a](https://github.com/o/a) (**new**)'],
    ['with a link whose address stands elsewhere', '### [`a`][home]\n\n[home]: https://github.com/o/a'],
    ['with a link that is its own name', '### [`a`]\n\n[`a`]: https://github.com/o/a'],
    ['of the first of two addresses', '### [a]\n\n[a]: https://github.com/o/a\n[a]: https://github.com/o/b'],
    ['with .git', '### [a](https://github.com/o/a.git)'],
    ['with a slash at the end', '### [a](https://github.com/o/a/)'],
    ['with a place on the page', '### [a](https://github.com/o/a#readme)'],
    ['with www', '### [a](http://www.github.com/o/a)'],
    ['in other capitals', '### [A](https://GitHub.com/O/A)'],
    ['with a bare address', '### https://github.com/o/a'],
    ['with a line below it', '[a](https://github.com/o/a)\n---'],
    ['with marks at its end', '## [a](https://github.com/o/a) ##'],
    ['after a site first', '### [a](https://a.example), [source](https://github.com/o/a)'],
    ['with the line breaks of Windows', '# News\r\n\r\n### [a](https://github.com/o/a)\r\n\r\nText.\r\n'],
    ['with those of old Macs', '# News\r\r### [a](https://github.com/o/a)\r\rText.\r'],
    ['behind a byte order mark', '\uFEFF### [a](https://github.com/o/a)'],
  ])('%s', (_what, markdown) => {
    expect(repositoriesIn(markdown)).toEqual(['o/a']);
  });

  it.each([
    ['an owner', '### [o](https://github.com/o)'],
    ['a pull request', '### [`v0.13`](https://github.com/o/a/pull/223)'],
    ['a commit', '### [`v0.13`](https://github.com/o/a/commit/4d5058c)'],
    ['another site', '### [a](https://gitlab.com/o/a)'],
    ['a site of a similar name', '### [a](https://notgithub.com/o/a)'],
    ['an address in code', '### `https://github.com/o/a`'],
    ['nothing', '### o/a'],
    ['what is in a comment', '<!--\n\n### [a](https://github.com/o/a)\n\n-->'],
    ['what is in a code fence', '```md\n### [a](https://github.com/o/a)\n```'],
    ['what is indented as code', '    ### [a](https://github.com/o/a)'],
    ['a reference to nothing', '### [a][nowhere]'],
    ['the end of front matter', '---\nrepository: https://github.com/o/a\n---\n\nText.'],
    ['a comment in front matter', '+++\n# [a](https://github.com/o/a)\n+++\n\nText.'],
  ])('and not where it links %s', (_what, markdown) => {
    expect(repositoriesIn(markdown)).toEqual([]);
  });
});

describe('a section', () => {
  it('ends at the next heading that is not below its own', () => {
    const [section] = readSections('## P\n\n### [a](https://github.com/o/a)\n\n#### Fixes\n\nText.\n\n### More\n\nText.\n');
    expect(section).toMatchObject({ from: 2, to: 8, end: 7 });
  });

  it('ends where another repository’s begins, though that is nested in it', () => {
    const sections = readSections('## [a](https://github.com/o/a)\n\nText.\n\n### [b](https://github.com/o/b)\n\n### Fixes\n');
    expect(sections.map(({ repository, from, to }) => [repository, from, to])).toEqual([
      ['o/a', 0, 4],
      ['o/b', 4, 6],
    ]);
  });

  it('is not the only one of its repository', () => {
    expect(repositoriesIn('### [a](https://github.com/o/a)\n\n### [a-header](https://github.com/o/a)\n')).toEqual(['o/a', 'o/a']);
  });

  it('of two repositories is the first one’s', () => {
    expect(repositoriesIn('### [a](https://github.com/o/a) and [b](https://github.com/o/b)')).toEqual(['o/a']);
  });

  it('tells its heading so that it can stand in another text', () => {
    const [one, other] = readSections(
      '### [`a`][home], [*b*]\n\n### [c](https://github.com/o/c)\n\n[home]: https://github.com/o/a\n[*b*]: <https://b.example/x y>\n',
    );
    expect(one?.heading).toBe('### [`a`](https://github.com/o/a), [*b*](<https://b.example/x y>)');
    expect(other?.heading).toBe('### [c](https://github.com/o/c)');
  });

  it('ends its text before the addresses that stand there for all of the issue', () => {
    expect(readSections('### [a][home]\n\nText.\n\n[home]: https://github.com/o/a\n')[0]).toMatchObject({ end: 3, to: 6 });
  });

  it.each([
    ['- ', '- [x](https://github.com/o/a/pull/1)\n', null],
    ['* ', '* [x](https://github.com/o/a/pull/1)\n', null],
    ['  + ', '  + [x](https://github.com/o/a/pull/1)\n    - more\n', null],
    ['', '1. [x](https://github.com/o/a/pull/1)\n2. [y](https://github.com/o/a/pull/2)\n', 3],
    ['', '1. [x](https://github.com/o/a/pull/1)\n1. [y](https://github.com/o/a/pull/2)\n', 1],
    ['', '7) [x](https://www.github.com/O/A/pull/1)\n', 8],
  ])('knows how items are marked: %j in %j', (before, list, number) => {
    const [section] = readSections(`### [a](https://github.com/o/a)\n\n${list}\nText.\n`);
    expect(section?.lists).toMatchObject([{ marker: { before, number } }]);
    expect(section?.lists[0]?.to).toBe(2 + list.trimEnd().split('\n').length);
  });

  it('has no list in code, in a comment, or without pull requests', () => {
    const below =
      '```\n- [x](https://github.com/o/a/pull/1)\n```\n\n<!--\n- [x](https://github.com/o/a/pull/2)\n-->\n\n- Text.\n';
    expect(readSections(`### [a](https://github.com/o/a)\n\n${below}`)[0]?.lists).toEqual([]);
  });
});

describe('maintainers', () => {
  it.each([
    ['Maintained by [@phil-opp](https://github.com/phil-opp)', ['phil-opp']],
    [
      'Maintained by [@phil-opp](https://github.com/phil-opp), @josephlr, and [@Freax13](https://github.com/Freax13)',
      ['phil-opp', 'josephlr', 'freax13'],
    ],
    [
      '<span class="maintainers">Maintained by [@a](https://github.com/a) and [@b](https://github.com/orgs/o/people/b)</span>',
      ['a', 'b'],
    ],
    ['<span class="gray">(Section written by [@a](ttps://github.com/a))</span>', ['a']],
    [
      '(Section written by [Kevin Boos](https://www.example.com/kevinaboos/) ([@kevinaboos](https://github.com/kevinaboos)))',
      ['kevinaboos'],
    ],
    ['Maintained by [Philipp Oppermann](https://github.com/phil-opp/).', ['phil-opp']],
    ['\nMaintainers: @a,\n  @b\n  and @c', ['a', 'b', 'c']],
    ['Maintained by @a.\nThis month, @b came to help.', ['a']],
    ["<p class='maintainers'>\n  @a\n</p>", ['a']],
    ['<!-- Maintained by @nobody -->\nMaintained by @a', ['a']],
    ['_Maintained by @alice_acme and @old--name_', ['alice_acme', 'old--name_']],
    ['The crate is well maintained. Write to a@b.example.', []],
    ['Thanks to @a for reporting.', []],
  ])('of %j are %j', (below, logins) => {
    expect(maintainersIn(below)).toEqual(logins);
  });

  it('come in one notation or another in every section that the newsletter of the corpus says it of', ({ skip }) => {
    const files = globSync('rust-osdev/*/index.md', { cwd: CORPUS }).toSorted();
    skip(!existsSync(join(CORPUS, 'rust-osdev')), `There is no ${CORPUS}.`);
    expect(files).toHaveLength(34);
    let count = 0;
    for (const file of files) {
      const text = readFileSync(join(CORPUS, file), 'utf8');
      const lines = text.split('\n');
      for (const { from, to, heading, maintainers } of readSections(text)) {
        const said = lines.slice(from, to).find((line) => /^<span|^Maintained by|^\(Section/.test(line) && line.includes('@'));
        const expected = [...(said ?? '').matchAll(/@([A-Za-z0-9-]+)/g)].map(([, login = '']) => login.toLowerCase());
        expect(maintainers, `${file} ${heading}`).toEqual(expect.arrayContaining([...new Set(expected)]));
        if (expected.length > 0) count++;
        else expect(maintainers, `${file} ${heading}`).toEqual([]);
      }
    }
    expect(count).toBeGreaterThan(110);
  });
});

it('a mention is no address of mail, and no part of a web address', () => {
  expect(mentionsIn('a@b.example https://x.example/@c @d, (@e) @D [@f-g](…) @h’s')).toEqual(['d', 'e', 'f-g', 'h']);
});
