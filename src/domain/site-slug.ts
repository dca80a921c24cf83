// How site generators write a name into an address.
import type { Generator } from './site.ts';

/** As Zola's `slugify`, Hugo's `urlize`, kramdown and Python-Markdown write a name. */
export function slugIn(generator: Generator, text: string): string {
  switch (generator) {
    case 'zola':
      return plainSlug(text);
    case 'hugo':
      return text
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{M}\p{N}._\s-]/gu, '')
        .replace(/[\s-]+/g, '-');
    case 'pelican':
      return plain(text)
        .replace(/[^\w\s-]/g, '')
        .trim()
        .toLowerCase()
        .replace(/[-\s]+/g, '-');
    case 'jekyll':
      return (
        text
          .replace(/^[^a-zA-Z]+/, '')
          .replace(/[^a-zA-Z0-9 -]/g, '')
          .replace(/ /g, '-')
          .toLowerCase() || 'section'
      );
    default:
      return generator satisfies never;
  }
}

/** Small letters and digits of ASCII, with hyphens between; empty where nothing of that kind is there. */
export function plainSlug(text: string): string {
  return plain(text)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** Without accents and whatever else is not ASCII. */
function plain(text: string): string {
  return text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
}
