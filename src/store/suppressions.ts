// Addresses that must not be mailed, whatever list they are on.
import type { Kysely, Selectable, Transaction } from 'kysely';
import { mergeClaim } from '../domain/claim.ts';
import type { ConsentKind } from '../domain/consent.ts';
import { BY_COMMAND, insertConsent } from './consents.ts';
import type { LedgerDatabase } from './engine.ts';
import type { ImportResult, Suppression, SuppressionStore } from './people.ts';
import type { Tables } from './schema.ts';

export function suppressionStore(db: LedgerDatabase): SuppressionStore {
  return {
    add: (suppression) => db.transaction().execute((tx) => add(tx, suppression)),
    find: (key) => find(db, key),
    remove: (key, reason, at) =>
      db.transaction().execute(async (tx) => {
        const { numDeletedRows } = await tx
          .deleteFrom('suppressions')
          .where('address_key', '=', key)
          .where('reason', '=', reason)
          .executeTakeFirst();
        if (numDeletedRows > 0n) await log(tx, key, 'lifted', reason, at);
        return numDeletedRows > 0n;
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

async function add(tx: Transaction<Tables>, { key, address, reason, note, since }: Suppression): Promise<ImportResult> {
  const before = (await find(tx, key)) ?? null;
  const claim = { state: 'suppressed', reason, since } as const;
  const own = { isAskedFor: false, confirmedAt: null, isErased: false };
  const merged = mergeClaim({ subscription: null, suppression: before }, claim, own, since);
  const after = merged.kind === 'merged' ? merged.holding.suppression : before;
  if (after === null || after === before) return 'unchanged';
  const row = { reason: after.reason, created_at: after.since, note };
  await tx
    .insertInto('suppressions')
    .values({ address_key: key, address, ...row })
    .onConflict((conflict) => conflict.column('address_key').doUpdateSet(row))
    .execute();
  await log(tx, key, 'suppressed', reason, since);
  return before === null ? 'added' : 'updated';
}

async function find(db: Kysely<Tables>, key: string): Promise<Suppression | undefined> {
  const row = await db.selectFrom('suppressions').selectAll().where('address_key', '=', key).executeTakeFirst();
  return row && suppressionOf(row);
}

function suppressionOf(row: Selectable<Tables['suppressions']>): Suppression {
  return { key: row.address_key, address: row.address, reason: row.reason, note: row.note, since: Number(row.created_at) };
}

async function log(tx: Transaction<Tables>, key: string, kind: ConsentKind, detail: string, at: number): Promise<void> {
  const row = await tx.selectFrom('subscribers').select('id').where('address_key', '=', key).executeTakeFirst();
  if (row) await insertConsent(tx, { subscriber: Number(row.id), list: '', kind, detail, at, ...BY_COMMAND });
}
