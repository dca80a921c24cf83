// What several processes on one ledger need: an identity, a lead, a roll of who works, shared rates; and what a
// mailing's history needs: its events, its beginning and when it was last looked after.
import { type Kysely, sql } from 'kysely';
import type { Engine } from '../schema.ts';
import { columnTypes } from './column-types.ts';

export function severalMachines(engine: Engine) {
  const { identity, moment, key } = columnTypes(engine);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      // One row. `moved_to`: another ledger has taken over, and this one must not send any more.
      await db.schema
        .createTable('ledger')
        .addColumn('one', 'integer', (column) => column.primaryKey().check(sql`one = 1`))
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('created_at', moment, (column) => column.notNull())
        .addColumn('moved_to', 'text')
        .addColumn('moved_at', moment)
        .execute();

      // `opened_at`: all deliveries are written down. `touched_at`: when a process last looked after the mailing;
      // a long gap means that this may be an old copy of the ledger.
      await db.schema.alterTable('mailings').addColumn('starts_at', moment).execute();
      await db.schema.alterTable('mailings').addColumn('opened_at', moment).execute();
      await db.schema
        .alterTable('mailings')
        .addColumn('touched_at', moment, (column) => column.notNull().defaultTo(0))
        .execute();
      await sql`update mailings set touched_at = created_at, opened_at = case when state = 'opening' then null else created_at end`.execute(
        db,
      );

      // How often a delivery was sent again after its outcome was unknown.
      await db.schema
        .alterTable('deliveries')
        .addColumn('resent', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();

      // Each row is written three times on its way; with room in its page, the indexes need not hear of it.
      if (engine === 'postgres') await sql`alter table deliveries set (fillfactor = 60)`.execute(db);

      // `told_at`: when the editor was told, or when it was decided that there is nothing to tell.
      await db.schema
        .createTable('events')
        .addColumn('id', identity, key)
        .addColumn('mailing_id', identity, (column) => column.notNull().references('mailings.id'))
        .addColumn('at', moment, (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('detail', 'text', (column) => column.notNull())
        .addColumn('told_at', moment)
        .execute();

      await db.schema
        .createTable('leases')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('holder', 'text', (column) => column.notNull())
        .addColumn('until_at', moment, (column) => column.notNull())
        .execute();

      // The processes that deliver for others. `claimed_at`: when one last took deliveries.
      await db.schema
        .createTable('crew')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('host', 'text', (column) => column.notNull())
        .addColumn('pid', 'integer', (column) => column.notNull())
        .addColumn('started_at', moment, (column) => column.notNull())
        .addColumn('seen_at', moment, (column) => column.notNull())
        .addColumn('claimed_at', moment)
        .execute();

      // `free_at`: when the relay's next turn is. `traffic` counts what was handed to it in spans of five minutes.
      await db.schema
        .createTable('paces')
        .addColumn('relay', 'text', (column) => column.primaryKey())
        .addColumn('free_at', moment, (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('traffic')
        .addColumn('relay', 'text', (column) => column.notNull())
        .addColumn('span_at', moment, (column) => column.notNull())
        .addColumn('total', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint('traffic_key', ['relay', 'span_at'])
        .execute();
    },
  };
}
