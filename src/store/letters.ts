// Letters to single readers: asked for, sent once, put off where the relay says later.
import type { Transaction } from 'kysely';
import type { LetterKind } from '../domain/letter.ts';
import type { LedgerDatabase } from './engine.ts';
import type { LetterStore } from './people.ts';
import type { Tables } from './schema.ts';

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
    async putOff(id, dueAt, markedAt) {
      await db
        .updateTable('letters')
        .set((eb) => ({ sent_at: null, due_at: dueAt, tries: eb('tries', '+', 1) }))
        .where('id', '=', id)
        .$if(markedAt === null, (query) => query.where('sent_at', 'is', null).where('due_at', 'is not', null))
        .$if(markedAt !== null, (query) => query.where('sent_at', '=', markedAt))
        .execute();
    },
  };
}

/** What was asked for before somebody left, or must not be mailed, does not go. */
export async function dropWaitingLetters(tx: Transaction<Tables>, subscribers: readonly number[]): Promise<void> {
  if (subscribers.length === 0) return;
  await tx
    .deleteFrom('letters')
    .where('subscriber_id', 'in', [...subscribers])
    .where('due_at', 'is not', null)
    .execute();
}
