// Letters: short mails to one reader each, written down before they go. `sent_at`: its data was about to be ended then;
// null while it waits. At most one goes to an address in a day, whoever asks for it and however often.
import type { Kysely } from 'kysely';
import type { Engine } from '../schema.ts';
import { columnTypes } from './column-types.ts';

export function joining(engine: Engine) {
  const { identity, moment, key } = columnTypes(engine);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('letters')
        .addColumn('id', identity, key)
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('subscriber_id', identity, (column) => column.notNull())
        .addColumn('lists', 'text', (column) => column.notNull())
        .addColumn('created_at', moment, (column) => column.notNull())
        .addColumn('due_at', moment)
        .addColumn('tries', 'integer', (column) => column.notNull())
        .addColumn('sent_at', moment)
        .execute();
      await db.schema.createIndex('letters_by_subscriber').on('letters').columns(['subscriber_id', 'created_at']).execute();
      await db.schema.createIndex('letters_waiting').on('letters').column('due_at').where('due_at', 'is not', null).execute();
    },
  };
}
