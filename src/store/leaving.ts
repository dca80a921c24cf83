// Leaving, by the reader's own hand, and what belongs to it.
import type { Transaction } from 'kysely';
import type { Evidence } from '../domain/consent.ts';
import type { SubscriptionRef, SubscriptionState } from '../domain/subscription.ts';
import { insertConsent } from './consents.ts';
import { changeable, findOne, lastOf, lockSubscriber } from './find-subscription.ts';
import type { Tables } from './schema.ts';

/** The reader ended it, by whatever way: only that can be taken back by the reader within the hour. */
const UNSUBSCRIBED = 'unsubscribed';

/** Done twice, or by two requests at once, it is one leaving. */
export async function leave(tx: Transaction<Tables>, ref: SubscriptionRef, evidence: Evidence, at: number): Promise<boolean> {
  await lockSubscriber(tx, ref.subscriber);
  const before = await findOne(tx, ref);
  if (!before) return false;
  const { list, state, since } = before;
  const { subscriber } = ref;
  if (state !== 'ended') return endByReader(tx, { subscriber, list, state }, evidence, at);
  // Where somebody else has ended it, that the reader wants it so stands, even if the other takes it back.
  const left = await lastOf(tx, subscriber, list, 'left');
  if (!left || Number(left.at) < since)
    await insertConsent(tx, { subscriber, list, kind: 'left', detail: state, at, ...evidence });
  return false;
}

/** False where another was faster. */
export async function endByReader(
  tx: Transaction<Tables>,
  { subscriber, list, state }: { readonly subscriber: number; readonly list: string; readonly state: SubscriptionState },
  evidence: Evidence,
  at: number,
): Promise<boolean> {
  const { numUpdatedRows } = await changeable(tx, subscriber, list)
    .set({ state: 'ended', ended_reason: UNSUBSCRIBED, since_at: at })
    .where('state', '!=', 'ended')
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await insertConsent(tx, { subscriber, list, kind: 'left', detail: state, at, ...evidence });
  return true;
}

export async function comeBack(
  tx: Transaction<Tables>,
  ref: SubscriptionRef,
  after: number,
  evidence: Evidence,
  at: number,
): Promise<boolean> {
  const before = await findOne(tx, ref);
  if (before?.state !== 'ended' || before.endedReason !== UNSUBSCRIBED) return false;
  const left = await lastOf(tx, ref.subscriber, before.list, 'left');
  if (!left || left.detail === 'ended') return false;
  const { numUpdatedRows } = await changeable(tx, ref.subscriber, before.list)
    .set({ state: left.detail, ended_reason: null, since_at: at })
    .where('state', '=', 'ended')
    .where('ended_reason', '=', UNSUBSCRIBED)
    .where('since_at', '>=', after)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await insertConsent(tx, { subscriber: ref.subscriber, list: before.list, kind: 'came-back', detail: '', at, ...evidence });
  return true;
}

/** One for each leaving; whoever holds an old link cannot fill the log. */
export async function giveReason(
  tx: Transaction<Tables>,
  ref: SubscriptionRef,
  reason: string,
  evidence: Evidence,
  at: number,
): Promise<boolean> {
  const subscription = await findOne(tx, ref);
  if (subscription?.state !== 'ended') return false;
  const { subscriber } = ref;
  const [left, given] = [
    await lastOf(tx, subscriber, subscription.list, 'left'),
    await lastOf(tx, subscriber, subscription.list, 'reason'),
  ];
  if (!left || (given && given.id > left.id)) return false;
  await insertConsent(tx, { subscriber, list: subscription.list, kind: 'reason', detail: reason, at, ...evidence });
  return true;
}
