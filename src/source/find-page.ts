// A file of the site that a link names, and what is in it.
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isFile, isIn } from './find-file.ts';

export interface FoundPage {
  /** Within the folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** `isAnywhere`: where it is not at its path, the only one of its name will do, and the one `near` is preferred. */
export function findPage(
  folder: string,
  wanted: string,
  { isAnywhere, near }: { readonly isAnywhere: boolean; readonly near: string },
): FoundPage | null {
  const places = isAnywhere ? [join(near, wanted), wanted] : [wanted];
  const paths = places.flatMap((place) => [place, `${place}.md`, join(place, 'index.md'), join(place, '_index.md')]);
  const isThere = (path: string): boolean => isFile(join(folder, path)) && isIn(folder, join(folder, path));
  const found = paths.find(isThere) ?? (isAnywhere ? theOnly(folder, wanted) : undefined);
  return found === undefined ? null : { path: slashed(found), text: readFileSync(join(folder, found), 'utf8') };
}

function theOnly(folder: string, wanted: string): string | undefined {
  const name = basename(wanted);
  const [first, ...others] = globSync([`**/${name}`, `**/${name}.md`], { cwd: folder });
  return others.length > 0 ? undefined : first;
}

function slashed(path: string): string {
  return path.split('\\').join('/');
}
