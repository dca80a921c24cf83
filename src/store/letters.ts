// Letters to single readers: asked for, sent once, put off where the relay says later.
import type { LetterKind } from '../domain/letter.ts';
import type { LedgerDatabase } from './engine.ts';
import type { LetterStore } from './people.ts';

export function letterStore(db: LedgerDatabase): LetterStore {
  return {
    async due(now, limit) {
      const rows = await db
        .selectFrom('letters')
        .innerJoin('subscribers', 'subscribers.id', 'letters.subscriber_id')
        .selectAll('letters')
        .select('subscribers.address')
        .where('due_at', '<=', now)
        .orderBy('letters.id')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        id: Number(row.id),
        kind: row.kind as LetterKind,
        subscriber: Number(row.subscriber_id),
        address: row.address,
        lists: JSON.parse(row.lists) as string[],
        createdAt: Number(row.created_at),
        tries: row.tries,
      }));
    },
    async markSent(id, at) {
      const { numUpdatedRows } = await db
        .updateTable('letters')
        .set({ sent_at: at, due_at: null })
        .where('id', '=', id)
        .where('due_at', 'is not', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async putOff(id, dueAt) {
      await db
        .updateTable('letters')
        .set((eb) => ({ sent_at: null, due_at: dueAt, tries: eb('tries', '+', 1) }))
        .where('id', '=', id)
        .execute();
    },
  };
}
