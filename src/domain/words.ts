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

/** The pages: sentences with `{list}`, `{address}` or both. */
export interface PageWords {
  readonly leaveTitle: string;
  readonly leaveQuestion: string;
  readonly leaveButton: string;
  readonly leftTitle: string;
  readonly leftText: string;
  readonly backButton: string;
  readonly backTitle: string;
  readonly backText: string;
  readonly reasonQuestion: string;
  readonly reasonButton: string;
  readonly reasonTitle: string;
  readonly reasonText: string;
  readonly preferencesTitle: string;
  readonly preferencesText: string;
  readonly brokenTitle: string;
  readonly brokenText: string;
  readonly refusedTitle: string;
  readonly refusedText: string;
  readonly faultTitle: string;
  readonly faultText: string;
}
