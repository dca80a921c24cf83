// The first shape of the ledger. Migrations are history: append another, never edit one that has been released.
import { type Kysely, sql } from 'kysely';
import type { Engine } from '../schema.ts';
import { columnTypes } from './column-types.ts';

export function first(engine: Engine) {
  const { identity, moment, key } = columnTypes(engine);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('lists')
        .addColumn('number', identity, key)
        .addColumn('id', 'text', (column) => column.notNull().unique())
        .addColumn('created_at', moment, (column) => column.notNull())
        .execute();

      // `address` is as written; `address_key` is what two spellings share (domain/address.ts).
      await db.schema
        .createTable('subscribers')
        .addColumn('id', identity, key)
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('address_key', 'text', (column) => column.notNull().unique())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('attributes', 'text', (column) => column.notNull())
        .addColumn('created_at', moment, (column) => column.notNull())
        .execute();

      await db.schema
        .createTable('subscriptions')
        .addColumn('list_id', 'text', (column) => column.notNull().references('lists.id'))
        .addColumn('subscriber_id', identity, (column) => column.notNull().references('subscribers.id'))
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('ended_reason', 'text')
        .addColumn('since_at', moment, (column) => column.notNull())
        .addPrimaryKeyConstraint('subscriptions_key', ['list_id', 'subscriber_id'])
        .execute();
      await db.schema.createIndex('subscriptions_by_subscriber').on('subscriptions').column('subscriber_id').execute();

      // No reference to subscribers: a suppression outlives the row of the person it protects.
      await db.schema
        .createTable('suppressions')
        .addColumn('address_key', 'text', (column) => column.primaryKey())
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('created_at', moment, (column) => column.notNull())
        .execute();

      // `opened_through`: the last subscriber looked at while opening, so that a crash goes on from there.
      await db.schema
        .createTable('mailings')
        .addColumn('id', identity, key)
        .addColumn('issue_id', 'text', (column) => column.notNull())
        .addColumn('list_id', 'text', (column) => column.notNull().references('lists.id'))
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('state_reason', 'text')
        .addColumn('created_at', moment, (column) => column.notNull())
        .addColumn('finished_at', moment)
        .addColumn('recipients', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('opened_through', identity, (column) => column.notNull().defaultTo(0))
        .addUniqueConstraint('mailings_once', ['issue_id', 'list_id'])
        .execute();

      // `content` is the JSON of EditionContent: with it any machine composes the mail without the repository.
      await db.schema
        .createTable('editions')
        .addColumn('id', identity, key)
        .addColumn('mailing_id', identity, (column) => column.notNull().references('mailings.id'))
        .addColumn('number', 'integer', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('commit_hash', 'text')
        .addColumn('is_modified', 'integer', (column) => column.notNull())
        .addColumn('content', 'text', (column) => column.notNull())
        .addColumn('created_at', moment, (column) => column.notNull())
        .addUniqueConstraint('editions_once', ['mailing_id', 'number'])
        .execute();

      await db.schema
        .createTable('exclusions')
        .addColumn('mailing_id', identity, (column) => column.notNull().references('mailings.id'))
        .addColumn('subscriber_id', identity, (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('exclusions_key', ['mailing_id', 'subscriber_id'])
        .execute();

      // `claim` and `claimed_until`: who may put it on the wire, and until when. `marked_at`: the data is
      // about to be ended; with no reply after it, the outcome is unknown. No reference to subscribers, so
      // that the books stand when a person is erased.
      await db.schema
        .createTable('deliveries')
        .addColumn('mailing_id', identity, (column) => column.notNull().references('mailings.id'))
        .addColumn('sequence', 'integer', (column) => column.notNull())
        .addColumn('edition_id', identity, (column) => column.notNull().references('editions.id'))
        .addColumn('subscriber_id', identity, (column) => column.notNull())
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('outcome', 'text', (column) => column.notNull())
        .addColumn('reason', 'text')
        .addColumn('reply', 'text')
        .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('opened_at', moment, (column) => column.notNull())
        .addColumn('first_tried_at', moment)
        .addColumn('due_at', moment)
        .addColumn('claim', 'text')
        .addColumn('claimed_until', moment)
        .addColumn('marked_at', moment)
        .addColumn('settled_at', moment)
        .addPrimaryKeyConstraint('deliveries_key', ['mailing_id', 'sequence'])
        .$call((table) => (engine === 'sqlite' ? table.modifyEnd(sql`without rowid`) : table))
        .execute();
      await db.schema
        .createIndex('deliveries_waiting')
        .on('deliveries')
        .columns(['mailing_id', 'sequence', 'due_at'])
        .where(sql.ref('outcome'), 'in', [sql.lit('due'), sql.lit('deferred')])
        .execute();
      await db.schema.createIndex('deliveries_by_subscriber').on('deliveries').column('subscriber_id').execute();
    },
  };
}
