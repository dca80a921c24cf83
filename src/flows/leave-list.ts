// What the link in a mail's footer may do: show whose subscription it is, end it, take that back within the hour, and
// say why. Whoever holds the link was given it by us, or by somebody who forwarded the mail: it opens no other door.
import { maskAddress } from '../domain/address.ts';
import type { Clock } from '../domain/clock.ts';
import type { Evidence } from '../domain/consent.ts';
import type { SubscriptionRef } from '../domain/subscription.ts';
import { readPreferencesToken, readUnsubscribeToken, unsubscribeToken } from '../link/delivery-links.ts';
import { answerToProbe } from '../link/probe.ts';
import type { Ledger } from '../store/ledger.ts';

export interface Leaving {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Newest first. */
  readonly secrets: readonly string[];
}

/** A subscription as its page shows it. */
export interface ShownSubscription {
  readonly list: string;
  /** Mails are forwarded: enough for the reader to know it, too little for anybody else. */
  readonly maskedAddress: string;
  readonly hasLeft: boolean;
  /** The reader left a short time ago, and may take it back. */
  readonly mayComeBack: boolean;
}

const COME_BACK_MS = 60 * 60_000;
const REASON_MAX_CHARACTERS = 500;

/** Undefined for every link that is not ours, whatever is wrong with it. Changes nothing. */
export async function showSubscription(token: string, leaving: Leaving): Promise<ShownSubscription | undefined> {
  const ref = readUnsubscribeToken(token, leaving.secrets);
  return ref && show(ref, leaving);
}

/** The link to change what one gets leads to the same subscription. Changes nothing. */
export async function showByPreferences(
  token: string,
  leaving: Leaving,
): Promise<(ShownSubscription & { readonly leaveToken: string }) | undefined> {
  const ref = readPreferencesToken(token, leaving.secrets);
  const shown = ref && (await show(ref, leaving));
  return shown && { ...shown, leaveToken: unsubscribeToken(ref, leaving.secrets) };
}

/** Done again, it is done already. */
export async function leaveList(token: string, evidence: Evidence, leaving: Leaving): Promise<ShownSubscription | undefined> {
  return act(token, leaving, (ref, at) => leaving.ledger.subscriptions.leave(ref, evidence, at));
}

export async function comeBack(token: string, evidence: Evidence, leaving: Leaving): Promise<ShownSubscription | undefined> {
  return act(token, leaving, (ref, at) => leaving.ledger.subscriptions.comeBack(ref, at - COME_BACK_MS, evidence, at));
}

/** For whoever would know whether a click comes to this ledger; undefined for every other link. */
export function answerProbe(token: string, { ledger, secrets }: Leaving): string | undefined {
  return answerToProbe(token, ledger.identity.id, secrets);
}

/** An empty reason is none. */
export async function giveReason(
  token: string,
  reason: string,
  evidence: Evidence,
  leaving: Leaving,
): Promise<ShownSubscription | undefined> {
  const text = reason
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, REASON_MAX_CHARACTERS);
  return act(token, leaving, async (ref, at) => {
    if (text !== '') await leaving.ledger.subscriptions.giveReason(ref, text, evidence, at);
  });
}

/** Nothing is asked of the ledger before the signature holds. */
async function act(
  token: string,
  leaving: Leaving,
  change: (ref: SubscriptionRef, at: number) => Promise<unknown>,
): Promise<ShownSubscription | undefined> {
  const ref = readUnsubscribeToken(token, leaving.secrets);
  if (!ref) return undefined;
  await change(ref, leaving.clock.now());
  return show(ref, leaving);
}

async function show(ref: SubscriptionRef, { ledger, clock }: Leaving): Promise<ShownSubscription | undefined> {
  const subscription = await ledger.subscriptions.find(ref);
  if (!subscription) return undefined;
  const { address, list, state, endedReason, since } = subscription;
  const hasLeft = state === 'ended';
  return {
    list,
    maskedAddress: maskAddress(address),
    hasLeft,
    mayComeBack: hasLeft && endedReason === 'unsubscribed' && since >= clock.now() - COME_BACK_MS,
  };
}
