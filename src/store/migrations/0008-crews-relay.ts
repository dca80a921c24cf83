// Whether whoever delivers hands to a relay on its own machine.
import type { Migration } from 'kysely/migration';

export function crewsRelay(): Migration {
  return {
    async up(db) {
      await db.schema
        .alterTable('crew')
        .addColumn('is_relay_here', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
    },
  };
}
