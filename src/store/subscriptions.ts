// What readers do with their own subscriptions, each with its entry in the consent log in the same transaction.
import type { Kysely, Transaction } from 'kysely';
import type { ConsentKind, Evidence } from '../domain/consent.ts';
import type { SubscriptionRef, SubscriptionState } from '../domain/subscription.ts';
import { consentOf, insertConsent } from './consents.ts';
import type { LedgerDatabase } from './engine.ts';
import { eraseHash, forgetSubscriber, isUnknownOtherwise } from './erasure.ts';
import type { Confirmation, JoinRequest, SubscriptionStore } from './people.ts';
import type { Tables } from './schema.ts';

/** The reader ended it, by whatever way: only that can be taken back by the reader within the hour. */
const UNSUBSCRIBED = 'unsubscribed';

export function subscriptionStore(db: LedgerDatabase, eraseKey: string): SubscriptionStore {
  return {
    find: (ref) => findOne(db, ref),
    ask: (request) => db.transaction().execute((tx) => ask(tx, request)),
    confirm: (confirmation) => db.transaction().execute((tx) => confirm(tx, eraseKey, confirmation)),
    forgetPending: (before) => db.transaction().execute((tx) => forgetPending(tx, before)),
    leave: (ref, evidence, at) => db.transaction().execute((tx) => leave(tx, ref, evidence, at)),
    comeBack: (ref, after, evidence, at) => db.transaction().execute((tx) => comeBack(tx, ref, after, evidence, at)),
    giveReason: (ref, reason, evidence, at) => db.transaction().execute((tx) => giveReason(tx, ref, reason, evidence, at)),
    async history(subscriber) {
      const rows = await db.selectFrom('consents').selectAll().where('subscriber_id', '=', subscriber).orderBy('id').execute();
      return rows.map(consentOf);
    },
  };
}

async function findOne(db: Kysely<Tables>, { subscriber, list }: SubscriptionRef) {
  const row = await db
    .selectFrom('subscriptions')
    .innerJoin('lists', 'lists.id', 'subscriptions.list_id')
    .innerJoin('subscribers', 'subscribers.id', 'subscriptions.subscriber_id')
    .select(['address', 'list_id', 'state', 'ended_reason', 'since_at'])
    .where('lists.number', '=', list)
    .where('subscriptions.subscriber_id', '=', subscriber)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    address: row.address,
    list: row.list_id,
    state: row.state as SubscriptionState,
    endedReason: row.ended_reason,
    since: Number(row.since_at),
  };
}

async function ask(tx: Transaction<Tables>, request: JoinRequest): Promise<void> {
  const { address, key, lists, evidence, at } = request;
  await tx
    .insertInto('subscribers')
    .values({ address, address_key: key, name: '', attributes: '{}', created_at: at })
    .onConflict((conflict) => conflict.column('address_key').doNothing())
    .execute();
  const subscriber = await lockSubscriber(tx, key);
  // However often somebody asks, the ledger grows by one entry a day.
  if (!(await mayGetLetter(tx, subscriber, request))) return;
  for (const list of lists) {
    await tx
      .insertInto('subscriptions')
      .values({ list_id: list, subscriber_id: subscriber, state: 'pending', ended_reason: null, since_at: at })
      .onConflict((conflict) =>
        conflict.columns(['list_id', 'subscriber_id']).doUpdateSet({ since_at: at }).where('subscriptions.state', '=', 'pending'),
      )
      .execute();
    await insertConsent(tx, { subscriber, list, kind: 'asked', detail: '', at, ...evidence });
  }
  const letter = { subscriber_id: subscriber, lists: JSON.stringify(lists), created_at: at, due_at: at, tries: 0, sent_at: null };
  await tx
    .insertInto('letters')
    .values({ ...letter, kind: (await areActive(tx, subscriber, lists)) ? 'already' : 'confirm' })
    .execute();
}

/** Of two who ask at the same moment one comes after the other, and finds the letter of the first. */
async function lockSubscriber(tx: Transaction<Tables>, key: string): Promise<number> {
  const row = await tx
    .updateTable('subscribers')
    .set({ address_key: key })
    .where('address_key', '=', key)
    .returning('id')
    .executeTakeFirstOrThrow();
  return Number(row.id);
}

async function mayGetLetter(
  tx: Transaction<Tables>,
  subscriber: number,
  { key, noLetterSince, mayGetLetter: isAllowed }: JoinRequest,
): Promise<boolean> {
  const suppression = await tx.selectFrom('suppressions').select('reason').where('address_key', '=', key).executeTakeFirst();
  if (!isAllowed(suppression?.reason ?? null)) return false;
  const recent = await tx
    .selectFrom('letters')
    .select('id')
    .where('subscriber_id', '=', subscriber)
    .where('created_at', '>', noLetterSince)
    .executeTakeFirst();
  return recent === undefined;
}

