// Subscribers, as admins see and change them.
import { sql, type Transaction } from 'kysely';
import type { Address } from '../domain/address.ts';
import type { NewSubscriber, RosterRow } from '../domain/roster.ts';
import type { SubscriptionState } from '../domain/subscription.ts';
import { BY_COMMAND, insertConsent } from './consents.ts';
import type { LedgerDatabase } from './engine.ts';
import { erase, erasedAmong } from './erasure.ts';
import { applyRows } from './imports.ts';
import type { JsonRows } from './json-rows.ts';
import { dropWaitingLetters } from './letters.ts';
import type { SubscriberDetails, SubscriberStore, SubscriptionRow } from './people.ts';
import { parseAttributes, recordOf } from './rows.ts';
import type { Tables } from './schema.ts';

export function subscriberStore(db: LedgerDatabase, each: JsonRows, eraseKey: string): SubscriberStore {
  return {
    async import(rows, list, at) {
      const request = { list, at, import: null, evidence: BY_COMMAND, letterEveryMs: null, isRehearsal: false };
      const imported = await applyRows(db, each, eraseKey, rows.map(asActive), request);
      return imported.map(({ result }) => result);
    },
    end: (key, list, reason, at) => db.transaction().execute((tx) => end(tx, key, list, reason, at)),
    find: (key) => findDetails(db, key),
    page: (list, after, limit) => readPage(db, list, after, limit),
    move: (key, to, at) => db.transaction().execute((tx) => move(tx, eraseKey, key, to, at)),
    erase: (key, at) => db.transaction().execute((tx) => erase(tx, key, eraseKey, at)),
    isErased: async (key) => (await erasedAmong(db, [key], eraseKey)).has(key),
  };
}

function asActive(row: NewSubscriber): RosterRow {
  return { ...row, claim: { state: 'active', reason: null, since: null }, ip: '' };
}

async function end(tx: Transaction<Tables>, key: string, list: string, reason: string, at: number): Promise<boolean> {
  const ended = await tx
    .updateTable('subscriptions')
    .set({ state: 'ended', ended_reason: reason, since_at: at })
    .where('list_id', '=', list)
    .where('subscriber_id', '=', tx.selectFrom('subscribers').select('id').where('address_key', '=', key))
    .where('state', '!=', 'ended')
    .returning('subscriber_id')
    .executeTakeFirst();
  if (!ended) return false;
  await dropWaitingLetters(tx, [Number(ended.subscriber_id)]);
  await insertConsent(tx, { subscriber: Number(ended.subscriber_id), list, kind: 'removed', detail: reason, at, ...BY_COMMAND });
  return true;
}

/** An import can be undone at the new address too. */
async function moveChanges(tx: Transaction<Tables>, from: string, to: string): Promise<void> {
  await tx.deleteFrom('import_changes').where('address_key', '=', to).execute();
  await tx.updateTable('import_changes').set({ address_key: to }).where('address_key', '=', from).execute();
}

/** What is to be sent still goes to the new address; what is on the wire went to the old one. */
async function move(tx: Transaction<Tables>, eraseKey: string, key: string, to: Address, at: number) {
  const row = await tx.selectFrom('subscribers').select(['id', 'address']).where('address_key', '=', key).executeTakeFirst();
  if (!row) return 'unknown';
  const keys = [key, to.key];
  if (await tx.selectFrom('suppressions').select('reason').where('address_key', 'in', keys).executeTakeFirst())
    return 'suppressed';
  const other = await tx.selectFrom('subscribers').select('id').where('address_key', '=', to.key).executeTakeFirst();
  if (other && Number(other.id) !== Number(row.id)) return 'taken';
  if ((await erasedAmong(tx, [to.key], eraseKey)).size > 0) return 'erased';
  const subscriber = Number(row.id);
  await tx.updateTable('subscribers').set({ address: to.address, address_key: to.key }).where('id', '=', subscriber).execute();
  await tx
    .updateTable('deliveries')
    .set({ address: to.address })
    .where('subscriber_id', '=', subscriber)
    .where('outcome', 'in', ['due', 'deferred'])
    .where('claim', 'is', null)
    .execute();
  if (to.key !== key) await moveChanges(tx, key, to.key);
  await insertConsent(tx, { subscriber, list: '', kind: 'moved', detail: row.address, at, ...BY_COMMAND });
  return 'moved';
}

async function readPage(db: LedgerDatabase, list: string, after: number, limit: number): Promise<SubscriptionRow[]> {
  const rows = await db
    // The page first, by the key alone: a planner that knows nothing of the tables yet would join all of them to it.
    .selectFrom((eb) =>
      eb
        .selectFrom('subscriptions')
        .selectAll()
        .where('list_id', '=', list)
        .where('subscriber_id', '>', after)
        .orderBy('subscriber_id')
        .limit(limit)
        .as('page'),
    )
    .innerJoin('subscribers', 'subscribers.id', 'page.subscriber_id')
    .leftJoin('suppressions', 'suppressions.address_key', 'subscribers.address_key')
    .select([
      'subscribers.id',
      'subscribers.address',
      'name',
      'attributes',
      'state',
      'ended_reason',
      'since_at',
      'suppressions.reason as suppression',
    ])
    .orderBy('page.subscriber_id')
    .execute();
  return rows.map((row) => ({
    id: Number(row.id),
    address: row.address,
    name: row.name,
    attributes: parseAttributes(row.attributes),
    state: row.state as SubscriptionState,
    endedReason: row.ended_reason,
    suppression: row.suppression,
    since: Number(row.since_at),
  }));
}

async function findDetails(db: LedgerDatabase, key: string): Promise<SubscriberDetails | undefined> {
  const row = await db.selectFrom('subscribers').selectAll().where('address_key', '=', key).executeTakeFirst();
  if (!row) return undefined;
  const subscriptions = await db
    .selectFrom('subscriptions')
    .selectAll()
    .where('subscriber_id', '=', row.id)
    .orderBy('list_id')
    .execute();
  const suppression = await db.selectFrom('suppressions').selectAll().where('address_key', '=', key).executeTakeFirst();
  const deliveries = await db
    .selectFrom('deliveries')
    .innerJoin('mailings', 'mailings.id', 'deliveries.mailing_id')
    .selectAll('deliveries')
    .select(['issue_id', 'list_id'])
    .where('subscriber_id', '=', row.id)
    .orderBy(sql`opened_at`, 'desc')
    .execute();
  return {
    id: Number(row.id),
    address: row.address,
    name: row.name,
    attributes: parseAttributes(row.attributes),
    createdAt: Number(row.created_at),
    subscriptions: subscriptions.map((each) => ({
      list: each.list_id,
      state: each.state as SubscriptionState,
      endedReason: each.ended_reason,
      since: Number(each.since_at),
    })),
    suppression: suppression ? { reason: suppression.reason, at: Number(suppression.created_at) } : null,
    deliveries: deliveries.map((each) => ({ ...recordOf(each), issue: each.issue_id, list: each.list_id })),
  };
}
