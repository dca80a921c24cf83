// Several small files, all of them or none.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface FileToWrite {
  /** Relative to the folder. */
  readonly path: string;
  readonly text: string;
  /** Whose file nobody else may read. */
  readonly isSecret?: boolean;
}

/** Files that are there get the text at their end. Rejects, and leaves all as it was, where one cannot be written. */
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
        mkdirSync(dirname(file), { recursive: true });
        undo.push(() => rmSync(file, { force: true }));
        writeFileSync(file, text, { flag: 'wx', mode: isSecret ? 0o600 : 0o644 });
      }
    }
  } catch (error) {
    for (const back of undo.toReversed()) back();
    throw error;
  }
}