async function areActive(tx: Transaction<Tables>, subscriber: number, lists: readonly string[]): Promise<boolean> {
  const rows = await tx
    .selectFrom('subscriptions')
    .select('list_id')
    .where('subscriber_id', '=', subscriber)
    .where('list_id', 'in', [...lists])
    .where('state', '=', 'active')
    .execute();
  return rows.length === lists.length;
}

async function confirm(tx: Transaction<Tables>, eraseKey: string, confirmation: Confirmation): Promise<string[]> {
  const active: string[] = [];
  for (const number of confirmation.lists) {
    const list = await confirmOne(tx, number, confirmation);
    if (list !== undefined) active.push(list);
  }
  if (active.length > 0) await welcomeBack(tx, eraseKey, confirmation);
  return active;
}

/** A link from before a leaving brings nobody back. */
async function confirmOne(tx: Transaction<Tables>, list: number, confirmation: Confirmation): Promise<string | undefined> {
  const { subscriber, askedAt, evidence, at } = confirmation;
  const before = await findOne(tx, { subscriber, list });
  if (!before || before.state === 'active') return before?.list;
  if (before.state === 'ended' && before.since > askedAt) return undefined;
  await changeable(tx, subscriber, before.list).set({ state: 'active', ended_reason: null, since_at: at }).execute();
  await insertConsent(tx, { subscriber, list: before.list, kind: 'confirmed', detail: before.state, at, ...evidence });
  return before.list;
}

/** The reader's own word lifts what an admin's does not: a suppression that is the reader's own, and an erasure. */
async function welcomeBack(tx: Transaction<Tables>, eraseKey: string, { subscriber, mayLift }: Confirmation): Promise<void> {
  const row = await tx
    .selectFrom('subscribers')
    .leftJoin('suppressions', 'suppressions.address_key', 'subscribers.address_key')
    .select(['subscribers.address_key', 'suppressions.reason'])
    .where('subscribers.id', '=', subscriber)
    .executeTakeFirst();
  if (!row) return;
  if (row.reason !== null && mayLift(row.reason))
    await tx.deleteFrom('suppressions').where('address_key', '=', row.address_key).execute();
  await tx.deleteFrom('erased').where('hash', '=', eraseHash(row.address_key, eraseKey)).execute();
}

async function forgetPending(tx: Transaction<Tables>, before: number): Promise<number> {
  const rows = await tx
    .deleteFrom('subscriptions')
    .where('state', '=', 'pending')
    .where('since_at', '<', before)
    .returning('subscriber_id')
    .execute();
  const subscribers = [...new Set(rows.map((row) => Number(row.subscriber_id)))];
  // Of a stranger who never answered nothing is kept.
  for (const id of subscribers) if (await isUnknownOtherwise(tx, id)) await forgetSubscriber(tx, id);
  return subscribers.length;
}

/** Done twice, or by two requests at once, it is one leaving. */
async function leave(tx: Transaction<Tables>, ref: SubscriptionRef, evidence: Evidence, at: number): Promise<boolean> {
  const before = await findOne(tx, ref);
  if (!before || before.state === 'ended') return false;
  const { numUpdatedRows } = await changeable(tx, ref.subscriber, before.list)
    .set({ state: 'ended', ended_reason: UNSUBSCRIBED, since_at: at })
    .where('state', '!=', 'ended')
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await insertConsent(tx, { subscriber: ref.subscriber, list: before.list, kind: 'left', detail: before.state, at, ...evidence });
  return true;
}

async function comeBack(
  tx: Transaction<Tables>,
  ref: SubscriptionRef,
  after: number,
  evidence: Evidence,
  at: number,
): Promise<boolean> {
  const before = await findOne(tx, ref);
  if (before?.state !== 'ended' || before.endedReason !== UNSUBSCRIBED) return false;
  const left = await lastOf(tx, ref.subscriber, before.list, 'left');
  if (!left) return false;
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
async function giveReason(
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

function changeable(tx: Transaction<Tables>, subscriber: number, list: string) {
  return tx.updateTable('subscriptions').where('list_id', '=', list).where('subscriber_id', '=', subscriber);
}

function lastOf(tx: Transaction<Tables>, subscriber: number, list: string, kind: ConsentKind) {
  return tx
    .selectFrom('consents')
    .selectAll()
    .where('subscriber_id', '=', subscriber)
    .where('list_id', '=', list)
    .where('kind', '=', kind)
    .orderBy('id', 'desc')
    .executeTakeFirst();
}
