// What a reader sees of all subscriptions of an address, and chooses among them.
import type { Kysely, Transaction } from 'kysely';
import type { Evidence } from '../domain/consent.ts';
import type { SubscriptionState } from '../domain/subscription.ts';
import { insertConsent } from './consents.ts';
import { eraseHash } from './erasure.ts';
import { lockSubscriber } from './find-subscription.ts';
import { endByReader } from './leaving.ts';
import type { Choice, Confirmation, Reader } from './people.ts';
import type { Tables } from './schema.ts';

export async function readReader(db: Kysely<Tables>, subscriber: number, askedAt: number): Promise<Reader | undefined> {
  const row = await db
    .selectFrom('subscribers')
    .leftJoin('suppressions', 'suppressions.address_key', 'subscribers.address_key')
    .select(['subscribers.address', 'subscribers.address_key', 'name', 'reason'])
    .where('subscribers.id', '=', subscriber)
    .executeTakeFirst();
  if (!row || (await hasMovedSince(db, subscriber, askedAt))) return undefined;
  const subscriptions = await db.selectFrom('subscriptions').selectAll().where('subscriber_id', '=', subscriber).execute();
  return {
    ...{ address: row.address, key: row.address_key, name: row.name, suppression: row.reason },
    subscriptions: subscriptions.map((each) => ({
      ...{ list: each.list_id, state: each.state as SubscriptionState },
      ...{ endedReason: each.ended_reason, since: Number(each.since_at) },
    })),
  };
}

export async function choose(tx: Transaction<Tables>, eraseKey: string, choice: Choice): Promise<void> {
  const { subscriber, name, offered, wanted, evidence, at } = choice;
  await lockSubscriber(tx, subscriber);
  const before = await readReader(tx, subscriber, choice.askedAt);
  if (!before) return;
  if (before.name !== name) {
    await tx.updateTable('subscribers').set({ name }).where('id', '=', subscriber).execute();
    await insertConsent(tx, { subscriber, list: '', kind: 'renamed', detail: name, at, ...evidence });
  }
  for (const list of offered) {
    const state = before.subscriptions.find((each) => each.list === list)?.state ?? null;
    if (wanted.includes(list) && state !== 'active') await putActive(tx, subscriber, list, evidence, at);
    if (!wanted.includes(list) && state !== null && state !== 'ended')
      await endByReader(tx, { subscriber, list, state }, evidence, at);
  }
  if (wanted.length > 0) await welcomeBack(tx, eraseKey, choice);
}

async function putActive(
  tx: Transaction<Tables>,
  subscriber: number,
  list: string,
  evidence: Evidence,
  at: number,
): Promise<void> {
  const active = { state: 'active', ended_reason: null, since_at: at };
  await tx
    .insertInto('subscriptions')
    .values({ list_id: list, subscriber_id: subscriber, ...active })
    .onConflict((conflict) => conflict.columns(['list_id', 'subscriber_id']).doUpdateSet(active))
    .execute();
  await insertConsent(tx, { subscriber, list, kind: 'confirmed', detail: '', at, ...evidence });
}

/** The reader's own word lifts what an admin's does not: a suppression that is the reader's own, and an erasure. */
export async function welcomeBack(
  tx: Transaction<Tables>,
  eraseKey: string,
  { subscriber, askedAt, mayLift, evidence, at }: Pick<Confirmation, 'subscriber' | 'askedAt' | 'mayLift' | 'evidence' | 'at'>,
): Promise<void> {
  const row = await tx
    .selectFrom('subscribers')
    .leftJoin('suppressions', 'suppressions.address_key', 'subscribers.address_key')
    .select(['subscribers.address_key', 'suppressions.reason', 'suppressions.created_at'])
    .where('subscribers.id', '=', subscriber)
    .executeTakeFirst();
  if (!row) return;
  // What was said after the link was asked for stands.
  if (row.reason !== null && mayLift(row.reason) && Number(row.created_at) <= askedAt) {
    await tx.deleteFrom('suppressions').where('address_key', '=', row.address_key).execute();
    await insertConsent(tx, { subscriber, list: '', kind: 'lifted', detail: row.reason, at, ...evidence });
  }
  await tx.deleteFrom('erased').where('hash', '=', eraseHash(row.address_key, eraseKey)).execute();
}

/** Links that went to the address from before a move are in somebody else's mailbox. */
export async function hasMovedSince(db: Kysely<Tables>, subscriber: number, askedAt: number): Promise<boolean> {
  const moved = await db
    .selectFrom('consents')
    .select('id')
    .where('subscriber_id', '=', subscriber)
    .where('kind', '=', 'moved')
    .where('at', '>=', askedAt)
    .executeTakeFirst();
  return moved !== undefined;
}
