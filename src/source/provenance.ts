// Which commit an issue's mail is made of: its text, what lies beside it, the newsletter's settings and templates.
import { existsSync } from 'node:fs';
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
  const head = git(folder, ['log', '-1', '--format=%H %ct']);
  const [commit, seconds] = (head ?? '').trim().split(' ');
  const isTracked = (git(folder, ['ls-files', '--', basename(path)]) ?? '').trim() !== '';
  if (!commit || !seconds || !isTracked) return NOT_IN_GIT;
  const parts = [path, ...beside.filter((each) => existsSync(each))];
  // One of them may lie in no git at all, or in another's: then it is in no commit of this one.
  const changes = git(folder, ['status', '--porcelain', '--', ...parts]);
  return { commit, isModified: changes === undefined || changes.trim() !== '', committedAt: Number(seconds) * 1_000 };
}
