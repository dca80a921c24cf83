// Files by a name that somebody wrote: found only within the folders that may be read.
import { existsSync, realpathSync, statSync } from 'node:fs';
import { relative } from 'node:path';

/** A name may be too long, or hold what no name does. */
export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Where a file that is there really is, for a link may lead anywhere. */
export function isIn(folder: string, file: string): boolean {
  return existsSync(folder) && !/^\.\.(?:[/\\]|$)/.test(relative(realpathSync(folder), realpathSync(file)));
}
