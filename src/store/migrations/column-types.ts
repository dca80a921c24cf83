// How an engine writes what all tables have: numbers that count up, moments, references to either.
import { type ColumnDefinitionBuilder, sql } from 'kysely';
import type { Engine } from '../schema.ts';

export function columnTypes(engine: Engine) {
  return {
    identity: engine === 'sqlite' ? sql`integer` : sql`bigint`,
    /** Milliseconds since the epoch. */
    moment: sql`bigint`,
    key: (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder =>
      engine === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey().generatedByDefaultAsIdentity(),
  };
}
