// postrider subscribers import, imports, undo: files of subscribers into a list, and out again. Bad rows go to a file of
// their own, with line and reason.
import { accessSync, constants, createWriteStream, existsSync, mkdirSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { type Command, Option } from 'commander';
import type { Config } from '../../../config/load.ts';
import { openTables } from '../../csv/open-tables.ts';
import { csvLine } from '../../csv/write-csv.ts';
import type { Claim } from '../../domain/claim.ts';
import type { RosterRow } from '../../domain/roster.ts';
import { type ImportReport, importSubscribers, type RefusedRow } from '../../flows/import-subscribers.ts';
import type { ImportedRow, ImportResult } from '../../store/people.ts';
import { Failure } from '../failure.ts';
import { ownFolder } from '../own-folder.ts';
import { chooseList, loadOrFail, withLedger, wordsOf } from '../session.ts';
import { countOf, formatCount, formatMoment, isoMoment, note, print, printJson, styled, table } from '../terminal.ts';
import type { ListOption } from './subscribers.ts';

interface ImportOptions extends ListOption {
  readonly as?: Claim['state'];
  readonly consent?: string;
  readonly column?: ReadonlyMap<string, readonly string[]>;
  readonly dryRun?: boolean;
}

export function addImportCommands(subscribers: Command, listOption: readonly [string, string]): void {
  subscribers
    .command('import <file>')
    .description('import a CSV file, or the zip of one (`-` for standard input); bad rows go to a file of their own')
    .option(...listOption)
    .addOption(
      new Option('--as <state>', 'what the rows are, where the file does not say').choices([
        ...['active', 'pending', 'ended', 'suppressed'],
      ]),
    )
    .option('--consent <text>', 'how they agreed, for the consent log')
    .option('--column <field=header>', 'which column is `email`, `name`, `since`, `ip` or an attribute; repeatable', takeColumn)
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--json', 'print the numbers as JSON')
    .addHelpText(
      'after',
      `
The exports of Mailchimp (the zip), Buttondown, Ghost, listmonk and Postrider are recognised. In any other file the
header names the columns: email, name (or first name, last name); every other becomes an attribute.
Nobody who left, or was erased, is brought back. --as pending sends each of them a letter to confirm.

Examples:
  postrider subscribers import readers.csv --list monthly --dry-run
  postrider subscribers import readers.csv --list monthly --as active --consent "the form on our site, until 2026"
  postrider subscribers import audience.zip --list monthly
  postrider subscribers import left.csv --list monthly --as ended --column email=Adresse --column since=Datum`,
    )
    .action(importFile);
  subscribers
    .command('imports')
    .description('the files that were imported')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  postrider subscribers imports')
    .action(listImports);
  subscribers
    .command('undo <import>')
    .description('undo an import, but for what has been changed since')
    .addHelpText('after', '\nExample:\n  postrider subscribers undo 3')
    .action(undoImport);
}

function takeColumn(written: string, before: ReadonlyMap<string, readonly string[]> = new Map()): Map<string, readonly string[]> {
  const [, field = '', header = ''] = /^([^=]+)=(.+)$/.exec(written) ?? [];
  if (field === '')
    throw new Failure(2, `--column ${JSON.stringify(written)} is not FIELD=HEADER.`, 'Write it as --column email=Adresse.');
  return new Map([...before, [field, [...(before.get(field) ?? []), header]]]);
}

async function importFile(file: string, options: ImportOptions): Promise<void> {
  const { as = null, consent = '', column = new Map(), dryRun = false } = options;
  const config = loadOrFail();
  const list = chooseList(config, options.list);
  if (file !== '-' && !(existsSync(file) && statSync(file).isFile()))
    throw new Failure(2, `There is no file ${file}.`, 'Mend the path.');
  if (consent !== '' && (as === 'ended' || as === 'suppressed'))
    throw new Failure(2, '--consent is for those who agreed, and --as says that these did not.', 'Leave one of them out.');
  const rejects = rejectsFile(config, file);
  const examples = createExamples();
  const tables = await openTables(file, process.stdin).catch((error: unknown) => {
    throw new Failure(
      2,
      `${file} cannot be read: ${wordsOf(error).replace(/\.$/, '')}.`,
      'Download it again, or unpack it yourself.',
    );
  });
  const outcome = await withLedger(config, (ledger) =>
    importSubscribers(tables, ledger, {
      ...{ list, at: Date.now(), source: file === '-' ? '' : basename(file), as, consent, columns: column, isRehearsal: dryRun },
      ...{ progress: showCount, note: examples.note },
      refuse(row) {
        rejects.write(row);
        examples.refuse(row);
      },
    }),
  );
  await rejects.close();
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  if (outcome.kind === 'unreadable') throw new Failure(2, `${file}: ${outcome.why}`, outcome.advice);
  const { report } = outcome;
  if (options.json) printJson({ list, ...report, rejects: report.refused > 0 ? rejects.path : null });
  else print(describeImport(report, list, dryRun ? examples.describe() : ''));
  noteImport(report, dryRun, rejects.path);
  if (report.format === 'CSV' && report.now.active > 0 && consent === '' && !dryRun)
    note('\nThe consent log does not say how they agreed. To have it there: --consent "the form on our site, until 2026"');
}

function describeImport(report: ImportReport, list: string, examples: string): string {
  const { now } = report;
  const states = Object.entries(now).filter(([, count]) => count > 0);
  const rows: [string, number, string][] = [
    ['added', report.added, `to ${list}`],
    ['updated', report.updated, 'name, attributes or state changed'],
    ['unchanged', report.unchanged, ''],
    ['kept as they are', report.kept, 'left, not confirmed or erased; an import never speaks for a reader'],
    ['repeated', report.repeated, 'the same address again in the file'],
    ['refused', report.refused, ''],
  ];
  const shown = rows.filter(([name, count]) => count > 0 || name === 'added');
  const became = states.map(([state, count]) => `${formatCount(count)} ${state}`).join(', ');
  const last = `${countOf(report.rows, 'row')} read${report.format === 'CSV' ? '' : ` (${report.format})`}`;
  return [examples, table(shown), became === '' ? '' : `of these: ${became}`, last].filter((part) => part !== '').join('\n');
}

function noteImport(report: ImportReport, isRehearsal: boolean, rejects: string): void {
  if (report.refused > 0)
    note(`\n${countOf(report.refused, 'row')} refused: see ${relative(process.cwd(), rejects)} for line and reason.`);
  if (isRehearsal) note('\nThis was a dry run: nothing was written. To import it, run the line without --dry-run.');
  else if (report.added + report.updated > 0) note(`\nTo undo it: postrider subscribers undo ${report.import}`);
}

function showCount(report: ImportReport): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${formatCount(report.rows)} rows read`);
}

const EXAMPLES_MAX = 10;
const SIGNS = { added: ['+', 'green'], updated: ['~', 'yellow'], kept: ['=', 'dim'], refused: ['!', 'red'] } as const;

/** The first of each kind, as a diff shows them. */
function createExamples() {
  const lines: Record<keyof typeof SIGNS, string[]> = { added: [], updated: [], kept: [], refused: [] };
  return {
    note(row: RosterRow, imported: ImportedRow): void {
      const kind: ImportResult = imported.result;
      if (kind !== 'unchanged' && lines[kind].length < EXAMPLES_MAX) lines[kind].push(describeChange(row, imported));
    },
    refuse({ line, why, file }: RefusedRow): void {
      const place = file === '' ? `line ${line}` : `${file}, line ${line}`;
      if (lines.refused.length < EXAMPLES_MAX) lines.refused.push(`${place}: ${why}`);
    },
    describe(): string {
      const shown = Object.entries(SIGNS).flatMap(([kind, [sign, colour]]) =>
        lines[kind as keyof typeof SIGNS].map((line) => styled(colour, `${sign} ${line}`)),
      );
      return shown.length > 0 ? `${shown.join('\n')}\n` : '';
    },
  };
}

function describeChange({ address, claim }: RosterRow, { result, before, after }: ImportedRow): string {
  if (result === 'kept') return `${address}  is ${stateOf(before) || 'erased'}; the file says ${claim.state}`;
  const state = stateOf(before) === stateOf(after) ? '' : [stateOf(before), stateOf(after)].filter((each) => each).join(' → ');
  const name = before.name === after.name ? '' : [before.name, after.name].filter((each) => each).join(' → ');
  const attributes = Object.entries(after.attributes)
    .filter(([key, value]) => (before.attributes[key] ?? '') !== value)
    .map(([key, value]) => `${key}: ${value}`);
  return [address, state, name, attributes.join(', ')].filter((part) => part !== '').join('  ');
}

function stateOf({ subscription, suppression }: ImportedRow['before']): string {
  if (suppression) return `suppressed (${suppression.reason})`;
  if (!subscription) return '';
  return subscription.endedReason === null ? subscription.state : `${subscription.state} (${subscription.endedReason})`;
}

/** Opened at the first bad row only. */
function rejectsFile(
  config: Config,
  source: string,
): { readonly path: string; write: (row: RefusedRow) => void; close: () => Promise<void> } {
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  const name = `${source === '-' ? 'stdin' : basename(source).replace(/\.(csv|zip)$/i, '')}-${stamp}.csv`;
  let path = '';
  let stream: ReturnType<typeof createWriteStream> | undefined;
  return {
    get path() {
      return path;
    },
    write({ line, why, cells }) {
      if (!stream) {
        path = join(rejectsFolder(config.root), name);
        stream = createWriteStream(path);
        stream.write(csvLine(['line', 'why', 'row as read']));
      }
      stream.write(csvLine([String(line), why, ...cells]));
    },
    close: () => new Promise((resolve) => (stream ? stream.end(() => resolve()) : resolve())),
  };
}

/** Where the newsletter's folder may not be written, as in a container, they go where everybody may write. */
function rejectsFolder(root: string): string {
  try {
    const folder = join(ownFolder(root), 'rejects');
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    return mkdtempSync(join(tmpdir(), 'postrider-rejects-'));
  }
}

async function listImports(options: { readonly json?: boolean }): Promise<void> {
  const imports = await withLedger(loadOrFail(), (ledger) => ledger.imports.all());
  if (options.json)
    return printJson(imports.map((each) => ({ ...each, at: isoMoment(each.at), undoneAt: isoMoment(each.undoneAt) })));
  if (imports.length === 0) return note('Nothing has been imported.');
  const rows = imports.map(({ id, at, list, source, format, undoneAt, changes }) => [
    ...[String(id), formatMoment(at), list, source === '' ? '(standard input)' : source, format],
    undoneAt === null ? countOf(changes, 'change') : 'undone',
  ]);
  print(table(rows, ['import', 'when', 'list', 'file', 'of', '']));
}

const UNDONE_AT_ONCE = 250;

async function undoImport(written: string): Promise<void> {
  const id = Number(written);
  await withLedger(loadOrFail(), async (ledger) => {
    const found = (await ledger.imports.all()).find((each) => each.id === id);
    if (!found) throw new Failure(2, `There is no import ${written}.`, 'See: postrider subscribers imports');
    if (found.undoneAt !== null) return print(`Import ${id} was undone at ${formatMoment(found.undoneAt)}.`);
    const total = { undone: 0, changedSince: 0 };
    for (;;) {
      const { undone, changedSince } = await ledger.imports.undo(id, UNDONE_AT_ONCE, Date.now());
      if (undone + changedSince === 0) break;
      total.undone += undone;
      total.changedSince += changedSince;
    }
    print(`Undone: ${countOf(total.undone, 'change')} of import ${id}.`);
    if (total.changedSince > 0)
      note(`${countOf(total.changedSince, 'change')} kept: their readers, an admin or a later file have spoken since.`);
  });
}
