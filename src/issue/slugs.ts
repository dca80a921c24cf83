// What a heading is called on the web page: each generator has a way of its own, and a link that is wrong leads to the top.
import GithubSlugger from 'github-slugger';
import type { Generator } from '../domain/site.ts';

/** Gives each heading its anchor, in order: two of the same words have two. */
export function anchorsBy(generator: Generator | null): (heading: string) => string {
  if (generator === null || generator === 'hugo') {
    const slugger = new GithubSlugger();
    return (heading) => slugger.slug(heading);
  }
  const seen = new Map<string, number>();
  const between = generator === 'pelican' ? '_' : '-';
  return (heading) => {
    const slug = slugIn(generator, heading);
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}${between}${count}`;
  };
}

/** As Zola's `slugify`, kramdown and Python-Markdown write a name. */
export function slugIn(generator: Exclude<Generator, 'hugo'>, text: string): string {
  switch (generator) {
    case 'zola':
      return plain(text)
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '');
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

/** Without accents and whatever else is not ASCII. */
function plain(text: string): string {
  return text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
}
