// Images that lie beside an issue: how heavy, how large, and whether they can be read at all.
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import sharp, { type Metadata, type Sharp } from 'sharp';
import type { ImageSize, StoredImage } from '../domain/image.ts';
import { isFile, isIn } from './find-file.ts';

/** Where files of an issue are looked for. */
export interface IssueFiles {
  /** In this order. */
  readonly folders: readonly string[];
  /** Nothing outside of these is read, whatever a path says. */
  readonly within: readonly string[];
}

/** `why`: half a sentence. */
export type FoundImage<T> =
  | ({ readonly kind: 'image' } & T)
  | { readonly kind: 'absent' }
  | { readonly kind: 'broken'; readonly why: string };

/**
 * From its beginning; in CSS pixels: a file whose name ends in `@2x` has twice as many. `path`: as an address writes it.
 */
export function dimensionsOf(files: IssueFiles, path: string): Promise<FoundImage<{ readonly size: ImageSize }>> {
  return readImage(files, path, async (file) => ({ size: sizeShown(await openImage(file).metadata(), path) }));
}

/** To its end. What is wrong with it libvips says in words that all its threads share: one at a time is asked. */
export function weighImage(files: IssueFiles, path: string): Promise<FoundImage<{ readonly bytes: number }>> {
  return readImage(files, path, async (file) => {
    await openImage(file).resize(16).raw().toBuffer();
    return { bytes: statSync(file).size };
  });
}

const TYPES: Readonly<Record<string, string>> = {
  ...{ png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', avif: 'image/avif' },
  svg: 'image/svg+xml',
};

/** As it is; only images, and nothing outside the folders. */
export async function readBeside(files: IssueFiles, path: string): Promise<StoredImage | undefined> {
  const type = TYPES[extname(path).slice(1).toLowerCase()];
  const file = findFile(files, path);
  return file === null || type === undefined ? undefined : { name: path, type, bytes: await readFile(file) };
}

const FOREVER_S = 20;
// Decoded, as many bytes for each; a photograph of 40 MB has about a hundred million.
const PIXELS_MAX = 200_000_000;

export function openImage(file: string | Buffer, options: { animated?: boolean; density?: number } = {}): Sharp {
  return sharp(file, { failOn: 'error', limitInputPixels: PIXELS_MAX, autoOrient: true, ...options }).timeout({
    seconds: FOREVER_S,
  });
}

/** `read` may throw whatever it likes: then the image is broken. */
export async function readImage<T>(files: IssueFiles, path: string, read: (file: string) => Promise<T>): Promise<FoundImage<T>> {
  const file = findFile(files, path);
  if (file === null) return { kind: 'absent' };
  try {
    return { kind: 'image', ...(await read(file)) };
  } catch (error) {
    return { kind: 'broken', why: plainWords(error instanceof Error ? error.message : String(error)) };
  }
}

const PLAIN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/is empty/, 'it is empty'],
  [/premature end|truncated|end of file|EOF/i, 'it ends too early'],
  [/unsupported image format/i, 'it is no image of a kind that mail knows'],
  [/pixel limit/i, `it has more than ${PIXELS_MAX / 1e6} million pixels`],
  [/timeout/i, `it takes more than ${FOREVER_S} seconds to read`],
];

function plainWords(message: string): string {
  return PLAIN_WORDS.find(([pattern]) => pattern.test(message))?.[1] ?? 'it is damaged';
}

function findFile(files: IssueFiles, path: string): string | null {
  for (const folder of files.folders) {
    const file = join(folder, decoded(path));
    if (isFile(file) && files.within.some((root) => isIn(root, file))) return file;
  }
  return null;
}

export function sizeShown({ autoOrient, pageHeight, pages = 1 }: Metadata, path: string): ImageSize {
  const density = /@2x\.\w+$/.test(path) ? 2 : 1;
  const height = pages > 1 && pageHeight !== undefined ? pageHeight : autoOrient.height;
  return { width: Math.round(autoOrient.width / density), height: Math.round(height / density) };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
