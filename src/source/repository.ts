// A repository's files, by name. Where there is no git, the folder's.
import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { git } from './git.ts';

export interface Repository {
  readonly isGit: boolean;
  /** What git has, or would take in with `git add .`; relative to the folder, with `/`, in order. */
  readonly paths: readonly string[];
}

const NOT_OURS = ['node_modules', '.git', '.postrider', '.venv', 'venv', 'vendor', 'public', '_site'];

export function readRepository(folder: string): Repository {
  const listed = git(folder, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  if (listed !== undefined) {
    const gone = new Set(git(folder, ['ls-files', '-z', '--deleted'])?.split('\0'));
    const paths = [...new Set(listed.split('\0'))].filter((path) => path !== '' && !gone.has(path));
    return { isGit: true, paths: paths.toSorted() };
  }
  const found = globSync('**/*', { cwd: folder, exclude: ({ name }) => NOT_OURS.includes(name), withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile())
    .map((entry) =>
      `${entry.parentPath}/${entry.name}`
        .slice(folder.length + 1)
        .split('\\')
        .join('/'),
    );
  return { isGit: false, paths: paths.toSorted() };
}

/** There is a repository, and git says nothing of it: it is another user's, broken, or git is not installed. */
export function isSilent(folder: string): boolean {
  if (git(folder, ['rev-parse', '--git-dir']) !== undefined) return false;
  for (let each = folder; ; each = dirname(each)) {
    if (existsSync(join(each, '.git'))) return true;
    if (dirname(each) === each) return false;
  }
}

/**
 * Files that a branch has changed since it left another, taken away included, and what is not committed yet; undefined where
 * git knows no such commit. What was moved is named in both places.
 */
export function changedSince(folder: string, commit: string): string[] | undefined {
  // An empty name would be HEAD to git, and one that begins with a hyphen an option.
  const from = git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`])?.trim();
  if (from === undefined) return undefined;
  const named = ['diff', '--name-only', '--relative', '--no-renames', '-z'];
  const committed = git(folder, [...named, `${from}...HEAD`, '--']);
  const open = git(folder, [...named, 'HEAD', '--']);
  const fresh = git(folder, ['ls-files', '-z', '--others', '--exclude-standard']);
  if (committed === undefined || open === undefined || fresh === undefined) return undefined;
  return [...new Set(`${committed}${open}${fresh}`.split('\0'))].filter((path) => path !== '');
}

export function isTracked(folder: string, path: string): boolean {
  return (git(folder, ['ls-files', '--', path]) ?? '').trim() !== '';
}

/** Whether git would leave a file out that is, or will be, at this path. */
export function isIgnored(folder: string, path: string): boolean {
  return git(folder, ['check-ignore', '-q', '--no-index', '--', path]) !== undefined;
}
