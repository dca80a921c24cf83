// `.postrider/`: all that Postrider writes by itself. It ignores itself, so that no address is committed by
// accident.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure.ts';

/** Makes the folder where it is not there, and gives its path. */
export function ownFolder(root: string): string {
  const folder = join(root, '.postrider');
  const ignore = join(folder, '.gitignore');
  try {
    mkdirSync(folder, { recursive: true });
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Failure(1, `The folder ${folder} cannot be made: ${code}.`, 'Look at the rights of the folder around it.');
  }
  return folder;
}
