// What an editor meets when collecting or beginning goes wrong: an exit code, a sentence, and a draft that is as it was.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type GithubSettings, json, startGithub } from '../forge/github-server.ts';
import { type Finished, postrider } from './cli.ts';

const TOKEN = 'ghp_0123456789secret';
const SETTINGS = `name: News
from: news@news.example
timezone: Europe/Berlin
issues: { files: ["issues/{id}.md", "content/{id}/index.md"], url: "https://news.example/{id}/" }
collect: { from: [o/a] }
lists: { monthly: { title: Monthly } }
`;
const DRAFT = '---\r\ntitle: January\n---\n\n### [a](https://github.com/o/a)\n\nText without an end';
const FACTS = [1, 2].map((number) => ({
  ...{ repository: 'o/a', number, title: `Change ${number}`, author: 'alice', mergedAt: '2023-01-09T10:00:00Z' },
}));

interface Tried extends Finished {
  readonly cwd: string;
  readonly text: string;
  /** All files but newsletter.yaml. */
  readonly files: readonly string[];
}

function folder(): string {
  const cwd = mkdtempSync(join(tmpdir(), 'postrider-wrong-'));
  mkdirSync(join(cwd, 'issues'));
  writeFileSync(join(cwd, 'newsletter.yaml'), SETTINGS);
  writeFileSync(join(cwd, 'issues/2023-01.md'), DRAFT);
  return cwd;
}

const filesIn = (cwd: string): string[] =>
  readdirSync(cwd, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && entry.name !== 'newsletter.yaml')
    .map(({ name }) => name)
    .toSorted();

async function tried(
  args: readonly string[],
  { cwd = folder(), ...settings }: Partial<GithubSettings> & { readonly cwd?: string } = {},
): Promise<Tried> {
  const github = await startGithub({ facts: FACTS, ...settings });
  try {
    const done = await postrider(args, { cwd, env: { GITHUB_API_URL: github.url, GITHUB_TOKEN: TOKEN } });
    expect(done.stdout + done.stderr).not.toContain(TOKEN);
    expect(done.stderr).not.toMatch(/^\s+at /m);
    return { ...done, cwd, text: readFileSync(join(cwd, 'issues/2023-01.md'), 'utf8'), files: filesIn(cwd) };
  } finally {
    await github.close();
  }
}

const INTO = ['collect', '--into', '2023-01'];
const HOUR = String(Math.floor(Date.parse('2040-06-01T10:30:00Z') / 1_000));

describe.concurrent('a draft is as it was, byte for byte', () => {
  it.each<[string, NonNullable<GithubSettings['trouble']>, RegExp]>([
    [
      'when the limit is used up, and the time is told in the newsletter’s zone',
      (_request, response) =>
        json(response, 403, { message: 'API rate limit' }, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': HOUR }),
      /takes no more questions for now \(403\)\. It takes them again at 2040-06-01 12:30 (?:CEST|GMT\+2)\. Nothing was written\.\nTry again then\./,
    ],
    [
      'when the token is none',
      (_request, response) => json(response, 401, { message: 'Bad credentials' }),
      /GitHub does not take GITHUB_TOKEN\. Nothing was written\./,
    ],
    [
      'when the answer is a page of somebody else’s',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome to the hotel</h1>');
        return true;
      },
      /broke off, or is not what it should be\. Nothing was written\./,
    ],
    [
      'when the second page is missing',
      (request, response) =>
        request.url?.startsWith('/search')
          ? json(response, 200, { total_count: 2, incomplete_results: false, items: [] })
          : undefined,
      /has found 2 pull requests and shows 0 of them\. Nothing was written\./,
    ],
  ])('%s', async (_what, trouble, words) => {
    const { code, stdout, stderr, text, files } = await tried(INTO, { trouble });
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(words)]);
    expect([text, files]).toEqual([DRAFT, ['2023-01.md']]);
  });

  it('when there is nothing new', async () => {
    const { code, stderr, text } = await tried(INTO, { facts: [], empty: ['o/a'] });
    expect([code, stderr, text]).toEqual([0, expect.stringContaining('Nothing was merged; issues/2023-01.md stays'), DRAFT]);
  });
});

describe.concurrent('a draft', () => {
  it('that its editor saves while GitHub is asked keeps what was saved', async () => {
    const cwd = folder();
    const saved = `${DRAFT}, saved in time.`;
    const trouble: GithubSettings['trouble'] = (request) => {
      if (request.url?.startsWith('/search')) writeFileSync(join(cwd, 'issues/2023-01.md'), saved);
      return undefined;
    };
    const { code, text } = await tried(INTO, { cwd, trouble });
    expect([code, text.startsWith(saved), text]).toEqual([0, true, expect.stringContaining('/pull/2)')]);
  });

  it('keeps its rights, and stays a link where it is one', async () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'drafts'));
    writeFileSync(join(cwd, 'drafts/january.txt'), DRAFT);
    chmodSync(join(cwd, 'drafts/january.txt'), 0o664);
    symlinkSync('../drafts/january.txt', join(cwd, 'issues/2023-02.md'));
    const { code, files } = await tried(['collect', '--into', '2023-02', '--since', '2023-01-01', '--until', '2023-01-31'], {
      cwd,
    });
    expect([code, files]).toEqual([0, ['2023-01.md', '2023-02.md', 'january.txt']]);
    expect(lstatSync(join(cwd, 'issues/2023-02.md')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(cwd, 'drafts/january.txt'), 'utf8')).toContain('/pull/2)');
    expect(statSync(join(cwd, 'drafts/january.txt')).mode & 0o777).toBe(0o664);
  });

  it('in a folder of its own may be named as a file, and its month is known', async () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'content/2023-01'), { recursive: true });
    writeFileSync(join(cwd, 'content/2023-01/index.md'), DRAFT);
    const { code, stderr } = await tried(['collect', '--into', 'content/2023-01/index.md'], { cwd });
    expect([code, stderr]).toEqual([0, expect.stringContaining('Added 2 to content/2023-01/index.md')]);
  });
});

describe.concurrent('an issue', () => {
  it.each([
    ['outside of its folder', '..', /^error: No issue can be called \.\., by /m],
    ['that is there already', '2023-01', /Issue 2023-01 is there already: issues\/2023-01\.md/],
  ])('%s is not begun', async (_what, id, words) => {
    const { code, stdout, stderr, text, files } = await tried(['new', id]);
    expect([code, stdout, text, files]).toEqual([2, '', DRAFT, ['2023-01.md']]);
    expect(stderr).toMatch(words);
  });

  it('goes on from headings whose addresses stand elsewhere, so that its lists find them', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'issues/2023-01.md'), '## Projects\n\n### [`a`]\n\nOld news.\n\n[`a`]: https://github.com/o/a\n');
    expect(await tried(['new', '2023-02'], { cwd })).toMatchObject({ code: 0, stdout: 'issues/2023-02.md\n' });
    const facts = FACTS.map((fact) => ({ ...fact, mergedAt: '2023-02-09T10:00:00Z' }));
    expect(await tried(['collect', '--into', '2023-02'], { cwd, facts })).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'issues/2023-02.md'), 'utf8')).toMatch(
      /### \[`a`\]\(https:\/\/github\.com\/o\/a\)\n\n- \[Change 1\]/,
    );
  });
});
