// The part of the ledger's contract that is about people: who is on which list, by whose word, and who must not be mailed.
// As for the whole: each call is one transaction, durable when it resolves; moments are milliseconds since the epoch.
import type { Address } from '../domain/address.ts';
import type { Holding } from '../domain/claim.ts';
import type { ConsentRecord, Evidence } from '../domain/consent.ts';
import type { DeliveryRecord } from '../domain/delivery.ts';
import type { Letter } from '../domain/letter.ts';
import type { NewSubscriber, RosterRow } from '../domain/roster.ts';
import type { Standing, Subscriber, SubscriptionRef, SubscriptionState } from '../domain/subscription.ts';

export interface ListSummary {
  readonly id: string;
  /** The list as links count it. */
  readonly number: number;
  readonly createdAt: number;
  readonly counts: Readonly<Record<SubscriptionState, number>>;
}

export interface ListStore {
  /** Makes the list where it is not there; gives its number. */
  ensure(id: string, at: number): Promise<number>;
  find(id: string): Promise<ListSummary | undefined>;
  all(): Promise<ListSummary[]>;
  /** How many that are active on the list are active on others too, and on which; and of them, who was sent `issue` there. */
  overlaps(id: string, issue: string): Promise<Overlap[]>;
}

export interface Overlap {
  /** The other list. */
  readonly list: string;
  readonly count: number;
  /** Those who are among the recipients of the issue by the other list: they would get it again. */
  readonly haveIssue: number;
}

/** `kept`: the ledger knows better, and the row changes nothing (domain/claim.ts). */
export type ImportResult = 'added' | 'updated' | 'unchanged' | 'kept';

