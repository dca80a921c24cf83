// Several small files, all of them or none.
import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface FileToWrite {
  /** Relative to the folder. */
  readonly path: string;
  readonly text: string;
  /** Whose file nobody else may read. */
  readonly isSecret?: boolean;
}

/** Files that are there get the text at their end. Throws, and leaves all as it was, where one cannot be written. */
export function writeAll(folder: string, files: readonly FileToWrite[]): void {
  const undo: (() => void)[] = [];
  try {
    for (const { path, text, isSecret } of files) {
      const file = join(folder, path);
      if (existsSync(file)) {
        const before = readFileSync(file);
        undo.push(() => writeFileSync(file, before));
        appendFileSync(file, before.length > 0 && before.at(-1) !== 0x0a ? `\n${text}` : text);
      } else {
        const made = mkdirSync(dirname(file), { recursive: true });
        if (made !== undefined) undo.push(() => rmSync(made, { recursive: true, force: true }));
        // What somebody else has put there meanwhile is not ours to remove.
        closeSync(openSync(file, 'wx', isSecret ? 0o600 : 0o644));
        undo.push(() => rmSync(file, { force: true }));
        writeFileSync(file, text);
      }
    }
  } catch (error) {
    for (const back of undo.toReversed()) back();
    throw error;
  }
}
