// What readers do with their own subscriptions, each with its entry in the consent log in the same transaction.
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { ConsentKind, ConsentOrigin, ConsentRecord, Evidence } from '../domain/consent.ts';
import type { SubscriptionState } from '../domain/subscription.ts';
import type { LedgerDatabase } from './engine.ts';
import type { SubscriptionNumber, SubscriptionStore } from './ledger.ts';
import type { Tables } from './schema.ts';

/** The reader ended it, by whatever way: only that can be taken back by the reader within the hour. */
const UNSUBSCRIBED = 'unsubscribed';

export function subscriptionStore(db: LedgerDatabase): SubscriptionStore {
  return {
    find: (ref) => findOne(db, ref),
    leave: (ref, evidence, at) => db.transaction().execute((tx) => leave(tx, ref, evidence, at)),
    comeBack: (ref, after, evidence, at) => db.transaction().execute((tx) => comeBack(tx, ref, after, evidence, at)),
    giveReason: (ref, reason, evidence, at) => db.transaction().execute((tx) => giveReason(tx, ref, reason, evidence, at)),
    async history(subscriber) {
      const rows = await db.selectFrom('consents').selectAll().where('subscriber_id', '=', subscriber).orderBy('id').execute();
      return rows.map(recordOf);
    },
  };
}

async function findOne(db: Kysely<Tables>, { subscriber, list }: SubscriptionNumber) {
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

/** Done twice, or by two requests at once, it is one leaving. */
async function leave(tx: Transaction<Tables>, ref: SubscriptionNumber, evidence: Evidence, at: number): Promise<boolean> {
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
  ref: SubscriptionNumber,
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
  ref: SubscriptionNumber,
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

interface NewConsent extends Omit<ConsentRecord, 'id'> {
  readonly subscriber: number;
}

async function insertConsent(db: Kysely<Tables>, { subscriber, list, ...rest }: NewConsent): Promise<void> {
  const { at, kind, origin, form, words, ip, detail } = rest;
  await db
    .insertInto('consents')
    .values({ at, subscriber_id: subscriber, list_id: list, kind, origin, form, words, ip, detail })
    .execute();
}

function recordOf(row: Selectable<Tables['consents']>): ConsentRecord {
  return {
    id: Number(row.id),
    at: Number(row.at),
    list: row.list_id,
    kind: row.kind as ConsentKind,
    origin: row.origin as ConsentOrigin,
    form: row.form,
    words: row.words,
    ip: row.ip,
    detail: row.detail,
  };
}
