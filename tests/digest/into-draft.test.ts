// What an editor wrote stays, what is new comes in at its place, and doing it again changes nothing.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { intoDraft } from '../../src/digest/into-draft.ts';
import { readSections } from '../../src/digest/sections.ts';
import type { MergedInto, PullRequest } from '../../src/domain/pull-request.ts';
import { CORPUS } from '../email/corpus-table.ts';

const WORDS = { thanks: 'Thanks to {people} for their contributions!', language: 'en' };

function pull(number: number, author: string | null = 'alice', repository = 'o/a'): PullRequest {
  const url = `https://github.com/${repository}/pull/${number}`;
  return { repository, number, title: `Change ${number}`, url, author, mergedAt: number };
}

const into = (...pulls: readonly PullRequest[]): MergedInto => ({ names: [pulls[0]?.repository ?? 'o/a'], pulls });
const link = (number: number, repository = 'o/a'): string =>
  `[Change ${number}](https://github.com/${repository}/pull/${number})`;
const person = (login: string): string => `[@${login}](https://github.com/${login})`;
const THANKS = `Thanks to ${person('alice')} for their contributions!`;
const HEADING = '### [a](https://github.com/o/a)';

/** The draft with the lot in it; fails where a second time would change it. */
function drafted(draft: string, ...merged: readonly MergedInto[]): string {
  const first = intoDraft(draft, merged, WORDS);
  if (first.kind !== 'drafted') throw new Error(`No section for ${first.repositories.join(', ')}.`);
  const second = intoDraft(first.text, merged, WORDS);
  expect(second).toEqual({ kind: 'drafted', text: first.text, added: 0, known: first.added + first.known });
  return first.text;
}

