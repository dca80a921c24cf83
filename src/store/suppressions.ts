// Addresses that must not be mailed, whatever list they are on.
import type { Kysely, Selectable, Transaction } from 'kysely';
import { type HeldSuppression, mergeClaim } from '../domain/claim.ts';
import type { ConsentKind, Evidence } from '../domain/consent.ts';
import { BY_COMMAND, insertConsent } from './consents.ts';
import type { LedgerDatabase } from './engine.ts';
import { erasedAmong } from './erasure.ts';
import { changeable, lastOf, lockSubscriber } from './find-subscription.ts';
import { personOf } from './known-people.ts';
import { dropWaitingLetters } from './letters.ts';
import type { ImportResult, Suppression, SuppressionStore } from './people.ts';
import type { Tables } from './schema.ts';

export function suppressionStore(db: LedgerDatabase, eraseKey: string): SuppressionStore {
  return {
    add: (suppression) => db.transaction().execute((tx) => addSuppression(tx, eraseKey, suppression, BY_COMMAND)),
    find: (key) => find(db, key),
    remove: (key, reason, at) =>
      db.transaction().execute(async (tx) => {
        const reader = await tx.selectFrom('subscribers').select('id').where('address_key', '=', key).executeTakeFirst();
        if (reader) await lockSubscriber(tx, Number(reader.id));
        const { numDeletedRows } = await tx
          .deleteFrom('suppressions')
          .where('address_key', '=', key)
          .where('reason', '=', reason)
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        const subscriber = await log(tx, key, 'lifted', reason, at, BY_COMMAND);
        if (subscriber !== null) await takeUpAgain(tx, subscriber, reason, at);
        return true;
      }),
    async page(after, limit) {
      const rows = await db
        .selectFrom('suppressions')
        .selectAll()
        .where('address_key', '>', after)
        .orderBy('address_key')
        .limit(limit)
        .execute();
      return rows.map(suppressionOf);
    },
  };
}

export async function addSuppression(
  tx: Transaction<Tables>,
  eraseKey: string,
  suppression: Suppression,
  evidence: Evidence,
): Promise<ImportResult> {
  const { key, address, reason, note, since } = suppression;
  // Who was erased is not mailed anyway, and not written down again.
  if ((await erasedAmong(tx, [key], eraseKey)).size > 0) return 'kept';
  const before = (await find(tx, key)) ?? null;
  const claim = { state: 'suppressed', reason, since } as const;
  const own = { isAskedFor: false, confirmedAt: null, isErased: false };
  const merged = mergeClaim({ subscription: null, suppression: before }, claim, own, since);
  const after = (merged.kind === 'merged' ? merged.holding.suppression : null) ?? { reason, since };
  if (after === before) {
    await keepFromUndo(tx, key, after);
    return 'unchanged';
  }
  const keptNote = before?.reason === after.reason ? before.note : '';
  const row = { reason: after.reason, created_at: after.since, note: note || keptNote };
  await tx
    .insertInto('suppressions')
    .values({ address_key: key, address, ...row })
    .onConflict((conflict) => conflict.column('address_key').doUpdateSet(row))
    .execute();
  await log(tx, key, 'suppressed', reason, since, evidence);
  return before === null ? 'added' : 'updated';
}

/** From now on it stands by itself, whatever import brought it. */
async function keepFromUndo(tx: Transaction<Tables>, key: string, suppression: HeldSuppression): Promise<void> {
  const rows = await tx.selectFrom('import_changes').selectAll().where('address_key', '=', key).execute();
  for (const { import_id, before, after } of rows) {
    const held = { reason: suppression.reason, since: suppression.since };
    const stands = (json: string): string => JSON.stringify({ ...personOf(json), suppression: held });
    await tx
      .updateTable('import_changes')
      .set({ before: stands(before), after: stands(after) })
      .where('import_id', '=', import_id)
      .where('address_key', '=', key)
      .execute();
  }
}

async function find(db: Kysely<Tables>, key: string): Promise<Suppression | undefined> {
  const row = await db.selectFrom('suppressions').selectAll().where('address_key', '=', key).executeTakeFirst();
  return row && suppressionOf(row);
}

function suppressionOf(row: Selectable<Tables['suppressions']>): Suppression {
  return { key: row.address_key, address: row.address, reason: row.reason, note: row.note, since: Number(row.created_at) };
}

/** Gives the subscriber, where there is one. */
async function log(
  tx: Transaction<Tables>,
  key: string,
  kind: ConsentKind,
  detail: string,
  at: number,
  evidence: Evidence,
): Promise<number | null> {
  const row = await tx.selectFrom('subscribers').select('id').where('address_key', '=', key).executeTakeFirst();
  if (!row) return null;
  const subscriber = Number(row.id);
  if (kind === 'suppressed') await dropWaitingLetters(tx, [subscriber]);
  await insertConsent(tx, { subscriber, list: '', kind, detail, at, ...evidence });
  return subscriber;
}

/**
 * What returned mail has ended for this reason was a mistake: the subscriptions are what they were before. Not where the
 * reader has left since, or somebody else has ended it.
 */
async function takeUpAgain(tx: Transaction<Tables>, subscriber: number, reason: string, at: number): Promise<void> {
  const ended = await tx
    .selectFrom('subscriptions')
    .select(['list_id', 'since_at'])
    .where('subscriber_id', '=', subscriber)
    .where('state', '=', 'ended')
    .where('ended_reason', '=', reason)
    .execute();
  for (const { list_id: list, since_at: since } of ended) {
    const [before, left] = [await lastOf(tx, subscriber, list, 'returned'), await lastOf(tx, subscriber, list, 'left')];
    if (!before || Number(before.at) !== Number(since) || (left && Number(left.id) > Number(before.id))) continue;
    await changeable(tx, subscriber, list).set({ state: before.detail, ended_reason: null, since_at: at }).execute();
    await insertConsent(tx, { subscriber, list, kind: 'lifted', detail: reason, at, ...BY_COMMAND });
  }
}
