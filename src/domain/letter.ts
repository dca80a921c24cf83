// A letter: a short mail from Postrider to one reader, who asked for it on a page. It is not a mailing: nobody else gets
// it, and it is written down before it goes, so that a crash neither loses nor doubles it.

/**
 * `confirm`: press the button behind this link. `already`: you are subscribed; nothing to do. `manage`: a link to all that
 * you get.
 */
export type LetterKind = 'confirm' | 'already' | 'manage';

export interface Letter {
  readonly id: number;
  readonly kind: LetterKind;
  readonly subscriber: number;
  readonly address: string;
  /** The lists that were asked for, by id. */
  readonly lists: readonly string[];
  readonly createdAt: number;
  readonly tries: number;
}
