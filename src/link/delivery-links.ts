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
  return token === token.toLowerCase() ? readRef('unsubscribe', token, secrets) : undefined;
}

export function readPreferencesToken(token: string, secrets: readonly string[]): SubscriptionRef | undefined {
  return token === token.toLowerCase() ? readRef('preferences', token, secrets) : undefined;
}

/** A link has one spelling, ours; in an address, which mail systems rewrite, capitals are let pass. */
function readRef(purpose: Purpose, token: string, secrets: readonly string[]): SubscriptionRef | undefined {
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

/** The subscription that an address of List-Unsubscribe names; undefined where there is none among the addresses. */
export function unsubscribeNamedIn(addresses: string, secrets: readonly string[]): SubscriptionRef | undefined {
  for (const [, token = ''] of [...addresses.matchAll(/\bu-([a-z2-7]{18,44})@/gi)].slice(0, TOKENS_MAX)) {
    const ref = readRef('unsubscribe', token, secrets);
    if (ref) return ref;
  }
  return undefined;
}

/** A variable envelope return path (VERP): a return to it names its delivery, and nobody can invent one. */
export function verpAddress(delivery: DeliveryId, domain: string, secrets: readonly string[]): string {
  return `r-${signToken('return', [delivery.mailing, delivery.sequence], secrets)}@${domain}`;
}

// As long as the shortest of our tokens: sixteen characters of signature, and two numbers.
const TOKEN = /[a-z2-7]{18,44}/gi;
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

/**
 * The delivery's own name, for its Message-ID and a header of ours. Signed with the oldest secret, for it must stay when a
 * newer one is put before it between two attempts.
 */
export function deliveryName({ mailing, sequence }: DeliveryId, secrets: readonly string[]): string {
  return signToken('message-id', [mailing, sequence], secrets.slice(-1));
}
