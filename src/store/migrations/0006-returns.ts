// What comes back. `returns` has a row for each report of a return; a return is written down once. `fate` of a delivery:
// bounced or complained, after it was accepted.
import { type Kysely, sql } from 'kysely';
import type { Engine } from '../schema.ts';
import { columnTypes } from './column-types.ts';

export function returns(engine: Engine) {
  const { identity, moment, key } = columnTypes(engine);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('returns')
        .addColumn('id', identity, key)
        .addColumn('fingerprint', 'text', (column) => column.notNull())
        .addColumn('part', 'integer', (column) => column.notNull())
        .addColumn('at', moment, (column) => column.notNull())
        .addColumn('way', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('recipient', 'text')
        .addColumn('recipient_key', 'text')
        .addColumn('mailing_id', identity)
        .addColumn('sequence', 'integer')
        .addColumn('status', 'text')
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('is_gone', 'integer', (column) => column.notNull())
        .addColumn('words', 'text', (column) => column.notNull())
        .addColumn('effect', 'text', (column) => column.notNull())
        .addUniqueConstraint('returns_once', ['fingerprint', 'part'])
        .execute();
      await db.schema.createIndex('returns_by_delivery').on('returns').columns(['mailing_id', 'sequence']).execute();
      await db.schema.createIndex('returns_by_recipient').on('returns').column('recipient_key').execute();
      for (const [name, type] of [['fate', 'text'] as const, ['fate_reason', 'text'] as const, ['fate_at', moment] as const])
        await db.schema.alterTable('deliveries').addColumn(name, type).execute();
      await db.schema
        .createIndex('deliveries_returned')
        .on('deliveries')
        .columns(['mailing_id', 'sequence'])
        .where(sql.ref('fate'), 'is not', null)
        .execute();
      // Who left a list, and when: a mailing's report asks for it.
      await db.schema
        .createIndex('consents_left')
        .on('consents')
        .columns(['list_id', 'at'])
        .where(sql.ref('kind'), '=', sql.lit('left'))
        .execute();
    },
  };
}
