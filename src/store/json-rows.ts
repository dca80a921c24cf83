// Many rows as one parameter: a JSON array that the database takes apart. Statements with a parameter for each
// cell cost the query builder a hundred objects a row; importing a million then took twice the memory.
import { type RawBuilder, sql } from 'kysely';
import type { Engine } from './schema.ts';

/** A table with one column, `value`, and a row for each element; read a cell by `value ->> 'name'`. */
export type JsonRows = (rows: readonly object[]) => RawBuilder<unknown>;

export function jsonRows(engine: Engine): JsonRows {
  return (rows) => {
    const json = JSON.stringify(rows);
    return engine === 'sqlite' ? sql`json_each(${json})` : sql`json_array_elements(cast(${json} as json)) as each(value)`;
  };
}
