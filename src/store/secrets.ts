// Which secrets have been in use on this ledger, by a mark of each.
import type { LedgerDatabase } from './engine.ts';
import type { SecretStore } from './ledger.ts';

export function secretStore(db: LedgerDatabase): SecretStore {
  return {
    async used() {
      const rows = await db.selectFrom('secrets').selectAll().orderBy('first_used_at').execute();
      return rows.map((row) => ({ mark: row.mark, firstUsedAt: Number(row.first_used_at) }));
    },
    async note(mark, at) {
      await db
        .insertInto('secrets')
        .values({ mark, first_used_at: at })
        .onConflict((conflict) => conflict.column('mark').doNothing())
        .execute();
    },
  };
}
