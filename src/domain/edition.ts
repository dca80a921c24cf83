// An edition: the frozen content of a mailing. Once opened it never changes; a mailing may have several.
import { createHash } from 'node:crypto';
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

/** Where an edition came from. */
export interface Provenance {
  /** Full hash of the commit that was checked out; null where the issue is not in git. */
  readonly commit: string | null;
  /** True where something that the mail is made of differed from that commit. */
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

/** SHA-256, hex: the same content has the same hash wherever it is made. */
export function hashOf(content: EditionContent): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
