// Files that nobody should publish, and that git has or would take in: secrets, ledgers, lists of readers.
import { closeSync, openSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import { git } from './git.ts';
import { readRepository } from './repository.ts';

/** Relative to the root, in order; none where there is no git. */
export function exposedFiles(root: string): string[] {
  const { isGit, paths } = readRepository(root);
  if (!isGit) return [];
  const found = paths.filter((path) => isSecret(path) || isLedger(root, path) || hasReaders(root, path));
  return [...new Set([...found, ...secretsGone(root)])].toSorted();
}

/** Git goes on publishing what was only removed from the disk. */
function secretsGone(root: string): string[] {
  return (git(root, ['ls-files', '-z', '--deleted']) ?? '').split('\0').filter(isSecret);
}

const HARMLESS = /\.(?:example|sample|template|dist)$/;

function isSecret(path: string): boolean {
  const name = basename(path);
  return /^\.env(?:\.|$)/.test(name) && !HARMLESS.test(name);
}

/** While it is open, what was written last is in a file beside it. */
function isLedger(root: string, path: string): boolean {
  if (!/\.(?:sqlite3?|db)$/i.test(path)) return false;
  const head = headOf(root, path);
  return head.startsWith('SQLite format 3') && (head.includes('subscri') || headOf(root, `${path}-wal`).includes('subscri'));
}

// `logo@2x.png` and `left-pad@1.3.0` are none.
const ADDRESS = /[\p{L}\p{N}_.+-]@(?!\dx\.)(?:[\p{L}\p{N}-]+\.)+(?:\p{L}{2,}|xn--[\w-]+)(?![\p{L}\p{N}-])/iu;

function hasReaders(root: string, path: string): boolean {
  if (!/\.(?:csv|tsv|jsonl)$/i.test(path)) return false;
  // Of UTF-16, as Excel writes it, every other byte is nothing.
  return headOf(root, path)
    .replaceAll('\0', '')
    .split(/\r?\n/)
    .slice(0, 5)
    .some((line) => ADDRESS.test(line));
}

// The tables of a ledger are named on its first page or the next ones.
const HEAD_BYTES = 64 * 1024;

function headOf(root: string, path: string): string {
  try {
    const file = openSync(join(root, path), 'r');
    try {
      const buffer = Buffer.alloc(HEAD_BYTES);
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, HEAD_BYTES, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}
