// The ledger: the SQL record of who is subscribed, what is to be sent and what became of it. The only truth.
// This file is its contract; one suite (tests/contracts/ledger.ts) holds every engine to it.
//
// All moments are milliseconds since the epoch. Every call is one transaction, durable when it resolves,
// and may be made again after a crash.

import type { CrewMember } from '../domain/crew.ts';
import type { ClaimedDelivery, DeliveryId, DeliveryRecord, Settlement } from '../domain/delivery.ts';
import type { Edition, EditionContent, Provenance } from '../domain/edition.ts';
import type { StoredImage } from '../domain/image.ts';
import type { Books, Mailing, MailingEvent, MailingEventKind, MailingState, Slice } from '../domain/mailing.ts';
import type { Outcome, OutcomeCounts } from '../domain/outcome.ts';
import type { Consequence, Fate, NewReturn, ReturnedTo, ReturnRecord } from '../domain/returned.ts';
import type { Subscriber } from '../domain/subscription.ts';
import type { ImportStore, LetterStore, ListStore, SubscriberStore, SubscriptionStore, SuppressionStore } from './people.ts';

export interface Ledger {
  readonly identity: LedgerIdentity;
  readonly lists: ListStore;
  readonly subscribers: SubscriberStore;
  readonly subscriptions: SubscriptionStore;
  readonly suppressions: SuppressionStore;
  readonly imports: ImportStore;
  readonly letters: LetterStore;
  readonly secrets: SecretStore;
  readonly mailings: MailingStore;
  readonly deliveries: DeliveryStore;
  readonly returns: ReturnStore;
  readonly images: ImageStore;
  readonly crew: CrewStore;
  readonly rates: RateStore;
  /** The clock that all processes on this ledger go by. */
  now(): Promise<number>;
  close(): Promise<void>;
}

export interface LedgerIdentity {
  readonly id: string;
  readonly createdAt: number;
  /** Where it was moved to; null while it is in use. A ledger that was moved must not send any more. */
  readonly movedTo: string | null;
}

export interface NewMailing {
  readonly issue: string;
  readonly list: string;
  readonly content: EditionContent;
  readonly provenance: Provenance;
  /** What the archive is to serve for it. */
  readonly images?: readonly StoredImage[];
  /** Not before this; at once where it is left out. */
  readonly startsAt?: number | undefined;
  readonly at: number;
}

/** A page of subscriptions, decided upon. The recipients get the newest edition. */
export interface OpenedPage {
  readonly mailing: number;
  /** Where the page began; the page is refused where another process has opened it meanwhile. */
  readonly after: number;
  readonly through: number;
  readonly recipients: readonly Pick<Subscriber, 'id' | 'address'>[];
  readonly excluded: readonly { readonly subscriber: number; readonly reason: string }[];
  readonly at: number;
}

export interface StateChange {
  readonly mailing: number;
  readonly from: readonly MailingState[];
  readonly to: MailingState;
  /** Why, where it happened by itself; null where a person wanted it. */
  readonly reason: string | null;
  readonly event: MailingEventKind;
  /** For the mailing's history. */
  readonly detail: string;
  readonly at: number;
}

export interface EditionBooks {
  readonly edition: number;
  readonly counts: OutcomeCounts;
}

export interface PublishedIssue {
  readonly issue: string;
  readonly url: string;
  readonly title: string;
  /** `YYYY-MM-DD`; null where the issue has none. */
  readonly day: string | null;
  readonly publishedAt: number;
}

