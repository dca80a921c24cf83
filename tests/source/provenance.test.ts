// Which commit an issue's mail is made of, by real git.
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { pressOf } from '../../src/app.ts';
import { renderIssue } from '../../src/flows/render-issue.ts';
import { readProvenance } from '../../src/source/provenance.ts';
import { findCommand } from '../services/install.ts';
import { commitAll, git, repositoryOf, writeFiles } from './in-git.ts';

const NOT_IN_GIT = { commit: null, isModified: true, committedAt: null };
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const SETTINGS = readFileSync(join(import.meta.dirname, '../../config/newsletter.yaml'), 'utf8');

const { PATH = '' } = process.env;
afterEach(() => {
  process.env['PATH'] = PATH;
});

describe.skipIf(findCommand('git') === undefined)('an issue', () => {
  let root: string;
  beforeEach(() => {
    root = repositoryOf({ 'issues/2023-01.md': '# January\n', 'issues/2023-02.md': '# February\n', 'README.md': 'x' });
  });
  const issue = (name = '2023-01.md') => join(root, 'issues', name);
  const beside = () => [join(root, 'newsletter.yaml'), join(root, 'issues/2023-01')];

  it('is of the commit that is checked out, though it was written in an earlier one', () => {
    commitAll(root);
    writeFiles(root, { 'README.md': 'y' });
    const head = commitAll(root);
    const committedAt = Number(git(root, 'log', '-1', '--format=%ct')) * 1_000;
    expect(readProvenance(issue(), beside())).toEqual({ commit: head, isModified: false, committedAt });
  });

  it('is of the commit that is checked out where that is no branch', () => {
    const first = commitAll(root);
    writeFiles(root, { 'README.md': 'y' });
    commitAll(root);
    git(root, 'checkout', '--quiet', '--detach', first);
    expect(readProvenance(issue(), beside())).toMatchObject({ commit: first, isModified: false });
  });

  it.each<[string, Record<string, string | Uint8Array>]>([
    ['its text', { 'issues/2023-01.md': '# Another\n' }],
    ['a file of its own folder', { 'issues/2023-01/photo.png': 'another' }],
    ['a new file of its own folder', { 'issues/2023-01/new.png': 'new' }],
    ['newsletter.yaml', { 'newsletter.yaml': 'name: Another\n' }],
  ])('is modified where %s differs', (_what, files) => {
    writeFiles(root, { 'newsletter.yaml': 'name: N\n', 'issues/2023-01/photo.png': 'one' });
    const head = commitAll(root);
    expect(readProvenance(issue(), beside())).toMatchObject({ commit: head, isModified: false });
    writeFiles(root, files);
    expect(readProvenance(issue(), beside())).toMatchObject({ commit: head, isModified: true });
    git(root, 'add', '--all');
    expect(readProvenance(issue(), beside())).toMatchObject({ commit: head, isModified: true });
  });

  it.each(['newsletter.yaml', 'issues/2023-01'])('is modified where %s is gone', (name) => {
    writeFiles(root, { 'newsletter.yaml': 'name: N\n', 'issues/2023-01/photo.png': 'one' });
    const head = commitAll(root);
    rmSync(join(root, name), { recursive: true });
    expect(readProvenance(issue(), beside())).toMatchObject({ commit: head, isModified: true });
  });

  it('is not modified by what it is not made of', () => {
    const head = commitAll(root);
    writeFiles(root, { 'issues/2023-02.md': '# Another\n', 'README.md': 'y', 'issues/2023-03.md': '# New\n' });
    expect(readProvenance(issue(), beside())).toMatchObject({ commit: head, isModified: false });
  });

  it('that git does not have is in no commit', () => {
    commitAll(root);
    writeFiles(root, { 'issues/2023-03.md': '# March\n', 'issues/2023-04.md': '# April\n', '.gitignore': '2023-04.md\n' });
    expect(readProvenance(issue('2023-03.md'))).toEqual(NOT_IN_GIT);
    expect(readProvenance(issue('2023-04.md'))).toEqual(NOT_IN_GIT);
  });

  it('that was added and not committed is in no commit', () => {
    commitAll(root);
    writeFiles(root, { 'issues/2023-03.md': '# March\n' });
    git(root, 'add', '--all');
    expect(readProvenance(issue('2023-03.md'))).toEqual(NOT_IN_GIT);
  });

  it('that was renamed is in a commit when that is committed', () => {
    commitAll(root);
    git(root, 'mv', 'issues/2023-01.md', 'issues/2023-05.md');
    expect(readProvenance(issue('2023-05.md'))).toEqual(NOT_IN_GIT);
    const head = commitAll(root);
    expect(readProvenance(issue('2023-05.md'))).toMatchObject({ commit: head, isModified: false });
  });

  it('is not taken for another that git’s own patterns would find', () => {
    commitAll(root);
    writeFiles(root, { 'issues/2023-0*.md': '# A star\n' });
    expect(readProvenance(issue('2023-0*.md'))).toEqual(NOT_IN_GIT);
    const head = commitAll(root);
    writeFiles(root, { 'issues/2023-02.md': '# Another\n' });
    expect(readProvenance(issue('2023-0*.md'))).toMatchObject({ commit: head, isModified: false });
  });

  it('in a linked worktree is of the commit that is checked out there', () => {
    const first = commitAll(root);
    writeFiles(root, { 'issues/2023-01.md': '# Another\n' });
    const second = commitAll(root);
    const tree = `${root}-tree`;
    git(root, 'worktree', 'add', '--quiet', '--detach', tree, first);
    expect(readProvenance(join(tree, 'issues/2023-01.md'))).toMatchObject({ commit: first, isModified: false });
    expect(readProvenance(issue())).toMatchObject({ commit: second, isModified: false });
    writeFiles(tree, { 'issues/2023-01.md': '# Here only\n' });
    expect(readProvenance(join(tree, 'issues/2023-01.md'))).toMatchObject({ commit: first, isModified: true });
    expect(readProvenance(issue())).toMatchObject({ isModified: false });
  });

  it('is in none where git is not installed', () => {
    commitAll(root);
    process.env['PATH'] = '/nowhere';
    expect(readProvenance(issue(), beside())).toEqual(NOT_IN_GIT);
  });

  it('is in none where nothing has been committed yet', () => {
    git(root, 'add', '--all');
    expect(readProvenance(issue(), beside())).toEqual(NOT_IN_GIT);
  });

  it('is in none where there is no git', () => {
    const plain = mkdtempSync(join(tmpdir(), 'postrider-plain-'));
    writeFiles(plain, { '2023-01.md': '# January\n' });
    expect(readProvenance(join(plain, '2023-01.md'))).toEqual(NOT_IN_GIT);
  });

  it('is modified where something that it is made of lies outside of its repository', () => {
    const head = commitAll(root);
    const other = repositoryOf({ 'email.css': 'x' });
    commitAll(other);
    expect(readProvenance(issue(), [join(other, 'email.css')])).toMatchObject({ commit: head, isModified: true });
  });

  it('is found through a link to the folder', () => {
    const head = commitAll(root);
    const link = `${root}-link`;
    symlinkSync(root, link);
    const path = join(link, 'issues/2023-01.md');
    expect(readProvenance(path, [join(link, 'README.md'), join(link, 'nowhere/at/all.yaml')])).toMatchObject({
      commit: head,
      isModified: false,
    });
  });

  it('is seen whole, whatever a person has git leave out', () => {
    writeFiles(root, { 'issues/2023-01/photo.png': 'one' });
    const head = commitAll(root);
    git(root, 'config', 'status.showUntrackedFiles', 'no');
    writeFiles(root, { 'issues/2023-01/new.png': 'new' });
    expect(readProvenance(issue(), beside())).toMatchObject({ commit: head, isModified: true });
  });

  it('has the same commit where git tells of signatures as well', () => {
    const head = signedCommit(root);
    expect(readProvenance(issue())).toMatchObject({ commit: head, isModified: false, committedAt: expect.any(Number) });
  });

  // In a hook git names its folder as it is seen from where the hook runs (source/git.ts).
  it('is found where git itself has called us, as in a hook', () => {
    const head = commitAll(root);
    process.env['GIT_DIR'] = '.git';
    try {
      expect(readProvenance(issue())).toMatchObject({ commit: head });
    } finally {
      delete process.env['GIT_DIR'];
    }
  });

  it('is modified by an image of its own that git leaves out', () => {
    writeFiles(root, { '.gitignore': '*.png\n', 'issues/2023-01/photo.png': 'one' });
    const head = commitAll(root);
    expect(readProvenance(issue(), beside())).toMatchObject({ commit: head, isModified: true });
  });

  it.each(['.DS_Store', 'Thumbs.db', 'notes.md~', '.cache/a'])('is not modified by litter that git leaves out: %s', (name) => {
    writeFiles(root, { '.gitignore': '.DS_Store\nThumbs.db\n*~\n.cache/\n', [`issues/2023-01/${name}`]: 'x' });
    const head = commitAll(root);
    expect(readProvenance(issue(), beside())).toMatchObject({ commit: head, isModified: false });
  });

  it('is looked at without a word to git: its index stays as it was', () => {
    commitAll(root);
    const before = readFileSync(join(root, '.git/index'));
    // The same text with another time: git would like to write down that it is the same.
    writeFiles(root, { 'issues/2023-01.md': '# January\n' });
    expect(readProvenance(issue(), beside())).toMatchObject({ isModified: false });
    expect(readFileSync(join(root, '.git/index')).equals(before)).toBe(true);
  });
});

