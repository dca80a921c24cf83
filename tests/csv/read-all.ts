// All rows of a reader at once.
import type { CsvRow } from '../../src/csv/read-csv.ts';

export async function readAll(rows: AsyncIterable<CsvRow>): Promise<CsvRow[]> {
  const all: CsvRow[] = [];
  for await (const row of rows) all.push(row);
  return all;
}
