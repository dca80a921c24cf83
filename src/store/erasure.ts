// Who was erased is known by a hash alone, under the ledger's own key, which never changes.
import { createHmac } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { addressKey } from '../domain/address.ts';
import { lockSubscriber } from './find-subscription.ts';
import type { Tables } from './schema.ts';

export function eraseHash(addressKey: string, eraseKey: string): string {
  return createHmac('sha256', eraseKey).update(addressKey).digest('hex');
}

/** Those of the keys whose owners had everything erased. */
export async function erasedAmong(db: Kysely<Tables>, keys: readonly string[], eraseKey: string): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const keyOf = new Map(keys.map((key) => [eraseHash(key, eraseKey), key]));
  const rows = await db
    .selectFrom('erased')
    .select('hash')
    .where('hash', 'in', [...keyOf.keys()])
    .execute();
  return new Set(rows.map(({ hash }) => keyOf.get(hash) ?? ''));
}

/**
 * The deliveries stay, for the books, without a name: what still waits is withheld, and of the relay's words, which may
 * hold the address, nothing is kept.
 */
export async function erase(tx: Transaction<Tables>, key: string, eraseKey: string, at: number): Promise<boolean> {
  const row = await tx.selectFrom('subscribers').select('id').where('address_key', '=', key).executeTakeFirst();
  // Before all else, as whoever speaks for a reader does: of two at once one waits.
  if (row) await lockSubscriber(tx, Number(row.id));
  const keys = row ? [key, ...(await formerKeys(tx, Number(row.id)))] : [key];
  const suppressions = await tx.deleteFrom('suppressions').where('address_key', 'in', keys).executeTakeFirst();
  const changes = await tx.deleteFrom('import_changes').where('address_key', 'in', keys).executeTakeFirst();
  const returns = await eraseReturns(tx, keys, row ? Number(row.id) : null);
  if (!row && suppressions.numDeletedRows + changes.numDeletedRows + returns === 0n) return false;
  if (row) await eraseSubscriber(tx, Number(row.id), at);
  await tx
    .insertInto('erased')
    .values(keys.map((each) => ({ hash: eraseHash(each, eraseKey), at })))
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute();
  return true;
}

/** The addresses that the person had before, and that nobody else has now. */
async function formerKeys(tx: Transaction<Tables>, id: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('consents')
    .select('detail')
    .where('subscriber_id', '=', id)
    .where('kind', '=', 'moved')
    .execute();
  const keys = rows.map(({ detail }) => addressKey(detail));
  if (keys.length === 0) return [];
  const taken = await tx.selectFrom('subscribers').select('address_key').where('address_key', 'in', keys).execute();
  return keys.filter((key) => !taken.some((each) => each.address_key === key));
}

async function eraseSubscriber(tx: Transaction<Tables>, id: number, at: number): Promise<void> {
  await tx
    .updateTable('deliveries')
    .set({ outcome: 'withheld', reason: 'erased', due_at: null, settled_at: at, claim: null, claimed_until: null })
    .where('subscriber_id', '=', id)
    .where('outcome', 'in', ['due', 'deferred'])
    .where('marked_at', 'is', null)
    .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', at)]))
    .execute();
  // Whoever holds one at this moment has read its address; put off, it is not tried again without a subscription.
  await tx.updateTable('deliveries').set({ address: '', reply: null }).where('subscriber_id', '=', id).execute();
  await forgetSubscriber(tx, id);
}

/** That something came back stays, for the books; whose it was and what was said does not. Gives how many named the keys. */
async function eraseReturns(tx: Transaction<Tables>, keys: readonly string[], subscriber: number | null): Promise<bigint> {
  const nameless = { recipient: null, recipient_key: null, words: '' };
  const ofDeliveries = tx.selectFrom('deliveries').select(['mailing_id', 'sequence']).where('subscriber_id', '=', subscriber);
  for (const { mailing_id, sequence } of subscriber === null ? [] : await ofDeliveries.execute())
    await tx.updateTable('returns').set(nameless).where('mailing_id', '=', mailing_id).where('sequence', '=', sequence).execute();
  const byKey = tx
    .updateTable('returns')
    .set(nameless)
    .where('recipient_key', 'in', [...keys]);
  return (await byKey.executeTakeFirst()).numUpdatedRows;
}

/** Everything but the books of mailings. */
export async function forgetSubscriber(tx: Transaction<Tables>, id: number): Promise<void> {
  for (const table of ['subscriptions', 'letters', 'consents'] as const)
    await tx.deleteFrom(table).where('subscriber_id', '=', id).execute();
  await tx.deleteFrom('subscribers').where('id', '=', id).execute();
}

/** Neither on a list nor in a mailing's books. */
export async function isUnknownOtherwise(tx: Transaction<Tables>, id: number): Promise<boolean> {
  for (const table of ['subscriptions', 'deliveries'] as const)
    if (await tx.selectFrom(table).select('subscriber_id').where('subscriber_id', '=', id).executeTakeFirst()) return false;
  return true;
}
