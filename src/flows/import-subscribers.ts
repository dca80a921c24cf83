// Files of subscribers into a list, in flat memory: good rows are written in groups, each bad row is reported with its
// line, and nobody who left is brought back. Nothing is written before every file's header has been understood.
import { createHash } from 'node:crypto';
import type { CsvTable } from '../csv/open-tables.ts';
import type { CsvRow } from '../csv/read-csv.ts';
import type { Claim } from '../domain/claim.ts';
import type { RosterRow } from '../domain/roster.ts';
import { LETTER_EVERY_MS } from '../policy/joining.ts';
import { openRoster, type Roster } from '../roster/open-roster.ts';
import type { Ledger } from '../store/ledger.ts';
import type { ImportedRow, ImportResult } from '../store/people.ts';

export interface ImportReport {
  /** To undo it by; null where nothing was written. */
  readonly import: number | null;
  /** Whose files they are. */
  readonly format: string;
  readonly rows: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Those who left, have not confirmed, or were erased: an import does not speak for them. */
  readonly kept: number;
  readonly refused: number;
  readonly repeated: number;
  /** What those are now that were added or updated. */
  readonly now: Readonly<Record<Claim['state'], number>>;
}

export interface RefusedRow {
  readonly line: number;
  readonly why: string;
  readonly cells: readonly string[];
  /** The file's name. */
  readonly file: string;
}

export interface ImportRequest {
  readonly list: string;
  readonly at: number;
  /** The name of the file, for the log; empty for none. */
  readonly source?: string;
  /** What the rows are, where the file does not say. */
  readonly as?: Claim['state'] | null;
  /** How the readers agreed, in the admin's words. */
  readonly consent?: string;
  readonly columns?: ReadonlyMap<string, readonly string[]>;
  /** Says what would be, and changes nothing. */
  readonly isRehearsal?: boolean;
  readonly refuse: (row: RefusedRow) => void;
  readonly note?: (row: RosterRow, imported: ImportedRow) => void;
  readonly progress?: (report: ImportReport) => void;
}

export type ImportOutcome =
  | { readonly kind: 'imported'; readonly report: ImportReport }
  | { readonly kind: 'unreadable'; readonly why: string; readonly advice: string };

const GROUP_SIZE = 250;
/** Twenty letters a second: whoever asks by the form meanwhile is not kept waiting. */
const LETTERS_APART_MS = 50;

interface OpenRoster extends Roster {
  readonly table: CsvTable;
  /** The first row, and the rest after it. */
  readonly rows: AsyncGenerator<CsvRow>;
  readonly first: CsvRow;
}

export async function importSubscribers(
  tables: readonly CsvTable[],
  ledger: Ledger,
  request: ImportRequest,
): Promise<ImportOutcome> {
  const rosters: OpenRoster[] = [];
  for (const table of tables) {
    const opened = await open(table, request);
    if (opened.kind === 'unreadable') {
      for (const { rows } of rosters) await rows.return(undefined);
      return tables.length === 1 ? opened : { ...opened, why: `In ${table.name}: ${opened.why}` };
    }
    rosters.push(opened.roster);
  }
  const [one] = rosters;
  if (!one) return { kind: 'unreadable', why: 'There is no CSV file in it.', advice: 'Give it the export as it was downloaded.' };
  const run = new ImportRun(ledger, request, [...new Set(rosters.map(({ format }) => format))].join(', '));
  await run.begin();
  for (const roster of rosters) await run.take(roster);
  return { kind: 'imported', report: run.report() };
}

type Opened = { readonly kind: 'opened'; readonly roster: OpenRoster } | Extract<ImportOutcome, { readonly kind: 'unreadable' }>;

async function open(table: CsvTable, { as = null, columns = new Map(), at }: ImportRequest): Promise<Opened> {
  const rows = table.rows();
  const { value: first, done } = await rows.next();
  if (done) return unreadable('The file is empty.', 'Give it a header line with `email`, and a line for each subscriber.');
  if (first.problem !== undefined)
    return unreadable(`The first line cannot be read: ${first.problem}.`, 'Mend it, and import the file again.');
  const result = openRoster(first.cells, { file: table.name, as, columns, at });
  return result.kind === 'unreadable' ? result : { kind: 'opened', roster: { ...result.roster, table, rows, first } };
}

