// Images that many readers would not see, whatever is in them: by their format, for mail programs show fewer than browsers.
import type { Problem } from '../domain/problem.ts';
import type { PlacedImage } from './check-issue.ts';

// After caniemail.com: where a format is not shown.
const NOT_SHOWN: Readonly<Record<string, string>> = {
  svg: 'Gmail and Outlook',
  webp: 'Outlook on Windows',
  avif: 'Gmail and Outlook',
  heic: 'anything but Apple Mail',
  heif: 'anything but Apple Mail',
  jxl: 'anything but Apple Mail',
  tif: 'anything but Apple Mail',
  tiff: 'anything but Apple Mail',
};

export function checkImageFormats(images: readonly PlacedImage[], file: string): Problem[] {
  return images.flatMap(({ src, line, column }) => {
    const [, format = ''] = /\.(\w+)(?:[?#].*)?$/.exec(src) ?? [];
    const clients = NOT_SHOWN[format.toLowerCase()];
    if (clients === undefined) return [];
    const message = `The image ${src} is not shown by ${clients}, where readers see its description instead.`;
    return [{ severity: 'warning', rule: 'image-format', message, advice: 'Take a PNG or a JPEG.', file, line, column }];
  });
}
