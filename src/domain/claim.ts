// What a file or an admin claims of an address, and what becomes of it where the ledger knows the address already.
// **Invariants**: no claim brings anybody back who has left, is suppressed or was erased; and of several claims the books
// end the same in whatever order they came, for the one that mails less wins.
import type { SubscriptionState } from './subscription.ts';

/** `reason`: why it ended, or must not be mailed; null for the others. */
export interface Claim {
  readonly state: SubscriptionState | 'suppressed';
  readonly reason: string | null;
  /** Since when, in milliseconds since the epoch; null where the claim does not say. */
  readonly since: number | null;
}

export interface HeldSubscription {
  readonly state: SubscriptionState;
  readonly endedReason: string | null;
  readonly since: number;
}

export interface HeldSuppression {
  readonly reason: string;
  readonly since: number;
}

/** What the ledger holds of an address on one list. */
export interface Holding {
  readonly subscription: HeldSubscription | null;
  readonly suppression: HeldSuppression | null;
}

/** What the readers themselves have said on our pages. */
export interface OwnWord {
  /** Somebody typed the address into a form, and waits for its owner. */
  readonly isAskedFor: boolean;
  /** When the owner last confirmed it; null for never. */
  readonly confirmedAt: number | null;
  /** The owner had everything erased. */
  readonly isErased: boolean;
}

export type MergedClaim = { readonly kind: 'merged'; readonly holding: Holding } | { readonly kind: 'kept' };

const KEPT: MergedClaim = { kind: 'kept' };

/** The holding after the claim, or `kept` where the claim has no say. The same holding is given where nothing changes. */
export function mergeClaim(held: Holding, claim: Claim, own: OwnWord, at: number): MergedClaim {
  if (own.isErased) return KEPT;
  if (claim.state === 'suppressed') return merged({ ...held, suppression: mergeSuppression(held.suppression, claim, at) });
  const { subscription } = held;
  if (subscription === null)
    return merged({
      ...held,
      subscription: { state: claim.state, endedReason: endedReasonOf(claim), since: sinceOf(claim, at) },
    });
  if (claim.state === 'ended') return end(held, subscription, claim, own, at);
  if (subscription.state === 'ended' || (own.isAskedFor && subscription.state === 'pending')) return KEPT;
  if (subscription.state === 'pending' && claim.state === 'active')
    return merged({ ...held, subscription: { state: 'active', endedReason: null, since: claim.since ?? at } });
  if (subscription.state === 'active' && claim.state === 'active' && claim.since !== null && claim.since < subscription.since)
    return merged({ ...held, subscription: { ...subscription, since: claim.since } });
  return merged(held);
}

/** A leaving from before the reader confirmed here is old news. */
function end(held: Holding, subscription: HeldSubscription, claim: Claim, own: OwnWord, at: number): MergedClaim {
  if (subscription.state !== 'ended') {
    if (own.confirmedAt !== null && claim.since !== null && claim.since < own.confirmedAt) return KEPT;
    return merged({ ...held, subscription: { state: 'ended', endedReason: endedReasonOf(claim), since: claim.since ?? at } });
  }
  const endedReason = stronger(subscription.endedReason, endedReasonOf(claim), ENDED_BY_READER);
  const since = Math.max(subscription.since, claim.since ?? 0);
  const isSame = endedReason === subscription.endedReason && since === subscription.since;
  return merged(isSame ? held : { ...held, subscription: { state: 'ended', endedReason, since } });
}

const ENDED_BY_READER = ['unsubscribed', 'complaint'];
/** Reasons that only the reader may lift: an admin, or a file, has no say in them. */
export const LIFTED_BY_READER_ONLY: readonly string[] = ['complaint', 'requested'];

function mergeSuppression(held: HeldSuppression | null, claim: Claim, at: number): HeldSuppression {
  const reason = claim.reason ?? 'manual';
  if (held === null) return { reason, since: claim.since ?? at };
  if (held.reason !== reason)
    return stronger(held.reason, reason, LIFTED_BY_READER_ONLY) === reason ? { reason, since: claim.since ?? at } : held;
  return claim.since !== null && claim.since < held.since ? { reason, since: claim.since } : held;
}

/** A reader's own reason stands before any other; of two that are alike the first by the alphabet. */
function stronger(held: string | null, claimed: string | null, own: readonly string[]): string | null {
  if (held === null || claimed === null) return held ?? claimed;
  const rank = (reason: string): number => (own.includes(reason) ? own.indexOf(reason) : own.length);
  const difference = rank(claimed) - rank(held);
  return difference < 0 || (difference === 0 && claimed < held) ? claimed : held;
}

/** Who is asked now has a week from now, whenever it was that somebody else had asked. */
function sinceOf({ state, since }: Claim, at: number): number {
  return state === 'pending' ? at : (since ?? at);
}

function endedReasonOf({ state, reason }: Claim): string | null {
  return state === 'ended' ? (reason ?? 'removed') : null;
}

function merged(holding: Holding): MergedClaim {
  return { kind: 'merged', holding };
}
