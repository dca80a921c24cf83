// Which commit a file's text comes from. Git is asked, never told anything.
import { basename, dirname } from 'node:path';
import type { Provenance } from '../domain/edition.ts';
import { git } from './git.ts';

export interface GitState extends Provenance {
  /** The commit's date, milliseconds since the epoch; null where there is none. */
  readonly committedAt: number | null;
}

/** For a file that is not in git, or where git is not installed: no commit, and modified. */
export function readProvenance(path: string): GitState {
  const folder = dirname(path);
  const file = basename(path);
  const last = git(folder, ['log', '-1', '--format=%H %ct', '--', file]);
  const [commit, seconds] = (last ?? '').trim().split(' ');
  if (!commit || !seconds) return { commit: null, isModified: true, committedAt: null };
  const changes = git(folder, ['status', '--porcelain', '--', file]);
  return { commit, isModified: changes === undefined || changes.trim() !== '', committedAt: Number(seconds) * 1_000 };
}
