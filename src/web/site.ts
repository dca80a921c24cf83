// What every route knows: the pages, the lists, and those who ask.
import type { Joining } from '../flows/join-list.ts';
import type { Pages } from './pages.ts';

export interface SiteList {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  /** Whether whoever joins must confirm it by a letter. */
  readonly isConfirmed: boolean;
}

export interface Site {
  readonly pages: Pages;
  /** Before every path: the path of BASE_URL, without a slash at the end. */
  readonly base: string;
  /** Those that anybody may join. */
  readonly lists: readonly SiteList[];
  readonly joining: Joining;
  /** A list's title, as readers know it. */
  readonly titleOf: (list: string) => string;
  /** `One, Two and Three`. */
  readonly titlesOf: (lists: readonly string[]) => string;
}

export function createSite(parts: Omit<Site, 'titleOf' | 'titlesOf'>): Site {
  const titleOf = (id: string): string => parts.lists.find((list) => list.id === id)?.title ?? id;
  const and = new Intl.ListFormat(parts.pages.language, { type: 'conjunction' });
  return { ...parts, titleOf, titlesOf: (lists) => and.format(lists.map(titleOf)) };
}
