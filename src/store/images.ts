// Images of issues, under names that say what is in them.
import type { LedgerDatabase } from './engine.ts';
import type { ImageStore } from './ledger.ts';

export function imageStore(db: LedgerDatabase): ImageStore {
  return {
    async add(images, at) {
      for (const { name, type, bytes } of images)
        await db
          .insertInto('images')
          .values({ name, type, content: Buffer.from(bytes).toString('base64'), created_at: at })
          .onConflict((conflict) => conflict.column('name').doNothing())
          .execute();
    },
    async find(name) {
      const row = await db.selectFrom('images').select(['type', 'content']).where('name', '=', name).executeTakeFirst();
      return row && { name, type: row.type, bytes: Buffer.from(row.content, 'base64') };
    },
  };
}
