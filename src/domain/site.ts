// The site that a newsletter's repository is built into, and the generator that builds it.

export const GENERATORS = ['zola', 'hugo', 'jekyll', 'pelican'] as const;
export type Generator = (typeof GENERATORS)[number];

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
  /** The address of what a link names; null where there is nothing of that name. */
  readonly addressOf: (link: GeneratorLink) => string | null;
}
