// Where Postrider itself lies: its templates and defaults are beside its sources, built or not.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The nearest folder above this file that has both package.json and templates/. */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!(existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'templates')))) {
    if (dirname(folder) === folder) throw new Error('Postrider cannot find its own templates; install it anew.');
    folder = dirname(folder);
  }
  return folder;
}

/** As `1.2.3`. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return version;
}
