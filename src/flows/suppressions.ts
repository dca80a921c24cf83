// The addresses that must not be mailed: all of them in bounded memory, and those of a file.
import type { CsvTable } from '../csv/open-tables.ts';
import { parseAddress } from '../domain/address.ts';
import { SUPPRESSION_REASONS } from '../policy/suppression.ts';
import { readColumns } from '../roster/read-columns.ts';
import { readMoment } from '../roster/read-moment.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Suppression } from '../store/people.ts';

const PAGE_SIZE = 1_000;

export async function* suppressionsOf(ledger: Ledger): AsyncGenerator<Suppression> {
  for (let after = ''; ; ) {
    const page = await ledger.suppressions.page(after, PAGE_SIZE);
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = last.key;
  }
}

export interface SuppressionImport {
  /** Where the file does not say. */
  readonly reason: string;
  readonly at: number;
  readonly refuse: (row: { readonly line: number; readonly why: string }) => void;
}

export interface SuppressionReport {
  readonly rows: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
}

export type SuppressionOutcome =
  | { readonly kind: 'imported'; readonly report: SuppressionReport }
  | { readonly kind: 'unreadable'; readonly why: string; readonly advice: string };

export async function importSuppressions(
  tables: readonly CsvTable[],
  ledger: Ledger,
  request: SuppressionImport,
): Promise<SuppressionOutcome> {
  const tally = { rows: 0, added: 0, updated: 0, unchanged: 0, kept: 0 };
  for (const table of tables) {
    let header: readonly string[] | undefined;
    let address = 0;
    for await (const { line, cells, problem } of table.rows()) {
      if (header === undefined) {
        const columns = readColumns(cells);
        if (columns.kind === 'unreadable') return columns;
        address = columns.columns.address;
        header = cells.map((cell) => cell.trim().toLowerCase());
        if (!columns.columns.isFirstRowData) continue;
      }
      tally.rows++;
      const row = problem === undefined ? readRow(cells, header, address, request) : problem;
      if (typeof row === 'string') request.refuse({ line, why: row });
      else tally[await ledger.suppressions.add(row)]++;
    }
    if (header === undefined)
      return {
        kind: 'unreadable',
        why: 'The file is empty.',
        advice: 'Give it a header line with `email`, and a line for each address.',
      };
  }
  const { kept: _kept, ...report } = tally;
  return { kind: 'imported', report };
}

/** Or a sentence that says what is wrong with it. */
function readRow(
  cells: readonly string[],
  header: readonly string[],
  address: number,
  { reason, at }: SuppressionImport,
): Suppression | string {
  const cell = (name: string): string => (header.includes(name) ? (cells[header.indexOf(name)] ?? '').trim() : '');
  const parsed = parseAddress(cells[address] ?? '');
  if (parsed.kind === 'refused') return `the address is not valid: ${parsed.why}`;
  const given = cell('reason') || reason;
  if (!Object.hasOwn(SUPPRESSION_REASONS, given))
    return `its reason ${JSON.stringify(given)} is none of ${Object.keys(SUPPRESSION_REASONS).join(', ')}`;
  const since = readMoment(cell('since'));
  const note = cell('note')
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, 500);
  return { ...parsed.value, reason: given, note, since: since !== null && since <= at ? since : at };
}
