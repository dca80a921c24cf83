// An image of an issue: as mail and pages show it, and as the archive serves it.

/** In CSS pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** What the archive serves under a name that says what is in it: another content has another name. */
export interface StoredImage {
  /** `0123456789abcdef0123.png` */
  readonly name: string;
  /** `image/png` */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** What such a name looks like. */
export const IMAGE_NAME = /^[0-9a-f]{20}\.(?:png|jpg|gif)$/;

/** Its path on the archive, below BASE_URL. */
export function imagePath(name: string): string {
  return `/i/${name}`;
}
