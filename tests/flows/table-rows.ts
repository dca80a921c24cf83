// A table as the CSV reader gives it: its first row is the header, its line numbers are its rows'.
import type { CsvRow } from '../../src/csv/read-csv.ts';

export type Table = readonly (readonly string[])[];

export async function* rowsOf(table: Table): AsyncGenerator<CsvRow> {
  for (const [index, cells] of table.entries()) yield { line: index + 1, cells, width: table[0]?.length ?? 0 };
}

/** A table from lines, cells parted by bars. */
export function table(...lines: string[]): Table {
  return lines.map((line) => line.split('|'));
}
