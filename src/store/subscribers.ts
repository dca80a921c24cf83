// Subscribers and their subscriptions. **Invariant**: an import changes no subscription that is there; only
// new ones are made.
import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { SubscriptionState } from '../domain/subscription.ts';
import type { LedgerDatabase } from './engine.ts';
import type { JsonRows } from './json-rows.ts';
import type { ImportResult, NewSubscriber, SubscriberDetails, SubscriberStore, SubscriptionRow } from './ledger.ts';
import { parseAttributes, recordOf } from './rows.ts';
import type { Tables } from './schema.ts';

export function subscriberStore(db: LedgerDatabase, each: JsonRows): SubscriberStore {
  return {
    import: (rows, list, at) =>
      rows.length === 0 ? Promise.resolve([]) : db.transaction().execute((tx) => importRows(tx, each, { rows, list, at })),

    async end(key, list, reason, at) {
      const subscriber = db.selectFrom('subscribers').select('id').where('address_key', '=', key);
      const { numUpdatedRows } = await db
        .updateTable('subscriptions')
        .set({ state: 'ended', ended_reason: reason, since_at: at })
        .where('list_id', '=', list)
        .where('subscriber_id', '=', subscriber)
        .where('state', '!=', 'ended')
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    find: (key) => findDetails(db, key),

    page: (list, after, limit) => readPage(db, list, after, limit),

    async suppress(key, address, reason, at) {
      const row = { address_key: key, address, reason, created_at: at };
      await db
        .insertInto('suppressions')
        .values(row)
        .onConflict((conflict) => conflict.column('address_key').doNothing())
        .execute();
    },
  };
}

/** What is in the ledger under an import's addresses. */
interface Known {
  readonly name: string;
  readonly attributes: string;
  readonly state: string | null;
}

interface Import {
  readonly rows: readonly NewSubscriber[];
  readonly list: string;
  readonly at: number;
}

async function importRows(tx: Transaction<Tables>, each: JsonRows, { rows, list, at }: Import): Promise<ImportResult[]> {
  const keys = sql`select value ->> 'key' from ${each(rows.map(({ key }) => ({ key })))}`;
  const before = await knownByKey(tx, keys, list);
  const added = rows.filter(({ key }) => !before.has(key)).map((row) => ({ ...row, attributes: JSON.stringify(row.attributes) }));
  if (added.length > 0) {
    await sql`insert into subscribers (address, address_key, name, attributes, created_at)
      select value ->> 'address', value ->> 'key', value ->> 'name', value ->> 'attributes', cast(${at} as bigint) from ${each(added)}`.execute(
      tx,
    );
  }
  for (const row of rows) await updateChanged(tx, row, before.get(row.key));
  await sql`insert into subscriptions (list_id, subscriber_id, state, ended_reason, since_at)
    select ${list}, id, 'active', null, cast(${at} as bigint) from subscribers where address_key in (${keys})
    on conflict (list_id, subscriber_id) do nothing`.execute(tx);
  return rows.map((row) => resultOf(row, before.get(row.key)));
}

function resultOf(row: NewSubscriber, known: Known | undefined): ImportResult {
  if (!known || known.state === null) return 'added';
  if (known.state !== 'active') return 'kept';
  return changesOf(row, known) ? 'updated' : 'unchanged';
}

async function knownByKey(tx: Transaction<Tables>, keys: RawBuilder<unknown>, list: string): Promise<Map<string, Known>> {
  const { rows } = await sql<Known & { address_key: string }>`
    select address_key, name, attributes, state from subscribers
    left join subscriptions on subscriber_id = id and list_id = ${list}
    where address_key in (${keys})`.execute(tx);
  return new Map(rows.map(({ address_key, ...known }) => [address_key, known]));
}

async function updateChanged(tx: Transaction<Tables>, row: NewSubscriber, known: Known | undefined): Promise<void> {
  const changes = known && changesOf(row, known);
  if (changes) await tx.updateTable('subscribers').set(changes).where('address_key', '=', row.key).execute();
}

/** Filled columns win over what is there; empty ones leave it. */
function changesOf(row: NewSubscriber, known: Known): { name: string; attributes: string } | undefined {
  const filled = Object.fromEntries(Object.entries(row.attributes).filter(([, value]) => value !== ''));
  const name = row.name === '' ? known.name : row.name;
  const attributes = JSON.stringify({ ...parseAttributes(known.attributes), ...filled });
  return name === known.name && attributes === known.attributes ? undefined : { name, attributes };
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
