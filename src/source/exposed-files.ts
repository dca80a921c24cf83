// Files that nobody should publish, and that git has or would take in: secrets, ledgers, lists of readers.
import { closeSync, openSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readRepository } from './repository.ts';

/** Relative to the root, in order; none where there is no git. */
export function exposedFiles(root: string): string[] {
  const { isGit, paths } = readRepository(root);
  return isGit ? paths.filter((path) => isSecret(path) || isLedger(root, path) || hasReaders(root, path)) : [];
}

function isSecret(path: string): boolean {
  return /^\.env(?:\.(?!example$|sample$|template$|dist$).*)?$/.test(basename(path));
}

function isLedger(root: string, path: string): boolean {
  if (!/\.(?:sqlite3?|db)$/i.test(path)) return false;
  const head = headOf(root, path);
  return head.startsWith('SQLite format 3') && head.includes('subscri');
}

const ADDRESS = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/;

function hasReaders(root: string, path: string): boolean {
  if (!/\.(?:csv|tsv|jsonl)$/i.test(path)) return false;
  return headOf(root, path)
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
      return buffer.toString('latin1', 0, readSync(file, buffer, 0, HEAD_BYTES, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}
