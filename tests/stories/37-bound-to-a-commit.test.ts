// An edition names the commit that it was made of: whoever checks that out again gets the same mail, to the byte, whatever
// has become of the newsletter since.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCommand } from '../services/install.ts';
import { commitAll, git, writeFiles } from '../source/in-git.ts';
import { type Finished, newsletterFolder, type Place, postrider, type RunningSink, runSink } from './cli.ts';

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const ISSUE = '---\ndate: 2023-02-07\n---\n\n# January\n\nA text with [a link](../2022-12/) and\n\n![a dot](dot.png)\n';

interface Edition {
  readonly number: number;
  readonly hash: string;
  readonly commit: string | null;
  readonly isModified: boolean;
}

interface Rendered {
  readonly hash: string;
  readonly commit: string | null;
  readonly isModified: boolean;
  readonly html: Buffer;
}

describe.skipIf(findCommand('git') === undefined)('an issue that was sent', () => {
  let sink: RunningSink;
  let place: Place;
  let commit: string;
  let before: Rendered;
  let sent: Finished;

  beforeAll(async () => {
    sink = await runSink();
    place = pressFolder(sink);
    // The issue is of an earlier commit than the one that is checked out.
    commitAll(place.cwd, 'January');
    writeFiles(place.cwd, { 'README.md': 'More\n' });
    commit = commitAll(place.cwd, 'A word on the newsletter');
    await postrider(['subscribers', 'import', '-'], place, 'email,name\nada@engine.dev,Ada\n');
    before = await render('2023-01', place);
    sent = await postrider(['send', '--issue', '2023-01', '--yes'], place);
  });
  afterAll(() => sink?.stop());

  it('is bound to the commit that was checked out, and to the edition that `render` shows', async () => {
    expect(sent).toMatchObject({ code: 0, stderr: expect.stringContaining(`commit ${commit.slice(0, 10)}`) });
    expect(before).toMatchObject({ commit, isModified: false });
    const { hash } = before;
    expect(await editionsOf('2023-01')).toEqual([{ number: 1, hash, commit, isModified: false }]);
    const { stdout } = await postrider(['report', '--issue', '2023-01'], place);
    expect(stdout).toMatch(new RegExp(`^edition 1 +${hash.slice(0, 10)} +commit ${commit.slice(0, 10)}$`, 'm'));
  });

  it('is named in the mail', () => {
    const [entry] = sink.entries();
    const mail = readFileSync(join(sink.folder, entry?.file ?? ''), 'latin1');
    expect(mail).toMatch(/^X-Postrider-Issue: 2023-01\r$/m);
  });

  it('is made again from a worktree of its commit, though the newsletter has moved on', async () => {
    const { cwd } = place;
    writeFiles(cwd, {
      'issues/2023-01.md': ISSUE.replace('A text', 'Another text'),
      'issues/2023-01/dot.png': Buffer.concat([PIXEL, Buffer.from('x')]),
      'newsletter.yaml': readFileSync(join(cwd, 'newsletter.yaml'), 'utf8').replace('Hello', 'Dear'),
      'newsletter/email/styles.css': '/* none */',
    });
    commitAll(cwd, 'All is new');
    writeFiles(cwd, { 'issues/2023-01.md': '# In the making\n\nNo more.\n' });
    const now = await render('2023-01', place);
    expect([now.hash === before.hash, now.html.equals(before.html)]).toEqual([false, false]);

    const tree = `${cwd}-then`;
    git(cwd, 'worktree', 'add', '--quiet', '--detach', tree, commit);
    const then = await render('2023-01', { ...place, cwd: tree });
    expect(then).toMatchObject({ hash: before.hash, commit, isModified: false });
    expect(then.html.equals(before.html)).toBe(true);
    // What was sent stays bound to what it was made of.
    expect(await editionsOf('2023-01')).toMatchObject([{ hash: before.hash, commit }]);
  });

  it('is said to be of no commit where it was sent before it was committed', async () => {
    writeFiles(place.cwd, { 'issues/2023-03.md': '# March\n\nNew.\n' });
    expect((await postrider(['send', '--issue', '2023-03', '--yes'], place)).code).toBe(0);
    expect(await editionsOf('2023-03')).toMatchObject([{ commit: null, isModified: true }]);
    const { stdout } = await postrider(['report', '--issue', '2023-03'], place);
    expect(stdout).toMatch(/^edition 1 .* not in git$/m);
  });

  it('is said to be changed where it was sent with changes that are in no commit', async () => {
    writeFiles(place.cwd, { 'issues/2023-02.md': '# February\n\nAs it was written.\n' });
    const head = commitAll(place.cwd, 'February');
    writeFiles(place.cwd, { 'issues/2023-02.md': '# February\n\nWith a word more.\n' });
    const shown = await render('2023-02', place);
    expect((await postrider(['send', '--issue', '2023-02', '--yes'], place)).code).toBe(0);
    expect(await editionsOf('2023-02')).toEqual([{ number: 1, hash: shown.hash, commit: head, isModified: true }]);
    const { stdout } = await postrider(['report', '--issue', '2023-02'], place);
    expect(stdout).toMatch(new RegExp(`^edition 1 .* commit ${head.slice(0, 10)}, with uncommitted changes$`, 'm'));
  });

  async function editionsOf(issue: string): Promise<Edition[]> {
    const { stdout } = await postrider(['report', '--issue', issue, '--json'], place);
    return (JSON.parse(stdout) as { readonly editions: Edition[] }).editions;
  }
});

/** All that it is sent with is in the environment: a worktree has no .env. */
function pressFolder(sink: RunningSink): Place {
  const cwd = newsletterFolder();
  const settings = readFileSync(join(cwd, 'newsletter.yaml'), 'utf8').replace('issues:\n', 'issues:\n  images: archive\n');
  writeFileSync(join(cwd, 'newsletter.yaml'), settings);
  writeFiles(cwd, {
    '.gitignore': '.env\n.postrider/\n',
    'issues/2023-01.md': ISSUE,
    'issues/2023-01/dot.png': PIXEL,
    'newsletter/words/en.yaml': 'unsubscribe: Leave\n',
  });
  git(cwd, 'init', '--quiet');
  const secret = '0123456789abcdef0123456789abcdef';
  return { cwd, env: { SMTP_URL: sink.url, BASE_URL: 'https://letters.engine.dev', POSTRIDER_SECRET: secret } };
}

async function render(issue: string, place: Place): Promise<Rendered> {
  const out = mkdtempSync(join(tmpdir(), 'postrider-rendered-'));
  const { code, stdout, stderr } = await postrider(['render', '--issue', issue, '--out', out, '--json'], place);
  if (code !== 0) throw new Error(stderr);
  return { ...(JSON.parse(stdout) as Omit<Rendered, 'html'>), html: readFileSync(join(out, 'email.html')) };
}
