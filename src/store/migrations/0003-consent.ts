// The consent log: what happened to each subscription, when, from where, and with which words. Rows are added and never
// changed.
import type { Kysely } from 'kysely';
import type { Engine } from '../schema.ts';
import { columnTypes } from './column-types.ts';

export function consent(engine: Engine) {
  const { identity, moment, key } = columnTypes(engine);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('consents')
        .addColumn('id', identity, key)
        .addColumn('at', moment, (column) => column.notNull())
        .addColumn('subscriber_id', identity, (column) => column.notNull())
        .addColumn('list_id', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('origin', 'text', (column) => column.notNull())
        .addColumn('form', 'text', (column) => column.notNull())
        .addColumn('words', 'text', (column) => column.notNull())
        .addColumn('ip', 'text', (column) => column.notNull())
        .addColumn('detail', 'text', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('consents_by_subscriber').on('consents').columns(['subscriber_id', 'id']).execute();
    },
  };
}
