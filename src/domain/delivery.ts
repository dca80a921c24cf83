// A delivery: the duty to bring one mailing to one address; one row in the ledger.
import type { Outcome } from './outcome.ts';
import type { Fate } from './returned.ts';
import type { Standing, Subscriber } from './subscription.ts';

/** Names a delivery for good: the mailing and its place in it, counted from 1. */
export interface DeliveryId {
  readonly mailing: number;
  readonly sequence: number;
}

/** A delivery that this process may put on the wire, until the claim runs out. */
export interface ClaimedDelivery extends DeliveryId {
  /** Which claim holds it: a mark or a settlement under another claim has no effect. */
  readonly claim: string;
  readonly edition: number;
  /** When the delivery was opened: its message's Date over all attempts. */
  readonly openedAt: number;
  /** Attempts that ended before this one. */
  readonly attempts: number;
  /** When the first attempt began; null before it. Patience is counted from here. */
  readonly firstTriedAt: number | null;
  readonly subscriber: Subscriber;
  /** Consent and suppression, looked at again at this very moment. */
  readonly standing: Standing;
}

/** How an attempt ended, for the ledger. */
export interface Settlement extends DeliveryId {
  readonly claim: string;
  readonly outcome: Outcome;
  /** Short reason in words of the glossary: `user-unknown`, `ended`, `suppressed`. */
  readonly reason: string | null;
  /** The relay's words. */
  readonly reply: string | null;
  /** When to try again; null where the outcome is final. */
  readonly dueAt: number | null;
  /** False where nothing was tried and the patience stays as it was. */
  readonly countsAsAttempt: boolean;
  readonly at: number;
}

/** A delivery as people ask for it by name. */
export interface DeliveryRecord extends DeliveryId {
  readonly address: string;
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly reply: string | null;
  readonly attempts: number;
  readonly dueAt: number | null;
  readonly settledAt: number | null;
  readonly edition: number;
  /** What came of it after it was accepted; null for nothing that we heard of. */
  readonly fate: { readonly kind: Fate; readonly reason: string; readonly at: number } | null;
}
