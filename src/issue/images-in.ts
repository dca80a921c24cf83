// The addresses of an issue's images.
import type { Root } from 'hast';
import { visit } from 'unist-util-visit';

export function imagesIn(body: Root): string[] {
  const found = new Set<string>();
  visit(body, 'element', ({ tagName, properties }) => {
    if (tagName === 'img' && typeof properties['src'] === 'string') found.add(properties['src']);
  });
  return [...found];
}
