// Which commit an issue's mail is made of: its text, what lies beside it, the newsletter's settings and templates.
import { basename, dirname } from 'node:path';
import type { Provenance } from '../domain/edition.ts';
import { git } from './git.ts';

export interface GitState extends Provenance {
  /** The commit's date, milliseconds since the epoch; null where there is none. */
  readonly committedAt: number | null;
}

const NOT_IN_GIT: GitState = { commit: null, isModified: true, committedAt: null };

/** `beside` are other files and folders that the mail is made of. Where git is not installed, the issue is not in it. */
export function readProvenance(path: string, beside: readonly string[] = []): GitState {
  const folder = dirname(path);
  const head = git(folder, ['log', '-1', '--no-show-signature', '--format=%H %ct']);
  const [commit, seconds] = (head ?? '').trim().split(' ');
  if (!commit || !seconds || !isInHead(folder, basename(path))) return NOT_IN_GIT;
  // What is not there may be in the commit. One of them may lie in no git at all, or in another's: then it is in no commit of this one.
  const changes = git(folder, [
    ...ASKED,
    'status',
    '--porcelain',
    '-z',
    '--untracked-files=all',
    '--ignored',
    '--',
    path,
    ...beside,
  ]);
  const isModified = changes?.split('\0').some((line) => line !== '' && !LITTER.test(line)) ?? true;
  return { commit, isModified, committedAt: Number(seconds) * 1_000 };
}

// What git leaves out is in no commit either, and may be an image; but not what editors and systems leave lying about.
const LITTER = /^!! (?:.*\/)?(?:\.[^/]+(?:\/.*)?|Thumbs\.db|[^/]*~)$/;

// A file may be named as a pattern of git's is written; and git would write down what it finds out on the way.
const ASKED = ['--literal-pathspecs', '--no-optional-locks'];

/** What was only added is in no commit yet. */
function isInHead(folder: string, name: string): boolean {
  return git(folder, ['cat-file', '-e', `HEAD:./${name}`]) !== undefined;
}