describe('below a heading', () => {
  it.each([
    ['alone', `${HEADING}\n`, `${HEADING}\n\n- ${link(1)}\n\n${THANKS}\n`],
    ['at the very end, without a line break', HEADING, `${HEADING}\n\n- ${link(1)}\n\n${THANKS}`],
    ['with text', `${HEADING}\n\nText.\n\n## Next\n`, `${HEADING}\n\nText.\n\n- ${link(1)}\n\n${THANKS}\n\n## Next\n`],
    ['right above the next', `${HEADING}\n## Next`, `${HEADING}\n\n- ${link(1)}\n\n${THANKS}\n\n## Next`],
    ['with maintainers', `${HEADING}\nMaintained by @alice\n`, `${HEADING}\nMaintained by @alice\n\n- ${link(1)}\n`],
    ['with a list', `${HEADING}\n\n- ${link(9)}\n\nText.\n`, `${HEADING}\n\n- ${link(9)}\n- ${link(1)}\n\n${THANKS}\n\nText.\n`],
    ['with a list at the very end', `${HEADING}\n\n- ${link(9)}`, `${HEADING}\n\n- ${link(9)}\n- ${link(1)}\n\n${THANKS}`],
    ['with stars', `${HEADING}\n\n* ${link(9)}\n`, `${HEADING}\n\n* ${link(9)}\n* ${link(1)}\n\n${THANKS}\n`],
    ['with numbers', `${HEADING}\n\n1. ${link(9)}\n2. x\n`, `${HEADING}\n\n1. ${link(9)}\n2. x\n3. ${link(1)}\n\n${THANKS}\n`],
    [
      'with the number 1',
      `${HEADING}\n\n1. ${link(9)}\n1. x\n`,
      `${HEADING}\n\n1. ${link(9)}\n1. x\n1. ${link(1)}\n\n${THANKS}\n`,
    ],
    [
      'with a list in a list',
      `${HEADING}\n\n- Fixes:\n  - ${link(9)}\n  - x\n\nText.\n`,
      `${HEADING}\n\n- Fixes:\n  - ${link(9)}\n  - x\n- ${link(1)}\n\n${THANKS}\n\nText.\n`,
    ],
    [
      'with lists in groups',
      `${HEADING}\n\n#### New\n\n- ${link(8)}\n\n#### Mended\n\n- ${link(9)}\n\nMuch more.\n`,
      `${HEADING}\n\n#### New\n\n- ${link(8)}\n\n#### Mended\n\n- ${link(9)}\n- ${link(1)}\n\n${THANKS}\n\nMuch more.\n`,
    ],
    [
      'with the pull request of another repository in the list',
      `${HEADING}\n\n- ${link(1, 'o/other')}\n- ${link(9)}\n`,
      `${HEADING}\n\n- ${link(1, 'o/other')}\n- ${link(9)}\n- ${link(1)}\n\n${THANKS}\n`,
    ],
    [
      'with code that looks like a list',
      `${HEADING}\n\n\`\`\`\n- [x](https://github.com/o/a/pull/9)\n\`\`\`\n\n## Next\n`,
      `${HEADING}\n\n\`\`\`\n- [x](https://github.com/o/a/pull/9)\n\`\`\`\n\n- ${link(1)}\n\n${THANKS}\n\n## Next\n`,
    ],
    [
      'with a comment right after the list',
      `${HEADING}\n\n- ${link(9)}\n<!-- x -->\n`,
      `${HEADING}\n\n- ${link(9)}\n- ${link(1)}\n\n${THANKS}\n\n<!-- x -->\n`,
    ],
    [
      'above the addresses of the whole issue',
      `### [a][home]\n\n[home]: https://github.com/o/a\n`,
      `### [a][home]\n\n- ${link(1)}\n\n${THANKS}\n\n[home]: https://github.com/o/a\n`,
    ],
  ])('%s', (_what, draft, expected) => {
    expect(drafted(draft, into(pull(1)))).toBe(expected);
  });

  it.each([
    ['with the line breaks of Windows', '\r\n'],
    ['with those of old Macs', '\r'],
  ])('%s', (_what, newline) => {
    const draft = ['\uFEFF---', 'title: A', '---', '', HEADING, '', `- ${link(9)}`, ''].join(newline);
    expect(drafted(draft, into(pull(1)))).toBe(`${draft}- ${link(1)}${newline}${newline}${THANKS}${newline}`);
  });

  it('with line breaks of several kinds, each line keeps its own', () => {
    const draft = `Text.\r\n\n${HEADING}\n\n- ${link(9)}\r\n\nMore.\n`;
    const text = drafted(draft, into(pull(1)));
    expect(text.replace(`- ${link(1)}\r\n\r\n${THANKS}\r\n`, '')).toBe(draft);
    expect(intoDraft(draft, [into(pull(9))], WORDS)).toMatchObject({ text: draft });
  });

  it('whose repository is nested in another’s section, both have their own', () => {
    const draft = '## [a](https://github.com/o/a)\n\nText.\n\n### [b](https://github.com/o/b)\n\nText.\n';
    const text = drafted(draft, into(pull(1)), into(pull(2, 'bob', 'o/b')));
    expect(text).toBe(
      `## [a](https://github.com/o/a)\n\nText.\n\n- ${link(1)}\n\n${THANKS}\n\n### [b](https://github.com/o/b)\n\nText.\n\n- ${link(2, 'o/b')}\n\n${THANKS.replaceAll('alice', 'bob')}\n`,
    );
  });

  it('that is the second of a repository, the list is taken up where it is', () => {
    const draft = `### [\`a-header\`](https://github.com/o/a)\n\nText.\n\n${HEADING}\n\n- ${link(9)}\n`;
    expect(drafted(draft, into(pull(1)))).toBe(`${draft}- ${link(1)}\n\n${THANKS}\n`);
  });

  it('that has the old name of a repository, its list is taken up by either name', () => {
    const merged = (...numbers: number[]): MergedInto => ({
      names: ['o/new', 'o/a'],
      pulls: numbers.map((number) => pull(number, 'alice', 'o/new')),
    });
    const once = drafted(`${HEADING}\n\n- ${link(9)}\n`, merged(1, 9));
    expect(once).toBe(`${HEADING}\n\n- ${link(9)}\n- ${link(1, 'o/new')}\n\n${THANKS}\n`);
    const fresh = drafted(`${HEADING}\n`, merged(1));
    expect(drafted(fresh, merged(1, 2))).toBe(`${HEADING}\n\n- ${link(1, 'o/new')}\n- ${link(2, 'o/new')}\n\n${THANKS}\n`);
  });
});

