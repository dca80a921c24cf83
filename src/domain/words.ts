// Postrider's own words, as a newsletter's readers see them: one flat file per language, for translators.

export interface Words {
  readonly viewOnWeb: string;
  readonly unsubscribe: string;
  readonly preferences: string;
  readonly forwarded: string;
  readonly contents: string;
  readonly continueReading: string;
  /** With `{list}` and `{address}`. */
  readonly whyYouGetThis: string;
  readonly watchVideo: string;
  readonly listen: string;
  readonly openEmbedded: string;
  readonly footnotes: string;
  readonly backToText: string;
  readonly image: string;
  readonly note: string;
  readonly tip: string;
  readonly important: string;
  readonly warning: string;
  readonly caution: string;
}

/** What `collect` writes into a draft, with `{people}`. */
export interface DraftWords {
  readonly thanks: string;
}

/** Letters to one reader each, with `{lists}` or `{newsletter}`, and `{link}`. */
export interface LetterWords {
  readonly confirmSubject: string;
  readonly confirmLetter: string;
  readonly alreadySubject: string;
  readonly alreadyLetter: string;
  readonly manageSubject: string;
  readonly manageLetter: string;
}

/** The pages: sentences with `{list}` or `{lists}`, and `{address}`. */
export interface PageWords {
  readonly joinTitle: string;
  readonly joinAddress: string;
  readonly joinLists: string;
  readonly joinTrap: string;
  readonly joinButton: string;
  readonly joinPromise: string;
  readonly joinNoAddress: string;
  readonly joinNoList: string;
  readonly joinTooMany: string;
  readonly joinStale: string;
  readonly joinMember: string;
  readonly joinedTitle: string;
  readonly joinedText: string;
  readonly askedTitle: string;
  readonly askedText: string;
  readonly confirmTitle: string;
  readonly confirmQuestion: string;
  readonly confirmButton: string;
  readonly confirmedTitle: string;
  readonly confirmedText: string;
  readonly confirmedLatest: string;
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
  readonly preferencesLink: string;
  readonly linkTitle: string;
  readonly linkText: string;
  readonly linkButton: string;
  readonly linkSentTitle: string;
  readonly linkSentText: string;
  readonly manageTitle: string;
  readonly manageName: string;
  readonly manageButton: string;
  readonly manageSaved: string;
  readonly manageSavedNone: string;
  readonly dataLink: string;
  readonly eraseTitle: string;
  readonly eraseText: string;
  readonly eraseAgree: string;
  readonly eraseButton: string;
  readonly erasedTitle: string;
  readonly erasedText: string;
  readonly archiveTitle: string;
  readonly archiveEmpty: string;
  readonly archiveSubscribe: string;
  readonly archiveFeed: string;
  readonly brokenTitle: string;
  readonly brokenText: string;
  readonly refusedTitle: string;
  readonly refusedText: string;
  readonly faultTitle: string;
  readonly faultText: string;
}
