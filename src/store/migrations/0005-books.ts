// The archive's index, and the admin's books: what each import changed, so that it can be undone; who was erased; which secrets signed links.
import { type Kysely, sql } from 'kysely';
import type { Engine } from '../schema.ts';
import { columnTypes } from './column-types.ts';

export function books(engine: Engine) {
  const { identity, moment, key } = columnTypes(engine);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      // The key of the hashes in `erased`; it is made once and never changes (store/open-ledger.ts).
      await db.schema
        .alterTable('ledger')
        .addColumn('erase_key', 'text', (column) => column.notNull().defaultTo(''))
        .execute();
      await db.schema
        .alterTable('suppressions')
        .addColumn('note', 'text', (column) => column.notNull().defaultTo(''))
        .execute();
      // So that the archive needs not read every edition whole; null where there is no page in it.
      for (const name of ['page_url', 'page_title', 'page_day'])
        await db.schema.alterTable('editions').addColumn(name, 'text').execute();
      await db.schema.createIndex('editions_by_page').on('editions').column('page_url').execute();
      await db.schema
        .createTable('imports')
        .addColumn('id', identity, key)
        .addColumn('at', moment, (column) => column.notNull())
        .addColumn('list_id', 'text', (column) => column.notNull())
        .addColumn('source', 'text', (column) => column.notNull())
        .addColumn('format', 'text', (column) => column.notNull())
        .addColumn('consent', 'text', (column) => column.notNull())
        .addColumn('undone_at', moment)
        .execute();
      // `before` and `after`: the JSON of a Person (store/people.ts); empty for somebody who was not known.
      await db.schema
        .createTable('import_changes')
        .addColumn('import_id', identity, (column) => column.notNull().references('imports.id'))
        .addColumn('address_key', 'text', (column) => column.notNull())
        .addColumn('before', 'text', (column) => column.notNull())
        .addColumn('after', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('import_changes_key', ['import_id', 'address_key'])
        .$call((table) => (engine === 'sqlite' ? table.modifyEnd(sql`without rowid`) : table))
        .execute();
      await db.schema.createIndex('import_changes_by_address').on('import_changes').column('address_key').execute();
      await db.schema
        .createTable('erased')
        .addColumn('hash', 'text', (column) => column.primaryKey())
        .addColumn('at', moment, (column) => column.notNull())
        .execute();
      // `mark`: of a secret only so much that it can be known again.
      await db.schema
        .createTable('secrets')
        .addColumn('mark', 'text', (column) => column.primaryKey())
        .addColumn('first_used_at', moment, (column) => column.notNull())
        .execute();
    },
  };
}
