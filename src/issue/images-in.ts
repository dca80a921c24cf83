// The images of an issue: where they come from, and from somewhere else.
import type { Root } from 'hast';
import { visit } from 'unist-util-visit';

export interface ImageInIssue {
  readonly url: string;
  /** The path as it was written, of one beside the issue; null for any other. */
  readonly beside: string | null;
  readonly line?: number;
  readonly column?: number;
}

/** Each address once. */
export function imagesIn(body: Root): ImageInIssue[] {
  const found = new Map<string, ImageInIssue>();
  visit(body, 'element', ({ tagName, properties: { src }, data, position }) => {
    if (tagName !== 'img' || typeof src !== 'string' || found.has(src)) return;
    const start = position?.start;
    const beside = data?.beside?.split(/[?#]/)[0] ?? null;
    found.set(src, { url: src, beside, ...(start && { line: start.line, column: start.column }) });
  });
  return [...found.values()];
}

/** The same body, with the images that `elsewhere` names by their old address, and links to them, at their new one. */
export function moveImages(body: Root, elsewhere: ReadonlyMap<string, string>): Root {
  if (elsewhere.size === 0) return body;
  const moved = structuredClone(body);
  visit(moved, 'element', ({ tagName, properties }) => {
    const name = tagName === 'img' ? 'src' : 'href';
    const url = elsewhere.get(String(properties[name]));
    if (url !== undefined) properties[name] = url;
  });
  return moved;
}
