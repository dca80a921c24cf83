// Images of issues, for the archive to serve.
import type { Migration } from 'kysely/migration';
import type { Engine } from '../schema.ts';

export function images(engine: Engine): Migration {
  return {
    async up(db) {
      await db.schema
        .createTable('images')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('type', 'text', (column) => column.notNull())
        // In base64: a ledger is moved from one engine to another as JSON.
        .addColumn('content', 'text', (column) => column.notNull())
        .addColumn('created_at', engine === 'postgres' ? 'bigint' : 'integer', (column) => column.notNull())
        .execute();
    },
  };
}
