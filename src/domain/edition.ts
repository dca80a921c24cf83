// An edition: the frozen content of a mailing. Once opened it never changes; a mailing may have several.
import type { IssuePage, SlottedText } from './email.ts';
import type { Mailbox } from './mailbox.ts';

/** All that is needed to compose every message of a mailing without the repository at hand. */
export interface EditionContent {
  readonly issue: string;
  readonly list: ListIdentity;
  readonly from: Mailbox;
  readonly replyTo: Mailbox | null;
  readonly subject: string;
  readonly html: SlottedText;
  readonly text: SlottedText;
  /** For the archive; editions from before there was one have none. */
  readonly page?: IssuePage;
  /** The issue's web address, for Archived-At (RFC 5064). */
  readonly url: string;
  /** Where Postrider's own pages are, without a slash at the end. */
  readonly baseUrl: string;
  /** Domain of signed return paths; null where returns go to a plain mailbox. */
  readonly returnsDomain: string | null;
  /** The plain mailbox for returns where there is no returns domain. */
  readonly returnPath: string;
}

/** A list as the headers name it. */
export interface ListIdentity {
  readonly id: string;
  readonly title: string;
  /** RFC 2919, without the angle brackets: `monthly.newsletter.example`. */
  readonly listId: string;
}

/** Where the issue's text came from. */
export interface Provenance {
  /** Full commit hash; null where the file is not in git. */
  readonly commit: string | null;
  /** True where the file differed from that commit. */
  readonly isModified: boolean;
}

export interface Edition {
  readonly id: number;
  readonly mailing: number;
  readonly number: number;
  /** SHA-256 of the content, hex. */
  readonly hash: string;
  readonly provenance: Provenance;
  readonly createdAt: number;
  readonly content: EditionContent;
}