describe.skipIf(findCommand('git') === undefined)('what a mail is made of', () => {
  let root: string;
  beforeEach(() => {
    root = repositoryOf({
      'newsletter.yaml': SETTINGS,
      'issues/2023-01.md': '# January\n\n![A dot](photo.png)\n',
      'issues/2023-01/photo.png': PIXEL,
      'issues/beside.png': PIXEL,
      'issues/2023-02.md': '# February\n\n![A dot](beside.png)\n',
      'newsletter/words/en.yaml': 'unsubscribe: Leave\n',
    });
    commitAll(root);
  });
  async function isModified(id: string): Promise<boolean> {
    const loaded = loadConfig(root, { BASE_URL: 'https://letters.engine.dev' }, []);
    if (loaded.kind !== 'config') throw new Error(JSON.stringify(loaded.problems));
    const result = await renderIssue(pressOf(loaded.config), id, 'monthly');
    if (result.kind !== 'rendered') throw new Error(JSON.stringify(result.problems));
    return result.rendered.provenance.isModified;
  }

  it('is as it was committed', async () => {
    expect(await isModified('2023-01')).toBe(false);
  });

  it.each<[string, Record<string, string | Uint8Array>]>([
    ['its text', { 'issues/2023-01.md': '# Another\n\nWith a text.\n' }],
    ['an image of its folder', { 'issues/2023-01/photo.png': Buffer.concat([PIXEL, Buffer.from('x')]) }],
    ['the newsletter’s settings', { 'newsletter.yaml': `${SETTINGS}# a word\n` }],
    ['a template of its own', { 'newsletter/words/en.yaml': 'unsubscribe: Go\n' }],
    ['a template of its own that is new', { 'newsletter/words/de.yaml': 'unsubscribe: Weg\n' }],
  ])('is modified by %s', async (_what, files) => {
    writeFiles(root, files);
    expect(await isModified('2023-01')).toBe(true);
  });

  it('is not modified by another issue, nor by another’s images', async () => {
    writeFiles(root, { 'issues/2023-02.md': '# Another\n', 'issues/2023-02/photo.png': PIXEL });
    expect(await isModified('2023-01')).toBe(false);
  });

  // Of the folder in which issues lie together, only an issue's own folder is looked at, and not the images that it shows
  // (flows/render-issue.ts: partsBeside).
  it.fails('is modified by an image that lies with it in the folder of the issues', async () => {
    writeFileSync(join(root, 'issues/beside.png'), Buffer.concat([PIXEL, Buffer.from('x')]));
    expect(await isModified('2023-02')).toBe(true);
  });
});

/** Signed by SSH, in a repository that shows signatures with every commit that it names. */
function signedCommit(root: string): string {
  git(root, 'config', 'log.showSignature', 'true');
  git(root, 'config', 'gpg.format', 'ssh');
  git(root, 'config', 'gpg.ssh.program', join(root, 'sign'));
  git(root, 'config', 'user.signingkey', 'key::ssh-ed25519 AAAA');
  // Stands in for ssh-keygen: a signature that is there and cannot be told good from bad.
  const signature = '-----BEGIN SSH SIGNATURE-----\\nAAAA\\n-----END SSH SIGNATURE-----\\n';
  const program = `#!/bin/sh\nfor last; do :; done\ncase "$*" in *"-Y sign"*) printf -- '${signature}' > "$last.sig" ;; esac\n`;
  writeFileSync(join(root, 'sign'), program, { mode: 0o755 });
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--gpg-sign', '--message', 'Signed');
  return git(root, 'rev-parse', 'HEAD');
}
