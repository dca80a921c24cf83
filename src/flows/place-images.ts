// Where the images of an issue are shown from: the newsletter's own site, which has them beside the issue, or the archive,
// which serves them from the ledger.
import { type ImageSize, imagePath, type StoredImage } from '../domain/image.ts';
import type { Issue } from '../domain/issue.ts';
import type { Problem } from '../domain/problem.ts';
import { type ImageInIssue, imagesIn, moveImages } from '../issue/images-in.ts';
import { compressImage } from '../source/compress-image.ts';
import { dimensionsOf, type FoundImage, type IssueFiles } from '../source/image-files.ts';

export interface ImagePlace {
  readonly files: IssueFiles;
  /** BASE_URL, where the archive serves them; null where the site does. */
  readonly archiveUrl: string | null;
  /** As wide as one is shown, at most. */
  readonly textWidthPx: number;
}

export interface PlacedImages {
  readonly body: Issue['body'];
  /** By the address in the body: of those that are known. */
  readonly sizes: ReadonlyMap<string, ImageSize>;
  /** What the archive must have before anybody looks. */
  readonly images: readonly StoredImage[];
  readonly problems: readonly Problem[];
}

/** In bytes: a phone on the road takes seconds for more. */
const IMAGE_MAX_BYTES = 1_000_000;

export async function placeImages({ body }: Issue, place: ImagePlace): Promise<PlacedImages> {
  const found = imagesIn(body);
  if (place.archiveUrl !== null) return archiveImages(body, found, { ...place, archiveUrl: place.archiveUrl });
  const sizes = new Map<string, ImageSize>();
  for (const { url, beside } of found) {
    const image = beside === null ? null : await dimensionsOf(place.files, beside);
    if (image?.kind === 'image') sizes.set(url, image.size);
  }
  return { body, sizes, images: [], problems: [] };
}

async function archiveImages(
  body: Issue['body'],
  found: readonly ImageInIssue[],
  { files, archiveUrl, textWidthPx }: ImagePlace & { readonly archiveUrl: string },
): Promise<PlacedImages> {
  const sizes = new Map<string, ImageSize>();
  const moved = new Map<string, string>();
  const images: StoredImage[] = [];
  const problems: Problem[] = [];
  for (const image of found) {
    if (image.beside === null) {
      if (image.url.startsWith(`${archiveUrl}/`)) problems.push({ ...notOurs(image.url), ...placeOf(image) });
      continue;
    }
    const made = await compressImage(files, image.beside, textWidthPx);
    const weighed = made.kind === 'image' ? { ...made, bytes: made.stored.bytes.length } : made;
    // Nobody else has it: where it is missing here, the mail has a hole.
    const severity = made.kind === 'image' ? 'warning' : 'error';
    problems.push(...complaintsOf(weighed, image.beside).map((each) => ({ ...each, severity, ...placeOf(image) }) as const));
    if (made.kind !== 'image') continue;
    const url = archiveUrl + imagePath(made.stored.name);
    moved.set(image.url, url);
    sizes.set(url, made.size);
    images.push(made.stored);
  }
  return { body: moveImages(body, moved), sizes, images, problems };
}

function notOurs(url: string): Problem {
  const advice = 'Lay the image beside the issue, and write its path from there.';
  return { severity: 'warning', rule: 'image-missing', message: `Postrider has no image at ${url}.`, advice };
}

/** What is wrong with an image beside an issue. */
export function complaintsOf(found: FoundImage<{ readonly bytes: number }>, path: string): Problem[] {
  switch (found.kind) {
    case 'absent':
      return complain('image-missing', `There is no file ${path} beside the issue.`, 'Mend the path, or add the file.');
    case 'broken':
      return complain('image-broken', `The image ${path} cannot be read: ${found.why}.`, 'Put a file there that opens.');
    case 'image':
      if (found.bytes <= IMAGE_MAX_BYTES) return [];
      return complain('image-size', `The image ${path} has ${(found.bytes / 1e6).toFixed(1)} MB.`, 'Below one is plenty.');
    default:
      return found satisfies never;
  }
}

function complain(rule: string, message: string, advice: string): Problem[] {
  return [{ severity: 'warning', rule, message, advice }];
}

function placeOf({ line, column }: ImageInIssue): Pick<Problem, 'line' | 'column'> {
  return { ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
}
