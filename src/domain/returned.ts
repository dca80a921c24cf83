// A return: a message that comes back, or comes in its place (GLOSSARY), what it reports, and what the ledger knows of
// whom it is about.
import type { DeliveryId } from './delivery.ts';
import type { Outcome } from './outcome.ts';

/**
 * `bounce`: not delivered, for good. `delayed`: still tried. `delivered`: it has arrived, or was handed on. `complaint`: a
 * reader called it spam. `auto-reply`: a program answered. `other`: ordinary mail.
 */
export type ReturnKind = 'bounce' | 'delayed' | 'delivered' | 'complaint' | 'auto-reply' | 'other';

/** Of one recipient. */
export interface ReturnReport {
  readonly kind: ReturnKind;
  /** The address that it is about, as the report writes it; null where it does not say. */
  readonly recipient: string | null;
  /** Enhanced status code (RFC 3463): `5.1.1`; null where there is none. */
  readonly status: string | null;
  /** What was said, on one line and shortened; empty for nothing. */
  readonly words: string;
}

/** A report, understood. */
export interface ReadReport extends ReturnReport {
  /** In one word (returns/reason.ts). */
  readonly reason: string;
  /** The address does not exist any more, and the words prove it: the only hard bounce. */
  readonly isGone: boolean;
}

/** How returned mail comes in: by SMTP, from a mailbox (IMAP) or a Maildir, by a pipe, or by a provider's webhook. */
export type Way = 'listener' | 'mailbox' | 'maildir' | 'pipe' | 'amazon' | 'mailgun' | 'postmark';

/** What becomes of a delivery after it was accepted. */
export const FATES = ['bounced', 'complained'] as const;
export type Fate = (typeof FATES)[number];

export function isFate(text: string): text is Fate {
  return (FATES as readonly string[]).includes(text);
}

/** A return to be written down. */
export interface NewReturn {
  /** One and the same for the same return, however it comes and however often. */
  readonly fingerprint: string;
  readonly at: number;
  readonly way: Way;
  readonly reports: readonly ReadReport[];
  /** The delivery that it names by our own signature, or by the word of a provider whose signature holds; null for none. */
  readonly delivery: DeliveryId | null;
  /** A provider's signature holds: its word about an address is believed where no delivery is named. */
  readonly isVerified: boolean;
  /** What was done about it already; empty for nothing. */
  readonly effect: string;
}

/** One of a reader's other deliveries, for those who ask whether mail keeps coming back. */
export interface PastDelivery {
  readonly mailing: number;
  /** When it was settled; when it was opened where it is not. */
  readonly at: number;
  readonly outcome: Outcome;
  readonly fate: Fate | null;
  /** Of the fate, or else of the outcome. */
  readonly reason: string | null;
}

/** Whom a return is about. */
export interface ReturnedTo {
  readonly address: string;
  /** When the delivery was opened; null where only the address is known. */
  readonly openedAt: number | null;
  /** When the reader, or an admin, last said that mail shall go there; null for never. */
  readonly trustedAt: number | null;
  /** The reader's other deliveries, newest first. */
  readonly past: readonly PastDelivery[];
}

/** What is to be done about a return. */
export interface Consequence {
  readonly fate: Fate | null;
  readonly reason: string | null;
  /** Why the address must not be mailed any more; null where it may. */
  readonly suppression: string | null;
}

/** A line of the record of returns. */
export interface ReturnRecord extends ReadReport {
  readonly at: number;
  readonly way: Way;
  readonly delivery: DeliveryId | null;
  /** What it led to: `bounced`, `complained`, `settled`, `left`, and after a comma the suppression; empty for nothing. */
  readonly effect: string;
}
