// Subscriber x list, with consent. Only `active` is mailed.

export const SUBSCRIPTION_STATES = ['pending', 'active', 'ended'] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];

/** A subscription by number: subscriber and list as the ledger counts them. */
export interface SubscriptionRef {
  readonly subscriber: number;
  readonly list: number;
}

export interface Subscriber {
  readonly id: number;
  readonly address: string;
  /** Display name; empty where unknown. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** All that decides whether a subscriber may be mailed, as it is now. */
export interface Standing {
  /** Null where there is no subscription any more. */
  readonly state: SubscriptionState | null;
  /** Why the subscription ended; null while it has not. */
  readonly endedReason: string | null;
  /** Why the address is suppressed; null where it is not. */
  readonly suppression: string | null;
}