class ImportRun {
  readonly #ledger: Ledger;
  readonly #request: ImportRequest;
  readonly #format: string;
  readonly #tally = { rows: 0, added: 0, updated: 0, unchanged: 0, kept: 0, refused: 0, repeated: 0 };
  readonly #now = { active: 0, pending: 0, ended: 0, suppressed: 0 };
  readonly #seen = new Set<number>();
  #import: number | null = null;
  #group = new Map<string, RosterRow>();

  constructor(ledger: Ledger, request: ImportRequest, format: string) {
    this.#ledger = ledger;
    this.#request = request;
    this.#format = format;
  }

  async begin(): Promise<void> {
    const { list, at, source = '', consent = '', isRehearsal = false } = this.#request;
    if (isRehearsal) return;
    await this.#ledger.lists.ensure(list, at);
    this.#import = await this.#ledger.imports.begin({ at, list, source, format: this.#format, consent });
  }

  async take(roster: OpenRoster): Promise<void> {
    if (roster.isFirstRowData) await this.#takeRow(roster.first, roster);
    for await (const row of roster.rows) await this.#takeRow(row, roster);
    await this.#flush();
  }

  report(): ImportReport {
    return { import: this.#import, format: this.#format, ...this.#tally, now: { ...this.#now } };
  }

  async #takeRow({ line, cells, problem }: CsvRow, roster: OpenRoster): Promise<void> {
    this.#tally.rows++;
    const read = problem === undefined ? roster.read(cells) : ({ kind: 'refused', why: problem } as const);
    if (read.kind === 'refused') {
      this.#tally.refused++;
      this.#request.refuse({ line, why: read.why, cells, file: roster.table.name });
      return;
    }
    const before = this.#group.get(read.row.key);
    // Two rows of one address that differ in their claims are two claims, of which the more cautious wins.
    if (before && JSON.stringify(before.claim) !== JSON.stringify(read.row.claim)) await this.#flush();
    const same = this.#group.get(read.row.key);
    this.#group.set(read.row.key, same ? joinRows(same, read.row) : read.row);
    if (same) this.#tally.repeated++;
    if (this.#group.size >= GROUP_SIZE) await this.#flush();
  }

  async #flush(): Promise<void> {
    const { list, at, source = '', consent = '', as, isRehearsal = false, note, progress } = this.#request;
    const rows = [...this.#group.values()];
    this.#group = new Map();
    const form = `import ${this.#import} ${source}`.trim();
    const imported = await this.#ledger.imports.apply(rows, {
      ...{ list, at, import: this.#import, isRehearsal },
      evidence: { origin: 'import', form, words: consent, ip: '' },
      // Whoever a file alone calls pending never answered somebody else; we do not ask again.
      letterEveryMs: as === 'pending' ? LETTERS_APART_MS : null,
      noLetterSince: at - LETTER_EVERY_MS,
    });
    for (const [index, row] of rows.entries()) {
      const result = imported[index];
      if (result) this.#count(row, result);
      if (result) note?.(row, result);
    }
    progress?.(this.report());
  }

  #count({ key }: RosterRow, { result, after }: ImportedRow): void {
    const name = numberOf(key);
    const isAgain = this.#seen.has(name);
    this.#seen.add(name);
    this.#tally[isAgain ? 'repeated' : (result satisfies ImportResult)]++;
    if (isAgain || (result !== 'added' && result !== 'updated')) return;
    const state = after.suppression ? 'suppressed' : after.subscription?.state;
    if (state) this.#now[state]++;
  }
}

/** What is filled in a later row wins, as it does where two rows stand far apart. */
function joinRows(before: RosterRow, row: RosterRow): RosterRow {
  const filled = Object.fromEntries(Object.entries(row.attributes).filter(([, value]) => value !== ''));
  return { ...before, name: row.name || before.name, attributes: { ...before.attributes, ...filled } };
}

/** 48 bits of a hash: a million keys as text would be 100 MB. Two that fall together are but miscounted. */
function numberOf(key: string): number {
  return createHash('sha256').update(key).digest().readUIntBE(0, 6);
}

function unreadable(why: string, advice: string): Opened {
  return { kind: 'unreadable', why, advice };
}
