// Images that lie beside an issue: how heavy they are, and how large.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { imageSize } from 'image-size';
import type { ImageSize } from '../domain/email.ts';

/** In bytes; null where there is no such file. `path`: as an address writes it, relative to one of the folders. */
export function sizeOfFile(folders: readonly string[], path: string): number | null {
  for (const folder of folders)
    try {
      const found = statSync(join(folder, decoded(path)));
      if (found.isFile()) return found.size;
    } catch {
      // Not here.
    }
  return null;
}

// All formats say it at their beginning; a photograph may have a thumbnail before it.
const HEAD_BYTES = 512_000;

/** In CSS pixels: a file whose name ends in `@2x` has twice as many. Null where it is no image, or not there. */
export function dimensionsOf(folders: readonly string[], path: string): ImageSize | null {
  for (const folder of folders) {
    const size = dimensionsIn(folder, path);
    if (size !== null) return size;
  }
  return null;
}

function dimensionsIn(folder: string, path: string): ImageSize | null {
  try {
    const { width, height, orientation = 1 } = imageSize(readHead(join(folder, decoded(path))));
    const density = /@2x\.\w+$/.test(path) ? 2 : 1;
    // From 5 on it lies on its side (Exif).
    const [across, down] = orientation >= 5 ? [height, width] : [width, height];
    return { width: Math.round(across / density), height: Math.round(down / density) };
  } catch {
    return null;
  }
}

function readHead(file: string): Uint8Array {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    return buffer.subarray(0, readSync(descriptor, buffer));
  } finally {
    closeSync(descriptor);
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
