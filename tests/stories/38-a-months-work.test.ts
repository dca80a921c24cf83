// A month's work: an issue is begun, what was merged is collected from GitHub's API, and the lists and thanks of January 2023 come
// out again from the facts of that month.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mentionsIn, readSections } from '../../src/digest/sections.ts';
import { CORPUS } from '../email/corpus-table.ts';
import { type Fact, type GithubServer, JANUARY_2023, startGithub } from '../forge/github-server.ts';
import { postrider } from './cli.ts';

const PUBLISHED = join(CORPUS, 'rust-osdev/2023-01/index.md');
const JANUARY = ['--since', '2023-01-01', '--until', '2023-01-31'];
const SETTINGS = `name: This Month in Rust OSDev
from: newsletter@rust-osdev.example
timezone: UTC
issues: { files: ["issues/{id}.md"], url: "https://rust-osdev.example/{id}/" }
collect: { from: [rust-osdev, phil-opp/blog_os], leaveOut: [rust-osdev/homepage] }
lists: { monthly: { title: Monthly } }
`;
const DRAFT = `---
title: January
date: 2023-02-07
---

## Projects

### [\`x86_64\`](https://github.com/rust-osdev/x86_64)
Maintained by [@phil-opp](https://github.com/phil-opp), @josephlr, and [@Freax13](https://github.com/Freax13)

We merged:

### [\`bootloader\`](https://github.com/rust-osdev/bootloader)
<span class="maintainers">Maintained by [@phil-opp](https://github.com/phil-opp)</span>

#### Features

- A ramdisk can be [loaded](https://github.com/rust-osdev/bootloader/pull/302), says [@jasoncouture](https://github.com/jasoncouture).

Much more is to come.

<!-- not for readers: https://github.com/rust-osdev/bootloader/pull/340 -->

### [\`uefi-rs\`](https://github.com/rust-osdev/uefi-rs), [\`volatile\`][volatile]

### [\`volatile\`][volatile]

### [\`blog_os\`](https://github.com/phil-opp/blog_os)

[volatile]: https://github.com/rust-osdev/volatile
`;
const NOISE: readonly Fact[] = [
  {
    repository: 'rust-osdev/bootloader',
    number: 998,
    title: 'Bump serde',
    author: 'dependabot[bot]',
    type: 'Bot',
    mergedAt: '2023-01-09',
  },
  { repository: 'rust-osdev/homepage', number: 800, title: 'January', author: 'phil-opp', mergedAt: '2023-01-09' },
  { repository: 'rust-osdev/bootloader', number: 999, title: 'Later', author: 'x', mergedAt: '2023-02-01T00:00:00Z' },
];

let github: GithubServer;
beforeAll(async () => {
  github = await startGithub({ facts: [...JANUARY_2023, ...NOISE], people: ['phil-opp'] });
});
afterAll(() => github.close());

function folder(issues: Readonly<Record<string, string>>): { cwd: string; env: Record<string, string> } {
  const cwd = mkdtempSync(join(tmpdir(), 'postrider-month-'));
  mkdirSync(join(cwd, 'issues'));
  writeFileSync(join(cwd, 'newsletter.yaml'), SETTINGS);
  for (const [id, text] of Object.entries(issues)) writeFileSync(join(cwd, `issues/${id}.md`), text);
  return { cwd, env: { GITHUB_API_URL: github.url } };
}

const numbersIn = (text: string, repository: string): number[] =>
  [...text.matchAll(new RegExp(`^- \\[.*\\]\\(https://github\\.com/${repository}/pull/(\\d+)\\)`, 'gm'))]
    .map(([, number]) => Number(number))
    .toSorted((one, other) => one - other);

/** The lines of the sections that head a repository, by repository. */
function partsOf(text: string): Map<string, string> {
  const lines = text.split('\n');
  return new Map(readSections(text).map(({ repository, from, to }) => [repository, lines.slice(from, to).join('\n')]));
}

const thankedIn = (part: string): string[] => mentionsIn(/^Thanks to .*$/m.exec(part)?.[0] ?? '').toSorted();

