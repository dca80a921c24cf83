// A folder with real git in it, that knows nothing of whoever runs the tests: what tests of commits begin with.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const NOBODY = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', HOME: '/nowhere' };
const AUTHOR = ['-c', 'user.name=Ada', '-c', 'user.email=ada@engine.example', '-c', 'commit.gpgsign=false'];

export function git(folder: string, ...args: readonly string[]): string {
  const env = { PATH: process.env['PATH'] ?? '', ...NOBODY };
  return execFileSync('git', [...AUTHOR, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** With no commit, and nothing in its index. */
export function repositoryOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'postrider-git-')));
  writeFiles(folder, files);
  git(folder, 'init', '--quiet', '--initial-branch=main');
  return folder;
}

/** All that is there; gives its hash. */
export function commitAll(folder: string, message = 'A change'): string {
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', message);
  return git(folder, 'rev-parse', 'HEAD');
}
