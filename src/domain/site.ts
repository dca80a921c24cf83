// The site that a newsletter's repository is built into, and the generator that builds it.

export const GENERATORS = ['zola', 'hugo', 'jekyll', 'pelican'] as const;
export type Generator = (typeof GENERATORS)[number];

export function isGenerator(name: string): name is Generator {
  return (GENERATORS as readonly string[]).includes(name);
}

/** A link that only the generator understands, as an author wrote it. */
export interface GeneratorLink {
  /** `file`: an image or the like, which is copied as it is. */
  readonly kind: 'page' | 'file';
  /** Within the folder of contents, or from the issue's own folder where it `isRelative`. */
  readonly path: string;
  readonly isRelative: boolean;
  /** With its `#`; empty where there is none. */
  readonly anchor: string;
}

export interface Site {
  readonly generator: Generator;
  /** Where a page that names no slug has its own from. */
  readonly slugFrom: SlugSource;
  /** The address of what a link names; null where there is nothing of that name. */
  readonly addressOf: (link: GeneratorLink) => string | null;
}

export type SlugSource = 'title' | 'file';

/** What decides where a generator puts a page. */
export interface AddressSettings {
  readonly slugFrom: SlugSource;
  /**
   * Patterns of addresses in the generator's own notation, by what they are for: a section of Hugo's, a collection of
   * Jekyll's, `*` for all. Empty where its defaults hold.
   */
  readonly permalinks: Readonly<Record<string, string>>;
}

/** What a generator's own settings say of the site; null where they say nothing. */
export interface SiteSettings extends AddressSettings {
  readonly generator: Generator;
  /** The file that says it. */
  readonly file: string;
  readonly title: string | null;
  /** Where the site begins on the web. */
  readonly url: string | null;
  /** Folder of pages, relative to the root. */
  readonly content: string;
  /** BCP 47. */
  readonly language: string | null;
  /** IANA. */
  readonly timezone: string | null;
}