export interface MailingStore {
  /** Opens a mailing with its first edition, or gives the one that is there: (issue, list) is unique. */
  create(mailing: NewMailing): Promise<{ readonly mailing: Mailing; readonly isNew: boolean }>;
  find(issue: string, list: string): Promise<Mailing | undefined>;
  get(id: number): Promise<Mailing>;
  /** Newest first. */
  all(): Promise<Mailing[]>;
  editions(mailing: number): Promise<Edition[]>;
  /** Appends deliveries and exclusions. False where the page had been opened before. */
  openPage(page: OpenedPage): Promise<boolean>;
  /** All deliveries are written down: `opening` becomes `sending`. */
  endOpening(id: number, at: number): Promise<void>;
  /** Changes the state and writes the event down; false, and nothing is written, where it is not one of `from`. */
  changeState(change: StateChange): Promise<boolean>;
  /**
   * `sending` becomes `finished` where nothing waits any more; false, and nothing is changed, where something does.
   * `doubt` says what the editor is to hear about those that are unknown.
   */
  finish(id: number, at: number, doubt: (unknown: number) => string): Promise<boolean>;
  /** A cancelled mailing of which nothing waits any more. */
  close(id: number, at: number): Promise<void>;
  /** A process looks after it. */
  touch(id: number, at: number): Promise<void>;
  /** Those that are being worked on: `opening`, `sending`, and `cancelled` while deliveries of it still wait. */
  underWay(): Promise<Mailing[]>;
  /** Adds an edition, or gives the newest where that has the same content. */
  addEdition(mailing: number, content: EditionContent, provenance: Provenance, at: number): Promise<Edition>;
  /** Gives the edition to those of a slice that nobody has tried or holds. Gives how many. */
  assignEdition(edition: Pick<Edition, 'id' | 'mailing'>, within: Slice, now: number): Promise<number>;
  booksByEdition(id: number): Promise<EditionBooks[]>;
  /** The issues that readers may read on the web, each address once, newest first. */
  published(now: number): Promise<PublishedIssue[]>;
  /** The one at an address. */
  publishedAt(url: string, now: number): Promise<EditionContent | undefined>;
  record(event: Omit<MailingEvent, 'id'>): Promise<void>;
  /** In order. */
  events(mailing: number): Promise<MailingEvent[]>;
  /** Events that nobody has been told of yet. */
  untold(): Promise<MailingEvent[]>;
  /** False where somebody else was faster. */
  markTold(event: number, at: number): Promise<boolean>;
  books(id: number): Promise<Books>;
  /** The slices, or the given one, with deliveries that wait, and when the first of each can be had. */
  waiting(id: number, within?: Slice): Promise<readonly (Slice & { readonly dueAt: number })[]>;
}

export interface ClaimRequest extends Slice {
  readonly claim: string;
  readonly limit: number;
  readonly now: number;
  readonly until: number;
}

export interface DeliveryFilter {
  readonly outcome?: Outcome;
  readonly fate?: Fate;
  /** Those with a higher sequence only. */
  readonly after?: number;
  readonly limit: number;
}

/**
 * What becomes of the unknown. `resend`: due again. `resend-once`: so too, but for those that were sent again
 * before. `skip`: they stay unknown, and nobody is asked about them any more.
 */
export type UnknownDecision = 'resend' | 'resend-once' | 'skip';

export interface DeliveryStore {
  /**
   * Takes deliveries of a slice that are due and that nobody holds, in order. None while the mailing may not be
   * worked on: before its time, paused, cancelled.
   */
  claim(request: ClaimRequest): Promise<ClaimedDelivery[]>;
  /** Prolongs claims that are still held under their name. */
  renew(held: readonly (DeliveryId & { readonly claim: string })[], until: number): Promise<void>;
  /**
   * Sets the mark "about to end the data". True is durable and gives leave to end it; false: the claim is
   * not ours any more, and the data must not be ended.
   */
  mark(delivery: DeliveryId & { readonly claim: string }, at: number): Promise<boolean>;
  /** Records how an attempt ended. No effect where the claim is not ours any more. */
  settle(settlement: Settlement): Promise<void>;
  /** Gives claims back unused. */
  release(held: readonly (DeliveryId & { readonly claim: string })[]): Promise<void>;
  /**
   * Marked, never answered, and the claim has run out: unknown; but where it came back, accepted. Gives how many, in the
   * slice or in all.
   */
  settleAbandoned(mailing: number, now: number, within?: Slice): Promise<number>;
  /** What waits in a slice and nobody holds becomes withheld, for a reason. Gives how many. */
  withhold(within: Slice, reason: string, now: number): Promise<number>;
  /** Settles the unknown of a mailing, or of a slice. Gives how many. */
  resolveUnknown(mailing: number, decision: UnknownDecision, now: number, within?: Slice): Promise<number>;
  /** Refusals with one of the reasons, and those given up on, are due again, as if never tried. Gives how many. */
  requeue(mailing: number, reasons: readonly string[], now: number): Promise<number>;
  list(mailing: number, filter: DeliveryFilter): Promise<DeliveryRecord[]>;
}

