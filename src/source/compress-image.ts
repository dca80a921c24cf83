// An image beside an issue, made fit for mail: no larger than it is shown, upright, in a format that every program knows.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Metadata, Sharp } from 'sharp';
import type { ImageSize, StoredImage } from '../domain/image.ts';
import { type FoundImage, type IssueFiles, openImage, readImage, sizeShown } from './image-files.ts';

export interface CompressedImage {
  readonly size: ImageSize;
  readonly stored: StoredImage;
}

/** At most twice as many pixels as `widthPx` shows, upright, without what a camera wrote beside, in a format for mail. */
export function compressImage(files: IssueFiles, path: string, widthPx: number): Promise<FoundImage<CompressedImage>> {
  return readImage(files, path, async (file) => {
    const original = readFileSync(file);
    const metadata = await openImage(original).metadata();
    const size = sizeShown(metadata, path);
    const isMoving = (metadata.pages ?? 1) > 1 && metadata.format === 'gif';
    const pixels = openImage(original, { animated: isMoving, ...sharpness(metadata, size, widthPx) }).resize({
      width: 2 * widthPx,
      withoutEnlargement: true,
    });
    const format: Format = isMoving ? 'gif' : isPhotograph(metadata) ? 'jpeg' : 'png';
    const made = await ENCODERS[format](pixels, metadata).toBuffer();
    const stored = made.length < original.length || !mayStay(metadata, format, 2 * widthPx) ? made : original;
    return { size, stored: named(stored, size, format) };
  });
}

/** What was made with care may be smaller than what we make of it, but tells perhaps where it was taken. */
function mayStay(
  { format: was, width, exif, xmp, iptc, comments, orientation }: Metadata,
  format: Format,
  widthMaxPx: number,
): boolean {
  const isBare = [exif, xmp, iptc, comments, orientation].every((each) => each === undefined);
  return isBare && was === format && format !== 'jpeg' && width <= widthMaxPx;
}

/** A drawing has no pixels of its own: it is drawn as large as it will be shown, twice. */
function sharpness({ format, width }: Metadata, shown: ImageSize, widthPx: number): { density?: number } {
  const drawnAt = 72 * ((2 * Math.min(shown.width, widthPx)) / width);
  return format === 'svg' ? { density: Math.min(2_400, Math.max(1, drawnAt)) } : {};
}

/** A drawing would be blurred, and what can be seen through would be black. */
function isPhotograph({ format, hasAlpha }: Metadata): boolean {
  return !hasAlpha && !['png', 'gif', 'svg'].includes(format);
}

const ENCODERS = {
  gif: (pixels: Sharp, _was: Metadata) => pixels.gif(),
  jpeg: (pixels: Sharp, _was: Metadata) => pixels.jpeg({ quality: 80, mozjpeg: true }),
  png: (pixels: Sharp, { isPalette }: Metadata) =>
    pixels.png({ compressionLevel: 9, adaptiveFiltering: true, palette: isPalette }),
};
type Format = keyof typeof ENCODERS;

/** By its content, and by how large it is shown: the same file may be there twice, once for fine screens. */
function named(bytes: Uint8Array, { width, height }: ImageSize, format: Format): StoredImage {
  const hash = createHash('sha256').update(`${width}x${height} `).update(bytes).digest('hex').slice(0, 20);
  return { name: `${hash}.${format === 'jpeg' ? 'jpg' : format}`, type: `image/${format}`, bytes };
}