describe('thanks', () => {
  const two = into(pull(1, 'alice'), pull(2, 'bob'));
  const both = `Thanks to ${person('alice')} and ${person('bob')} for their contributions!`;

  it.each([
    ['below the list', `${HEADING}\n\n- ${link(1)}\n\n${THANKS}\n`, `${HEADING}\n\n- ${link(1)}\n- ${link(2)}\n\n${both}\n`],
    ['above the list', `${HEADING}\n\n${THANKS}\n\n- ${link(1)}\n`, `${HEADING}\n\n${both}\n\n- ${link(1)}\n- ${link(2)}\n`],
    [
      'over two lines',
      `${HEADING}\n\n- ${link(1)}\n\n${THANKS.replace(' for', '\nfor')}\n`,
      `${HEADING}\n\n- ${link(1)}\n- ${link(2)}\n\n${both}\n`,
    ],
    ['at the very end', `${HEADING}\n\n- ${link(1)}\n\n${THANKS}`, `${HEADING}\n\n- ${link(1)}\n- ${link(2)}\n\n${both}`],
    [
      'without a list',
      `${HEADING}\n\n${THANKS}\n\n<!-- ${link(1)} -->\n`,
      `${HEADING}\n\n- ${link(2)}\n\n${both}\n\n<!-- ${link(1)} -->\n`,
    ],
  ])('%s are taken up', (_what, draft, expected) => {
    expect(drafted(draft, two)).toBe(expected);
  });

  it.each([
    ['with words about somebody', `Thanks to ${person('alice')}, our newest maintainer, for their contributions!`],
    ['with somebody who is not on GitHub', `Thanks to Carol and ${person('alice')} for their contributions!`],
    ['with a name for a login', 'Thanks to [Alice](https://github.com/alice) for their contributions!'],
    ['with a link to elsewhere', 'Thanks to [@alice](https://alice.example) for their contributions!'],
    ['in other words', `Thank you, ${person('alice')}!`],
  ])('%s are the editor’s, and stay', (_what, words) => {
    const draft = `${HEADING}\n\n- ${link(1)}\n\n${words}\n`;
    const text = drafted(draft, two);
    expect(text).toContain(`\n${words}\n`);
    expect(text).toContain(`\n${THANKS.replaceAll('alice', 'bob')}\n`);
  });

  it('that name somebody in other capitals do not name them again', () => {
    const draft = `${HEADING}\n\n- ${link(1)}\n\nThanks to @ALICE!\n`;
    expect(drafted(draft, into(pull(1), pull(2)))).toBe(`${HEADING}\n\n- ${link(1)}\n- ${link(2)}\n\nThanks to @ALICE!\n`);
  });

  it('that an editor took out stay out', () => {
    const draft = `${HEADING}\n\n- ${link(1)}\n`;
    expect(drafted(draft, into(pull(1)))).toBe(draft);
  });

  it('go to nobody for what is left out in a comment', () => {
    const draft = `${HEADING}\n\n<!-- https://github.com/o/a/pull/1 -->\n`;
    expect(drafted(draft, two)).not.toContain('alice');
  });

  it('name logins of companies and old ones once', () => {
    const merged = into(pull(1, 'alice_acme'), pull(2, 'old-'));
    expect(drafted(`${HEADING}\n`, merged)).toContain('[@alice_acme](https://github.com/alice_acme) and [@old-]');
  });

  it('in the newsletter’s language are taken up too', () => {
    const german = { thanks: 'Vielen Dank an {people}!', language: 'de' };
    const first = intoDraft(`${HEADING}\n`, [two], german);
    expect(first).toMatchObject({ text: expect.stringContaining(`Vielen Dank an ${person('alice')} und ${person('bob')}!`) });
    const merged = into(pull(1), pull(2, 'bob'), pull(3, 'carol'));
    const second = intoDraft(first.kind === 'drafted' ? first.text : '', [merged], german);
    expect(second).toMatchObject({
      text: `${HEADING}\n\n- ${link(1)}\n- ${link(2)}\n- ${link(3)}\n\nVielen Dank an ${person('alice')}, ${person('bob')} und ${person('carol')}!\n`,
    });
  });
});

it('repositories without a section are named, unless all of theirs is told of elsewhere', () => {
  const merged = [into(pull(1)), into(pull(2, 'bob', 'o/b'), pull(3, 'bob', 'o/b')), into(pull(4, 'bob', 'o/c'))];
  expect(
    intoDraft(`${HEADING}\n\nSee https://github.com/O/C/pull/4 and https://www.github.com/o/b/issues/2.\n`, merged, WORDS),
  ).toEqual({
    kind: 'missing',
    repositories: ['o/b'],
  });
});

