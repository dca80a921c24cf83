// Small text files of a repository, as many of them as are there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFile } from './find-file.ts';

/** By path, relative to the root; those that are not there, or cannot be read, are left out. */
export function readTexts(root: string, paths: readonly string[]): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const path of paths) {
    if (!isFile(join(root, path))) continue;
    try {
      texts[path] = readFileSync(join(root, path), 'utf8');
    } catch {
      // As good as not there.
    }
  }
  return texts;
}
