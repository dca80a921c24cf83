// One subscription, by the numbers that links count it by: to be read, to be changed, and to be alone with.
import type { Kysely, Transaction } from 'kysely';
import type { ConsentKind } from '../domain/consent.ts';
import type { SubscriptionRef, SubscriptionState } from '../domain/subscription.ts';
import type { Tables } from './schema.ts';

export async function findOne(db: Kysely<Tables>, { subscriber, list }: SubscriptionRef) {
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

/** To be changed. */
export function changeable(tx: Transaction<Tables>, subscriber: number, list: string) {
  return tx.updateTable('subscriptions').where('list_id', '=', list).where('subscriber_id', '=', subscriber);
}

/** Of two who speak for one reader at the same moment one comes after the other, and finds what the first has done. */
export async function lockSubscriber(tx: Transaction<Tables>, id: number): Promise<void> {
  await tx
    .updateTable('subscribers')
    .set((eb) => ({ name: eb.ref('name') }))
    .where('id', '=', id)
    .execute();
}

/** The last entry of a kind in the consent log. */
export function lastOf(tx: Transaction<Tables>, subscriber: number, list: string, kind: ConsentKind) {
  return tx
    .selectFrom('consents')
    .selectAll()
    .where('subscriber_id', '=', subscriber)
    .where('list_id', '=', list)
    .where('kind', '=', kind)
    .orderBy('id', 'desc')
    .executeTakeFirst();
}