/** A recipient of a mailing whose message came back or was refused. */
export interface CameBack {
  readonly address: string;
  /** Null where the relay refused it, or it was given up. */
  readonly fate: Fate | null;
  readonly reason: string;
  /** What was said; empty where nothing was. */
  readonly words: string;
}

/** What comes back, and what follows from it. */
export interface ReturnStore {
  /**
   * Writes a return down, once, and does what `judge` says of whoever it is about: the fate of the delivery, which is
   * `accepted` from now on where it was in doubt, and the suppression, with the end of the subscriptions.
   */
  record(returned: NewReturn, judge: (to: ReturnedTo) => Consequence): Promise<'recorded' | 'known'>;
  /** The relay refused a recipient: settles the delivery, and suppresses the address where `judge` gives a reason. */
  refuse(settlement: Settlement, judge: (to: ReturnedTo) => string | null): Promise<void>;
  isKnown(fingerprint: string): Promise<boolean>;
  /** Newest first. */
  latest(limit: number): Promise<ReturnRecord[]>;
  fates(mailing: number): Promise<Readonly<Record<Fate, number>>>;
  /** Recipients of a mailing who left its list before the next mailing to it. */
  left(mailing: number): Promise<number>;
  /** In the order of the deliveries. */
  ofMailing(mailing: number): Promise<CameBack[]>;
  /** The delivery to an address that the relay accepted under this id of its own. */
  findByReply(key: string, relayId: string): Promise<DeliveryId | undefined>;
}

/** Images of issues, for the archive to serve from any machine. */
export interface ImageStore {
  /** What is there under the same name stays. */
  add(images: readonly StoredImage[], at: number): Promise<void>;
  find(name: string): Promise<StoredImage | undefined>;
}

/** Which secrets have signed what is out there: links in old mails must go on working. */
export interface SecretStore {
  /** The marks of those that were used, oldest first. */
  used(): Promise<readonly { readonly mark: string; readonly firstUsedAt: number }[]>;
  note(mark: string, at: number): Promise<void>;
}

/** Who is at work on this ledger. */
export interface CrewStore {
  /** Says that a process is there. */
  beat(member: CrewMember): Promise<void>;
  leave(id: string): Promise<void>;
  /** Those heard of since `since`. */
  present(since: number): Promise<CrewMember[]>;
  /** Takes the lead, or keeps it, until `until`. False where somebody else has it. */
  lead(name: string, holder: string, now: number, until: number): Promise<boolean>;
  release(name: string, holder: string): Promise<void>;
}

/** How much may be handed to a relay; 0 means without limit. */
export interface RateLimits {
  readonly relay: string;
  readonly perSecond: number;
  readonly perHour: number;
  readonly perDay: number;
}

/**
 * Permits to hand messages to a relay, shared by all processes on the ledger. They are counted before the wire
 * and given back unused, so that a crash errs on the side of too few.
 */
export interface RateStore {
  /** Takes up to `wanted` permits. Where none is granted, `retryAt` says when to ask again. */
  take(limits: RateLimits, wanted: number, now: number): Promise<{ readonly granted: number; readonly retryAt: number }>;
  giveBack(relay: string, unused: number, takenAt: number): Promise<void>;
}
