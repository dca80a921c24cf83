// A CSV file into a list, in flat memory: good rows are imported in groups, each bad row is reported with its
// line, and nobody who left is brought back.
import type { CsvRow } from '../csv/read-csv.ts';
import { parseAddress } from '../domain/address.ts';
import type { ImportResult, Ledger, NewSubscriber } from '../store/ledger.ts';
import { type Columns, readColumns } from './subscriber-columns.ts';

export interface ImportReport {
  readonly rows: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Those who left, or have not confirmed: an import does not speak for them. */
  readonly kept: number;
  readonly refused: number;
  readonly repeated: number;
}

export interface RefusedRow {
  readonly line: number;
  readonly why: string;
  readonly cells: readonly string[];
}

export interface ImportRequest {
  readonly list: string;
  readonly at: number;
  readonly refuse: (row: RefusedRow) => void;
  readonly progress?: (report: ImportReport) => void;
}

export type ImportOutcome =
  | { readonly kind: 'imported'; readonly report: ImportReport }
  | { readonly kind: 'unreadable'; readonly why: string; readonly advice: string };

const GROUP_SIZE = 250;
const NAME_MAX_CHARACTERS = 200;
const ATTRIBUTES_MAX_BYTES = 10_000;

type ReadRow =
  | { readonly kind: 'subscriber'; readonly value: NewSubscriber }
  | { readonly kind: 'refused'; readonly why: string };

export async function importSubscribers(
  rows: AsyncIterable<CsvRow>,
  ledger: Ledger,
  request: ImportRequest,
): Promise<ImportOutcome> {
  const tally = { rows: 0, added: 0, updated: 0, unchanged: 0, kept: 0, refused: 0, repeated: 0 };
  let columns: Columns | undefined;
  let group = new Map<string, NewSubscriber>();
  const flush = async (): Promise<void> => {
    const results = await ledger.subscribers.import([...group.values()], request.list, request.at);
    for (const result of results) tally[result satisfies ImportResult]++;
    group = new Map();
    request.progress?.({ ...tally });
  };
  for await (const row of rows) {
    if (!columns) {
      if (row.problem !== undefined)
        return {
          kind: 'unreadable',
          why: `The first line cannot be read: ${row.problem}.`,
          advice: 'Mend it, and import the file again.',
        };
      const header = readColumns(row.cells);
      if (header.kind === 'unreadable') return header;
      columns = header.columns;
      await ledger.lists.ensure(request.list, request.at);
      if (!columns.isFirstRowData) continue;
    }
    tally.rows++;
    const read = readRow(row, columns);
    if (read.kind === 'refused') {
      tally.refused++;
      request.refuse({ line: row.line, why: read.why, cells: row.cells });
    } else {
      const before = group.get(read.value.key);
      if (before) tally.repeated++;
      group.set(read.value.key, before ? joinRows(before, read.value) : read.value);
    }
    if (group.size >= GROUP_SIZE) await flush();
  }
  if (!columns)
    return {
      kind: 'unreadable',
      why: 'The file is empty.',
      advice: 'Give it a header line with `email`, and a line for each subscriber.',
    };
  await flush();
  return { kind: 'imported', report: tally };
}

function readRow({ cells, width, problem }: CsvRow, columns: Columns): ReadRow {
  if (problem !== undefined) return refused(problem);
  if (cells.length > width) return refused(`it has ${cells.length} cells and the header has ${width}`);
  const parsed = parseAddress(cells[columns.address] ?? '');
  if (parsed.kind === 'refused') return refused(`the address is not valid: ${parsed.why}`);
  const name = columns.name
    .map((index) => (cells[index] ?? '').trim())
    .filter((part) => part !== '')
    .join(' ');
  const attributes = Object.fromEntries(columns.attributes.map(({ name: key, index }) => [key, (cells[index] ?? '').trim()]));
  const unsafe = [name, ...Object.values(attributes)].some((value) => /[\p{Cc}\u2028\u2029]/u.test(value));
  if (unsafe) return refused('a cell holds a line break or a control character');
  if (name.length > NAME_MAX_CHARACTERS) return refused(`the name is longer than ${NAME_MAX_CHARACTERS} characters`);
  if (Buffer.byteLength(JSON.stringify(attributes)) > ATTRIBUTES_MAX_BYTES)
    return refused(`the other columns are over ${ATTRIBUTES_MAX_BYTES} bytes`);
  return { kind: 'subscriber', value: { ...parsed.value, name, attributes } };
}

/** What is filled in a later row wins, as it does where two rows stand far apart. */
function joinRows(before: NewSubscriber, row: NewSubscriber): NewSubscriber {
  const filled = Object.fromEntries(Object.entries(row.attributes).filter(([, value]) => value !== ''));
  return { ...before, name: row.name || before.name, attributes: { ...before.attributes, ...filled } };
}

function refused(why: string): ReadRow {
  return { kind: 'refused', why };
}
