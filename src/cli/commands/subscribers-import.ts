// postrider subscribers import: a CSV file into a list. Bad rows go to a file of their own, with line and reason.
import { accessSync, constants, createWriteStream, existsSync, mkdirSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import type { Config } from '../../../config/load.ts';
import { readCsv } from '../../csv/read-csv.ts';
import { csvLine } from '../../csv/write-csv.ts';
import { type ImportReport, importSubscribers, type RefusedRow } from '../../flows/import-subscribers.ts';
import { Failure } from '../failure.ts';
import { ownFolder } from '../own-folder.ts';
import { chooseList, loadOrFail, withLedger } from '../session.ts';
import { countOf, formatCount, note, print, printJson, table } from '../terminal.ts';
import type { ListOption } from './subscribers.ts';

export async function importFile(file: string, options: ListOption): Promise<void> {
  const config = loadOrFail();
  const list = chooseList(config, options.list);
  if (file !== '-' && !(existsSync(file) && statSync(file).isFile()))
    throw new Failure(2, `There is no file ${file}.`, 'Mend the path.');
  const rejects = rejectsFile(config, file);
  const outcome = await withLedger(config, (ledger) =>
    importSubscribers(readCsv(file, process.stdin), ledger, { list, at: Date.now(), refuse: rejects.write, progress: showCount }),
  );
  await rejects.close();
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  if (outcome.kind === 'unreadable') throw new Failure(2, `${file}: ${outcome.why}`, outcome.advice);
  const { report } = outcome;
  if (options.json) printJson({ list, ...report, rejects: report.refused > 0 ? rejects.path : null });
  else print(describeImport(report, list));
  if (report.refused > 0)
    note(
      `\n${countOf(report.refused, 'row')} could not be read; they are in ${relative(process.cwd(), rejects.path)} with line and reason.`,
    );
}

function describeImport(report: ImportReport, list: string): string {
  const rows: [string, number, string][] = [
    ['added', report.added, `to ${list}`],
    ['updated', report.updated, 'name or attributes changed'],
    ['unchanged', report.unchanged, ''],
    ['kept as they are', report.kept, 'left, or not confirmed; an import never speaks for a reader'],
    ['repeated', report.repeated, 'the same address again in the file'],
    ['refused', report.refused, ''],
  ];
  const shown = rows.filter(([name, count]) => count > 0 || name === 'added');
  return `${table(shown)}\n${countOf(report.rows, 'row')} read`;
}

function showCount(report: ImportReport): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${formatCount(report.rows)} rows read`);
}

/** Opened at the first bad row only. */
function rejectsFile(
  config: Config,
  source: string,
): { readonly path: string; write: (row: RefusedRow) => void; close: () => Promise<void> } {
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  const name = `${source === '-' ? 'stdin' : basename(source, '.csv')}-${stamp}.csv`;
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
