// Consent: who may write to whom, since when, and how we know. The log of it is only ever added to.

/**
 * What happened to a subscription. `asked`: somebody typed the address into a form. `confirmed`: its owner pressed the
 * button behind the mailed link. `came-back`: a leaving was taken back within the hour. `reason`: why it ended.
 * `imported`, `undone`: a file brought it, and that was taken back. `removed`: an admin ended it. `returned`: mail came back, or was
 * called spam. `suppressed`, `lifted`:
 * the address must not be mailed, or may again. `moved`: the reader has another address. `renamed`: another name.
 */
export type ConsentKind =
  | 'asked'
  | 'confirmed'
  | 'left'
  | 'came-back'
  | 'reason'
  | 'imported'
  | 'undone'
  | 'removed'
  | 'returned'
  | 'suppressed'
  | 'lifted'
  | 'moved'
  | 'renamed';

/** How it reached us. `one-click`: the reader's mail program, by RFC 8058. `mail`: a mail to us. `command`: an admin's own hand. */
export type ConsentOrigin = 'web' | 'one-click' | 'mail' | 'import' | 'command';

/** What shows that it was so. */
export interface Evidence {
  readonly origin: ConsentOrigin;
  /** Which page it was done with. */
  readonly form: string;
  /** The words that the reader saw and agreed to. */
  readonly words: string;
  /** Where the request came from. */
  readonly ip: string;
}

export interface ConsentRecord extends Evidence {
  readonly id: number;
  readonly at: number;
  /** Empty where it is about the address, whatever the list. */
  readonly list: string;
  readonly kind: ConsentKind;
  /** A leaving, or an end by returned mail: the state before it. A reason: the reader's own words. An import: what it brought. A move: the address before. */
  readonly detail: string;
}