// GITHUB_API_URL may lead to a server of one's own, whose repositories are not below github.com.
it.fails('a heading that links a repository of one’s own server is found', () => {
  const [heading, url] = ['### [a](https://git.example/o/a)\n', 'https://git.example/o/a/pull/1'];
  expect(intoDraft(heading, [into({ ...pull(1), url })], WORDS)).toMatchObject({ kind: 'drafted', added: 1 });
});

// Who is asked for by their organisation is known by the new name alone; the editor is told to write another heading.
it.fails('a heading with the name that a repository had before is found, though only its organisation is asked for', () => {
  expect(intoDraft(`${HEADING}\n`, [into(pull(1, 'alice', 'o/new'))], WORDS)).toMatchObject({ kind: 'drafted' });
});

it('nothing merged changes nothing', () => {
  expect(intoDraft('Text.\r\n', [], WORDS)).toEqual({ kind: 'drafted', text: 'Text.\r\n', added: 0, known: 0 });
});

describe('the issues of the corpus', () => {
  const files = globSync('rust-osdev/*/index.md', { cwd: CORPUS }).toSorted();
  const PULL = /https:\/\/github\.com\/([\w.-]+\/[\w.-]+)\/pull\/(\d+)/g;
  /** What of the editors' own is taken out beforehand: the draft is then as it was before they had it. */
  const WAYS: readonly (readonly [string, (line: string, index: number) => boolean])[] = [
    ['all lists', (line) => /^\s*[-*] .*\/pull\/\d+/.test(line)],
    ['every other item', (line, index) => index % 2 === 0 && /^\s*[-*] .*\/pull\/\d+/.test(line)],
    ['all thanks', (line) => /^Thanks to /.test(line)],
    ['lists and thanks', (line) => /^(?:Thanks to |\s*[-*] .*\/pull\/\d+)/.test(line)],
    ['nothing', () => false],
  ];

  it.each(WAYS)('take up what is missing after %s went, keep every line, and are the same a second time', (_what, goes) => {
    if (!existsSync(join(CORPUS, 'rust-osdev'))) return console.warn(`Left out: there is no ${CORPUS}.`);
    expect(files).toHaveLength(34);
    let count = 0;
    for (const file of files) {
      const text = readFileSync(join(CORPUS, file), 'utf8');
      const draft = text
        .split('\n')
        .filter((line, index) => !goes(line, index))
        .join('\n');
      const own = new Set(readSections(draft).map(({ repository }) => repository));
      const facts = [...text.matchAll(PULL)]
        .map(([, repository = '', number]) => pull(Number(number), `person-${Number(number) % 5}`, repository))
        .filter(({ repository }) => own.has(repository.toLowerCase()));
      const unique = [...new Map(facts.map((fact) => [fact.url.toLowerCase(), fact])).values()];
      const merged = [...Map.groupBy(unique, ({ repository }) => repository.toLowerCase()).values()].map((pulls) =>
        into(...pulls),
      );
      const result = drafted(draft, ...merged);
      for (const { url } of unique) expect(result.toLowerCase(), file).toContain(url.toLowerCase());
      // Without the lines that are new, it is what it was, but for empty lines.
      const isNew = (line: string): boolean => /^\s*[-*] \[Change \d+\]|^Thanks to \[@person-/.test(line);
      const words = (lines: string): string[] => lines.split('\n').filter((line) => line.trim() !== '' && !isNew(line));
      const kept = words(result);
      const reworded = words(draft).filter((line) => !kept.includes(line));
      // Thanks in our words take up further people.
      for (const line of reworded) {
        const names = [...line.matchAll(/\[@[\w-]+\]/g)].map(String);
        expect(
          result.split('\n').some((each) => each.startsWith('Thanks to [@') && names.every((name) => each.includes(name))),
          `${file} ${line}`,
        ).toBe(true);
      }
      const thanks = (line: string): boolean => line.startsWith('Thanks to [@');
      expect(kept.filter((line) => !thanks(line))).toEqual(words(draft).filter((line) => !thanks(line)));
      count += unique.length;
    }
    expect(count).toBeGreaterThan(500);
  });
});
