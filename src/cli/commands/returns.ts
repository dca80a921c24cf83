// postrider returns: what came back, read, taken in and listed.
import { readFileSync, statSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { loadConfig } from '../../../config/load.ts';
import { systemClock } from '../../app.ts';
import { type Returned, readReturned } from '../../flows/read-returned.ts';
import { type Taken, takeReturn } from '../../flows/take-return.ts';
import { Failure } from '../failure.ts';
import { checkNotMoved, checkSecrets, loadOrFail, withLedger, wordsOf } from '../session.ts';
import { recordToJson, showRecord } from '../show-returns.ts';
import { countOf, note, print, printJson, table } from '../terminal.ts';

interface ReadOptions {
  readonly json?: boolean;
  readonly apply?: boolean;
}

interface ListOptions {
  readonly json?: boolean;
  readonly limit: string;
}

export function addReturnsCommand(program: Command): void {
  const returns = program
    .command('returns')
    .description('returned mail: bounces, complaints, auto-replies')
    .addHelpText('after', '\nExamples:\n  postrider returns ls\n  postrider returns read bounce.eml');
  returns
    .command('read <files...>')
    .description('say what returned messages report (`-` for standard input); nothing is written down without --apply')
    .option('--apply', 'write it down, and act on it where it names one of our deliveries')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  postrider returns read bounce.eml\n  postrider returns read --json Maildir/new/*\n  postrider returns read --apply - < bounce.eml',
    )
    .action(read);
  returns
    .command('ls')
    .description('the returns that were written down, the newest first, and what each led to')
    .option('--limit <number>', 'so many', '50')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  postrider returns ls --limit 20')
    .action(ls);
}

const FILE_MAX_BYTES = 100_000_000;
const LIMIT_MAX = 100_000;

interface Result {
  readonly file: string;
  readonly returned: Returned;
  /** Null where nothing is written down. */
  readonly taken: Taken | null;
}

async function read(files: readonly string[], options: ReadOptions): Promise<void> {
  for (const file of files) checkReadable(file);
  const results = options.apply ? await apply(files) : await readOnly(files);
  if (options.json) return printJson(results.map(toJson));
  const rows = results.flatMap(({ file, returned, taken }) =>
    returned.reports.map(({ kind, recipient, status, reason, isGone, words }) => [
      ...[file, kind, recipient ?? '', status ?? '', isGone ? `${reason}, gone` : reason],
      ...(taken === null ? [] : [TAKEN_WORDS[taken]]),
      words.slice(0, 80),
    ]),
  );
  print(table(rows, ['file', 'kind', 'recipient', 'status', 'reason', ...(options.apply ? ['written down'] : []), '']));
}

const TAKEN_WORDS: Readonly<Record<Taken, string>> = {
  recorded: 'yes',
  known: 'before',
  ordinary: 'no: ordinary mail',
};

/** It works without a newsletter; with its secret it also knows which delivery came back. */
async function readOnly(files: readonly string[]): Promise<Result[]> {
  const loaded = loadConfig(process.cwd(), process.env, []);
  const secrets = loaded.kind === 'config' ? loaded.config.secrets : [];
  const results: Result[] = [];
  for (const file of files) results.push({ file, returned: await readReturned(await contentOf(file), secrets), taken: null });
  return results;
}

async function apply(files: readonly string[]): Promise<Result[]> {
  const config = loadOrFail(['secret']);
  const { secrets } = config;
  return withLedger(config, async (ledger) => {
    checkNotMoved(ledger);
    await checkSecrets(ledger, secrets);
    const results: Result[] = [];
    for (const file of files) {
      const bytes = await contentOf(file);
      const taken = await takeReturn({ bytes, way: 'pipe', envelope: [] }, { ledger, clock: systemClock, secrets }).catch(
        (error: unknown) => {
          throw new Failure(1, `${file} could not be written down: ${wordsOf(error)}.`, 'Bring it again: it counts once.');
        },
      );
      results.push({ file, returned: await readReturned(bytes, secrets), taken });
    }
    return results;
  });
}

function contentOf(file: string): Promise<Uint8Array> | Uint8Array {
  return file === '-' ? buffer(process.stdin) : readFileSync(file);
}

function toJson({ file, returned, taken }: Result): object {
  const { reports, delivery } = returned;
  return {
    file,
    ...(taken !== null && { taken }),
    reports: reports.map(({ kind, recipient, status, reason, isGone, words }) => ({
      ...{ kind, recipient, delivery, status, reason, gone: isGone, words },
    })),
  };
}

function checkReadable(file: string): void {
  if (file === '-') return;
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new Failure(2, `There is no file ${file}.`, 'Mend the path.');
  if (!found.isFile()) throw new Failure(2, `${file} is no file.`, 'Name the messages in it, as in Maildir/new/*.');
  if (found.size > FILE_MAX_BYTES) throw new Failure(2, `${file} is over 100 MB, which is no message.`, 'Leave it out.');
}

async function ls({ json, limit }: ListOptions): Promise<void> {
  if (!/^\d{1,6}$/.test(limit) || Number(limit) < 1 || Number(limit) > LIMIT_MAX)
    throw new Failure(2, `--limit ${limit} is no number from 1 to 100000.`, 'Write it as in --limit 50.');
  const records = await withLedger(loadOrFail(), (ledger) => ledger.returns.latest(Number(limit)));
  if (json) return printJson(records.map(recordToJson));
  if (records.length === 0) return note('Nothing has come back.');
  print(showRecord(records));
  const unnamed = records.filter(({ delivery, effect }) => delivery === null && effect === '').length;
  if (unnamed > 0) note(`\n${countOf(unnamed, 'report')} named none of our deliveries, and changed nothing.`);
}
