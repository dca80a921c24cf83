// What a heading is called on the web page: each generator has a way of its own, and a link that is wrong leads to the top.
import GithubSlugger from 'github-slugger';
import type { Generator } from '../domain/site.ts';
import { slugIn } from '../domain/site-slug.ts';

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
