// `.postrider/`: all that Postrider writes by itself. It ignores itself, so that no address is committed by
// accident.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes the folder where it is not there, and gives its path. */
export function ownFolder(root: string): string {
  const folder = join(root, '.postrider');
  const ignore = join(folder, '.gitignore');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  return folder;
}
