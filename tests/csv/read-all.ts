// All rows of a reader at once.
import type { RawRow } from '../../src/csv/read-csv.ts';

export async function readAll(rows: AsyncIterable<RawRow>): Promise<RawRow[]> {
  const all: RawRow[] = [];
  for await (const row of rows) all.push(row);
  return all;
}
