// Postrider's own words, as a newsletter's readers see them: one flat file per language, for translators.

export interface Words {
  readonly viewOnWeb: string;
  readonly unsubscribe: string;
  readonly preferences: string;
  /** With `{list}` and `{address}`. */
  readonly whyYouGetThis: string;
  readonly watchVideo: string;
  readonly listen: string;
  readonly openEmbedded: string;
  readonly footnotes: string;
  readonly backToText: string;
  readonly image: string;
}