/** An address on one list, before or after an import. */
export interface Person extends Holding {
  /** Whether it is written down as a subscriber; a suppressed address alone is not. */
  readonly isKnown: boolean;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ImportedRow {
  readonly result: ImportResult;
  readonly before: Person;
  readonly after: Person;
}

export interface ImportRequest {
  readonly list: string;
  readonly at: number;
  /** The import under whose number the changes are noted, to be undone by; null for none. */
  readonly import: number | null;
  readonly evidence: Evidence;
  /** Who is added as pending gets a letter to confirm, the first at `at` and the others after it in this distance. */
  readonly letterEveryMs: number | null;
  /** None where the address got one after this. */
  readonly noLetterSince?: number;
  /** Says what would be, and changes nothing. */
  readonly isRehearsal: boolean;
}

export interface ImportRecord {
  readonly id: number;
  readonly at: number;
  readonly list: string;
  /** The file's name. */
  readonly source: string;
  readonly format: string;
  /** What the admin says of the readers' consent. */
  readonly consent: string;
  readonly undoneAt: number | null;
  /** How many addresses it changed and are not undone. */
  readonly changes: number;
}

/** Files of subscribers, and the way back. */
export interface ImportStore {
  /** Gives the number of the import. */
  begin(record: Pick<ImportRecord, 'at' | 'list' | 'source' | 'format' | 'consent'>): Promise<number>;
  /** The results are in the order of the rows. No key may occur twice. */
  apply(rows: readonly RosterRow[], request: ImportRequest): Promise<ImportedRow[]>;
  /** Newest first. */
  all(): Promise<ImportRecord[]>;
  /**
   * Undoes up to `limit` changes: each address is again what it was before, in so far as nobody has changed it since.
   * Nothing is left to undo where it gives zeros.
   */
  undo(id: number, limit: number, at: number): Promise<{ readonly undone: number; readonly changedSince: number }>;
}

export interface Subscription {
  readonly list: string;
  readonly state: SubscriptionState;
  readonly endedReason: string | null;
  readonly since: number;
}

export interface SubscriberDetails extends Subscriber {
  readonly createdAt: number;
  readonly subscriptions: readonly Subscription[];
  readonly suppression: { readonly reason: string; readonly at: number } | null;
  readonly deliveries: readonly (DeliveryRecord & { readonly issue: string; readonly list: string })[];
}

/** A subscription with all that a mailing or an export asks of it. */
export interface SubscriptionRow extends Subscriber, Standing {
  readonly since: number;
}

export interface SubscriberStore {
  /** Adds subscribers to a list as active, by an admin's word; the results are in the same order. No key may occur twice. */
  import(rows: readonly NewSubscriber[], list: string, at: number): Promise<ImportResult[]>;
  /** Ends a subscription. False where there is none that has not ended. */
  end(key: string, list: string, reason: string, at: number): Promise<boolean>;
  find(key: string): Promise<SubscriberDetails | undefined>;
  /** A list's subscriptions, whatever their state, by subscriber id; a page begins after `after`. */
  page(list: string, after: number, limit: number): Promise<SubscriptionRow[]>;
  /** Gives the subscriber another address: the subscriptions, their history and what is still to be sent go with it. */
  move(key: string, to: Address, at: number): Promise<'moved' | 'unknown' | 'taken' | 'suppressed' | 'erased'>;
  /**
   * Forgets all of it but a hash, by which the address is known again where somebody would bring it back. The books of
   * mailings stand, without the address. False where nothing is known.
   */
  erase(key: string, at: number): Promise<boolean>;
  /** Whether the owner of this address had everything erased. */
  isErased(key: string): Promise<boolean>;
}

export interface Suppression {
  readonly key: string;
  readonly address: string;
  readonly reason: string;
  /** An admin's own words; empty for none. */
  readonly note: string;
  readonly since: number;
}

/** Addresses that must not be mailed, whatever list they are on. */
export interface SuppressionStore {
  /** A reason that is there already stays, but where the new one is a reader's own (domain/claim.ts). */
  add(suppression: Suppression): Promise<ImportResult>;
  find(key: string): Promise<Suppression | undefined>;
  /** False where there is none, or for another reason. */
  remove(key: string, reason: string, at: number): Promise<boolean>;
  /** By key; a page begins after `after`. */
  page(after: string, limit: number): Promise<Suppression[]>;
}

export interface JoinRequest {
  readonly address: string;
  readonly key: string;
  readonly lists: readonly string[];
  /** Those of them that take subscribers without a confirmation. */
  readonly unconfirmed?: readonly string[];
  readonly evidence: Evidence;
  readonly at: number;
  /** No letter where the address got one after this. */
  readonly noLetterSince: number;
  /** Whether an address may get one that is suppressed for this reason, or is not. */
  readonly mayGetLetter: (suppression: string | null) => boolean;
}

/** A reader asks for a link to all subscriptions of an address. */
export type LinkRequest = Pick<JoinRequest, 'key' | 'at' | 'noLetterSince' | 'mayGetLetter'>;

/** What readers see of themselves behind such a link. */
export interface Reader {
  readonly address: string;
  readonly key: string;
  readonly name: string;
  readonly subscriptions: readonly Subscription[];
  /** Why the address must not be mailed; null where it may. */
  readonly suppression: string | null;
}

export interface Choice {
  readonly subscriber: number;
  readonly name: string;
  /** When the link was asked for: a suppression from after that stands. */
  readonly askedAt: number;
  /** The lists that the reader was shown, and those of them that are wanted. */
  readonly offered: readonly string[];
  readonly wanted: readonly string[];
  readonly evidence: Evidence;
  readonly at: number;
  readonly mayLift: (suppression: string | null) => boolean;
}

export interface Confirmation {
  readonly subscriber: number;
  readonly lists: readonly number[];
  readonly askedAt: number;
  readonly evidence: Evidence;
  readonly at: number;
  readonly mayLift: (suppression: string | null) => boolean;
}

/** Short mails to one reader each. */
export interface LetterStore {
  due(now: number, limit: number): Promise<Letter[]>;
  /** About to end its data. False where it has been sent, or is being sent, by another. */
  markSent(id: number, at: number): Promise<boolean>;
  /** Not taken: tried again then; null gives it up. No effect where another has marked it; `markedAt`: our own mark. */
  putOff(id: number, dueAt: number | null, markedAt: number | null): Promise<void>;
}

/** What readers do with their own subscriptions. Each change has its entry in the consent log. */
export interface SubscriptionStore {
  find(subscription: SubscriptionRef): Promise<(Subscription & { readonly address: string }) | undefined>;
  /**
   * Somebody asks for lists on behalf of an address. A new subscription waits as `pending`; one that is there stays as it
   * is. A letter is written down where the address may get one. Nothing tells the asker which of it happened.
   */
  ask(request: JoinRequest): Promise<void>;
  /**
   * The owner of the address presses the button behind a link of `askedAt`: what is pending, or ended before that, is
   * active, and a suppression that only the reader may lift is lifted. Gives the lists that are active now.
   */
  confirm(confirmation: Confirmation): Promise<string[]>;
  /** Forgets what has been pending since before then, and with it whoever is known by nothing else. Gives how many. */
  forgetPending(before: number): Promise<number>;
  /** Ends it as `unsubscribed`. False where it is not there or has ended before: then nothing is changed. */
  leave(subscription: SubscriptionRef, evidence: Evidence, at: number): Promise<boolean>;
  /** Takes a leaving back that was not before `after`. False where there is none. */
  comeBack(subscription: SubscriptionRef, after: number, evidence: Evidence, at: number): Promise<boolean>;
  /** Why the reader left, once for each leaving. False where there is none, or it has one. */
  giveReason(subscription: SubscriptionRef, reason: string, evidence: Evidence, at: number): Promise<boolean>;
  /** Writes a letter with a link down, where the address is that of a reader and may get one. Nothing tells the asker. */
  askForLink(request: LinkRequest): Promise<void>;
  /** Undefined where there is none, or where the address is another since then: links went to the old one. */
  reader(subscriber: number, askedAt: number): Promise<Reader | undefined>;
  /** The owner of the address chooses what to get, and under which name. */
  choose(choice: Choice): Promise<void>;
  /** A subscriber's consent log, oldest first. */
  history(subscriber: number): Promise<ConsentRecord[]>;
}