describe.skipIf(!existsSync(PUBLISHED))('from the facts of January 2023', () => {
  const issue = existsSync(PUBLISHED) ? readFileSync(PUBLISHED, 'utf8') : '';

  it('come the lists and the thanks that the newsletter had, in its order', async () => {
    const place = folder({ '2022-12': issue });
    const { code, stdout, stderr } = await postrider(['collect', ...JANUARY], place);
    expect([code, stderr]).toEqual([0, '\n45 pull requests in 5 repositories.\n']);
    const [collected, published] = [partsOf(stdout), partsOf(issue)];
    const told = [...published.keys()].filter((repository) => collected.has(repository));
    expect([...collected.keys()]).toEqual(told);
    expect(told).toHaveLength(5);
    for (const repository of told) {
      const [ours, theirs] = [collected.get(repository) ?? '', published.get(repository) ?? ''];
      expect(numbersIn(ours, repository)).toEqual(numbersIn(theirs, repository));
      // Whom blog_os thanks made the change, and its maintainer opened the pull request: the API knows the latter.
      if (repository !== 'phil-opp/blog_os') expect(thankedIn(ours)).toEqual(thankedIn(theirs));
    }
  });

  it('nothing is to be added to what the newsletter had', async () => {
    const place = folder({ '2023-01': issue });
    const { code, stderr } = await postrider(['collect', '--into', '2023-01'], place);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^Nothing to add to issues\/2023-01\.md: 45 pull requests/)]);
    expect(readFileSync(join(place.cwd, 'issues/2023-01.md'), 'utf8')).toBe(issue);
  });

  it('a new issue has the headings and maintainers of the one before, and takes the lists up at once', async () => {
    const place = folder({ '2022-12': issue });
    expect(await postrider(['new', '2023-01'], place)).toMatchObject({ code: 0, stdout: 'issues/2023-01.md\n' });
    const { code, stderr } = await postrider(['collect', '--into', '2023-01'], place);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^Added 45 /)]);
    const text = readFileSync(join(place.cwd, 'issues/2023-01.md'), 'utf8');
    expect(text).toMatch(/^\+\+\+\ntitle = "This Month in Rust OSDev: January 2023"\ndate = 2023-02-01\n\+\+\+\n/);
    expect(numbersIn(text, 'rust-osdev/bootloader')).toEqual(numbersIn(issue, 'rust-osdev/bootloader'));
  });
});

describe('a draft', () => {
  it('keeps what the editor wrote, takes what is new into its sections, and is the same after a second time', async () => {
    const place = folder({ '2023-01': DRAFT });
    const file = join(place.cwd, 'issues/2023-01.md');
    const first = await postrider(['collect', '--into', '2023-01'], place);
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('Added 43 to issues/2023-01.md: 45 pull requests') });
    const text = readFileSync(file, 'utf8');
    const parts = partsOf(text);
    expect(numbersIn(parts.get('rust-osdev/x86_64') ?? '', 'rust-osdev/x86_64')).toEqual([401, 402]);
    expect(thankedIn(parts.get('rust-osdev/x86_64') ?? '')).toEqual([]);
    const bootloader = parts.get('rust-osdev/bootloader') ?? '';
    expect(numbersIn(bootloader, 'rust-osdev/bootloader')).not.toContain(340);
    expect(bootloader).toContain('- A ramdisk can be [loaded]');
    expect(thankedIn(bootloader)).not.toContain('jasoncouture');
    expect(thankedIn(bootloader)).toContain('freax13');
    expect(
      text
        .split('\n')
        .filter((line) => !DRAFT.includes(line))
        .every((line) => /^- \[|^Thanks to /.test(line)),
    ).toBe(true);
    const second = await postrider(['collect', '--into', '2023-01'], place);
    expect(second.stderr).toMatch(/^Nothing to add/);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('without a section for a repository is told so, with the heading to write, and stays as it is', async () => {
    const draft = DRAFT.replace('### [`blog_os`](https://github.com/phil-opp/blog_os)\n', '');
    const place = folder({ '2023-01': draft });
    const { code, stderr } = await postrider(['collect', '--into', '2023-01'], place);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /no section for phil-opp\/blog_os; nothing was written[\s\S]*### \[`blog_os`\]\(https:\/\/github\.com\/phil-opp\/blog_os\)/,
    );
    expect(readFileSync(join(place.cwd, 'issues/2023-01.md'), 'utf8')).toBe(draft);
  });
});

it.each([
  ['days in the wrong order', ['--since', '2023-02-01', '--until', '2023-01-31'], /--since 2023-02-01 is after --until/],
  ['a day that no calendar has', ['--since', '2023-02-30', '--until', '2023-03-01'], /--since 2023-02-30 is not a day/],
  ['no days', [], /Add: --since 2023-01-01/],
  ['a draft that is not there', [...JANUARY, '--into', '2031-01'], /no issue 2031-01[\s\S]*postrider new 2031-01/],
])('%s: a sentence and exit 2', async (_what, args, words) => {
  const { code, stdout, stderr } = await postrider(['collect', ...args], folder({ '2023-01': DRAFT }));
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(words)]);
});

it('a newsletter that names nobody to collect from is told how to', async () => {
  const place = folder({});
  cpSync(join(place.cwd, 'newsletter.yaml'), join(place.cwd, 'old.yaml'));
  writeFileSync(join(place.cwd, 'newsletter.yaml'), SETTINGS.replace(/^collect:.*\n/m, ''));
  expect(await postrider(['collect', ...JANUARY], place)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('collect:\n  from:'),
  });
});
