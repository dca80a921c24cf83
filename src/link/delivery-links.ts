// The signed names that one delivery carries: links for the reader, the return path, the Message-ID.
// All of them stay the same over all attempts.
import type { DeliveryId } from '../domain/delivery.ts';
import type { SubscriptionRef } from '../domain/subscription.ts';
import { type Purpose, signToken, verifyToken } from './token.ts';

export interface LinkSettings {
  /** Where Postrider's own pages are, without a slash at the end. */
  readonly baseUrl: string;
  /** Newest first. */
  readonly secrets: readonly string[];
}

export function unsubscribeUrl(ref: SubscriptionRef, { baseUrl, secrets }: LinkSettings): string {
  return `${baseUrl}/u/${unsubscribeToken(ref, secrets)}`;
}

export function unsubscribeToken(ref: SubscriptionRef, secrets: readonly string[]): string {
  return signToken('unsubscribe', [ref.subscriber, ref.list], secrets);
}

export function readUnsubscribeToken(token: string, secrets: readonly string[]): SubscriptionRef | undefined {
  return readRef('unsubscribe', token, secrets);
}

export function readPreferencesToken(token: string, secrets: readonly string[]): SubscriptionRef | undefined {
  return readRef('preferences', token, secrets);
}

/** A link has one spelling, ours; in an address, which mail systems rewrite, capitals are let pass. */
function readRef(purpose: Purpose, token: string, secrets: readonly string[]): SubscriptionRef | undefined {
  if (token !== token.toLowerCase()) return undefined;
  const [subscriber, list, ...rest] = verifyToken(purpose, token, secrets) ?? [];
  return subscriber === undefined || list === undefined || rest.length > 0 ? undefined : { subscriber, list };
}

export function preferencesUrl(ref: SubscriptionRef, { baseUrl, secrets }: LinkSettings): string {
  return `${baseUrl}/p/${signToken('preferences', [ref.subscriber, ref.list], secrets)}`;
}

/** For List-Unsubscribe by mail: the same right as the link, in the address. */
export function unsubscribeAddress(ref: SubscriptionRef, domain: string, secrets: readonly string[]): string {
  return `u-${signToken('unsubscribe', [ref.subscriber, ref.list], secrets)}@${domain}`;
}

/** A variable envelope return path (VERP): a return to it names its delivery, and nobody can invent one. */
export function verpAddress(delivery: DeliveryId, domain: string, secrets: readonly string[]): string {
  return `r-${signToken('return', [delivery.mailing, delivery.sequence], secrets)}@${domain}`;
}

/** The delivery that a return path names; undefined where it is not one of ours. */
export function deliveryOfVerp(address: string, secrets: readonly string[]): DeliveryId | undefined {
  const token = /^r-([a-z2-7]+)@/i.exec(address)?.[1];
  return token === undefined ? undefined : readDelivery('return', token, secrets);
}

// As long as the shortest of our tokens: sixteen characters of signature, and two numbers.
const TOKEN = /[a-z2-7]{18,40}/gi;
const TOKENS_MAX = 2_000;

/**
 * The delivery that some text names by our own signature, wherever mail systems have put it: in a return path that was
 * rewritten on its way, in a Message-ID. Undefined where there is none.
 */
export function deliveryNamedIn(text: string, secrets: readonly string[]): DeliveryId | undefined {
  for (const [token] of [...text.matchAll(TOKEN)].slice(0, TOKENS_MAX))
    for (const purpose of ['return', 'message-id'] as const) {
      const delivery = readDelivery(purpose, token, secrets);
      if (delivery) return delivery;
    }
  return undefined;
}

function readDelivery(purpose: Purpose, token: string, secrets: readonly string[]): DeliveryId | undefined {
  const [mailing, sequence, ...rest] = verifyToken(purpose, token, secrets) ?? [];
  return mailing === undefined || sequence === undefined || rest.length > 0 ? undefined : { mailing, sequence };
}

/** Signed with the oldest secret, for it must stay when a newer one is put before it between two attempts. */
export function messageId(delivery: DeliveryId, domain: string, secrets: readonly string[]): string {
  return `${signToken('message-id', [delivery.mailing, delivery.sequence], secrets.slice(-1))}@${domain}`;
}
