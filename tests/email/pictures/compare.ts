// Two pictures, pixel by pixel: how much of one is not in the other, and a third that shows where.
import pixelmatch from 'pixelmatch';
import sharp from 'sharp';

export interface Comparison {
  /** How many differ; what only one of the pictures has differs. */
  readonly pixels: number;
  /** The same, of all pixels: 0 to 1. */
  readonly share: number;
  readonly isOneSize: boolean;
  /** A PNG: the kept picture, pale, with what differs in red. */
  readonly difference: () => Promise<Buffer>;
}

/** In pixelmatch's measure, 0 to 1. At 0.02 a grey that is 8 of 256 steps darker is seen, at 0.03 it is not. */
const COLOUR_TOLERANCE = 0.02;

export async function comparePictures(kept: Buffer, shown: Buffer): Promise<Comparison> {
  const sizes = await Promise.all([kept, shown].map((picture) => sharp(picture).metadata()));
  const width = Math.max(...sizes.map((size) => size.width));
  const height = Math.max(...sizes.map((size) => size.height));
  const [before, after] = [await pixelsOf(kept, { width, height }), await pixelsOf(shown, { width, height })];
  const output = new Uint8Array(before.length);
  // Letters have no smoothed edges (fonts.conf): there are none to be forgiven.
  const options = { threshold: COLOUR_TOLERANCE, includeAA: true };
  const pixels = pixelmatch(before, after, output, width, height, options);
  return {
    pixels,
    share: pixels / (width * height),
    isOneSize: sizes.every((size) => size.width === width && size.height === height),
    difference: () =>
      sharp(output, { raw: { width, height, channels: 4 } })
        .png()
        .toBuffer(),
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Four bytes each, see-through where the picture ends before the size does. */
async function pixelsOf(picture: Buffer, { width, height }: Size): Promise<Uint8Array> {
  const size = await sharp(picture).metadata();
  const more = { right: width - size.width, bottom: height - size.height };
  const nothing = { r: 0, g: 0, b: 0, alpha: 0 };
  return sharp(picture)
    .ensureAlpha()
    .extend({ ...more, background: nothing })
    .raw()
    .toBuffer();
}
