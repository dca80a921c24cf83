// postrider subscribers: import, export, add, remove, show, list.
import { createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../../../config/load.ts';
import { readCsv } from '../../csv/read-csv.ts';
import { csvLine } from '../../csv/write-csv.ts';
import { addressKey, parseAddress } from '../../domain/address.ts';
import { type ImportReport, importSubscribers, type RefusedRow } from '../../flows/import-subscribers.ts';
import { subscriptionsOf } from '../../flows/plan-mailing.ts';
import type { Ledger, SubscriberDetails } from '../../store/ledger.ts';
import { Failure } from '../failure.ts';
import { ownFolder } from '../own-folder.ts';
import { checkListName, chooseList, loadOrFail, withLedger } from '../session.ts';
import { OUTCOME_WORDS, reasonWords } from '../show-books.ts';
import { countOf, formatCount, formatMoment, note, print, printJson, styled, table } from '../terminal.ts';

interface ListOption {
  readonly list?: string;
  readonly json?: boolean;
}

export function addSubscribersCommand(program: Command): void {
  const subscribers = program.command('subscribers').description('who is on the lists');
  const onList = '--list <list>';
  const which = 'the list; may be left out where there is one';
  subscribers
    .command('import <file>')
    .description('import a CSV file (`-` for standard input); bad rows go to a file of their own')
    .option(onList, which)
    .option('--json', 'print the numbers as JSON')
    .addHelpText(
      'after',
      '\nThe header names the columns: email, name (or first name, last name); any other becomes an attribute.\nNobody who left is brought back.\n\nExample:\n  postrider subscribers import readers.csv --list monthly',
    )
    .action(importFile);
  subscribers.command('export').description('all subscriptions of a list as CSV').option(onList, which).action(exportList);
  subscribers
    .command('add <address>')
    .description('add one subscriber who asked for it')
    .option(onList, which)
    .option('--name <name>', 'display name', '')
    .action(add);
  subscribers
    .command('remove <address>')
    .description('end a subscription; nothing is forgotten')
    .option(onList, which)
    .action(remove);
  subscribers
    .command('show <address>')
    .description('all that is known of an address')
    .option('--json', 'print it as JSON')
    .action(show);
  subscribers
    .command('ls')
    .description('the subscriptions of a list')
    .option(onList, which)
    .option('--json', 'print one JSON object a line')
    .action(ls);
}

async function importFile(file: string, options: ListOption): Promise<void> {
  const config = loadOrFail();
  const list = chooseList(config, options.list);
  if (file !== '-' && !existsSync(file)) throw new Failure(2, `There is no file ${file}.`, 'Mend the path.');
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
  const folder = join(config.root, '.postrider', 'rejects');
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  const path = join(folder, `${source === '-' ? 'stdin' : basename(source, '.csv')}-${stamp}.csv`);
  let stream: ReturnType<typeof createWriteStream> | undefined;
  return {
    path,
    write({ line, why, cells }) {
      if (!stream) {
        mkdirSync(join(ownFolder(config.root), 'rejects'), { recursive: true });
        stream = createWriteStream(path);
        stream.write(csvLine(['line', 'why', 'row as read']));
      }
      stream.write(csvLine([String(line), why, ...cells]));
    },
    close: () => new Promise((resolve) => (stream ? stream.end(() => resolve()) : resolve())),
  };
}

async function exportList(options: ListOption): Promise<void> {
  const config = loadOrFail();
  const list = chooseList(config, options.list);
  await withLedger(config, async (ledger) => {
    const names = await attributeNames(ledger, list);
    process.stdout.write(csvLine(['email', 'name', 'state', 'since', 'reason', ...names]));
    for await (const row of subscriptionsOf(ledger, list)) {
      const state = row.suppression === null ? (row.state ?? '') : 'suppressed';
      process.stdout.write(
        csvLine([
          row.address,
          row.name,
          state,
          new Date(row.since).toISOString(),
          row.suppression ?? row.endedReason ?? '',
          ...names.map((name) => row.attributes[name] ?? ''),
        ]),
      );
    }
  });
}

async function attributeNames(ledger: Ledger, list: string): Promise<string[]> {
  const names = new Set<string>();
  for await (const row of subscriptionsOf(ledger, list)) for (const name of Object.keys(row.attributes)) names.add(name);
  return [...names].sort();
}

async function add(written: string, options: ListOption & { readonly name: string }): Promise<void> {
  const config = loadOrFail();
  const list = chooseList(config, options.list);
  const parsed = parseAddress(written);
  if (parsed.kind === 'refused')
    throw new Failure(2, `${JSON.stringify(written)} is not an address: ${parsed.why}.`, 'Write it as name@example.org.');
  if (/\p{Cc}/u.test(options.name) || options.name.length > 200)
    throw new Failure(2, 'The name must be one line of at most 200 characters.');
  await withLedger(config, async (ledger) => {
    await ledger.lists.ensure(list, Date.now());
    const [result] = await ledger.subscribers.import(
      [{ ...parsed.value, name: options.name.trim(), attributes: {} }],
      list,
      Date.now(),
    );
    if (result === 'kept')
      throw new Failure(
        1,
        `${written} left ${list}, or has not confirmed, and is not brought back.`,
        'Only the reader can subscribe again.',
      );
    print(result === 'added' ? `${written} is on ${list}.` : `${written} was on ${list} already.`);
  });
}

async function remove(address: string, options: ListOption): Promise<void> {
  const config = loadOrFail();
  const list = chooseList(config, options.list);
  const isEnded = await withLedger(config, (ledger) => ledger.subscribers.end(addressKey(address), list, 'removed', Date.now()));
  if (!isEnded) throw new Failure(1, `${address} is not on ${list}.`, `See: postrider subscribers show ${address}`);
  print(`${address} is no longer on ${list}.`);
}

async function show(address: string, options: ListOption): Promise<void> {
  const details = await withLedger(loadOrFail(), (ledger) => ledger.subscribers.find(addressKey(address)));
  if (!details) throw new Failure(1, `${address} is not known.`);
  if (options.json)
    return printJson({
      address: details.address,
      name: details.name,
      attributes: details.attributes,
      subscriptions: details.subscriptions,
      suppression: details.suppression,
      deliveries: details.deliveries,
    });
  print(describeSubscriber(details));
}

function describeSubscriber({
  address,
  name,
  attributes,
  createdAt,
  subscriptions,
  suppression,
  deliveries,
}: SubscriberDetails): string {
  const facts = [
    ['known since', formatMoment(createdAt)],
    ...(name === '' ? [] : [['name', name]]),
    ...Object.entries(attributes),
  ];
  const lists = subscriptions.map(({ list, state, endedReason, since }) => [
    list,
    `${state}${endedReason === null ? '' : ` (${endedReason})`}`,
    `since ${formatMoment(since)}`,
  ]);
  const mails = deliveries.map(({ issue, list, outcome, reason, reply }) => [
    issue,
    list,
    OUTCOME_WORDS[outcome],
    reason === null ? '' : reasonWords(reason),
    reply ?? '',
  ]);
  const warning = suppression
    ? styled('red', `must not be mailed: ${suppression.reason}, since ${formatMoment(suppression.at)}`)
    : '';
  return [styled('bold', address), warning, table(facts), table(lists), table(mails)].filter((part) => part !== '').join('\n\n');
}

async function ls(options: ListOption): Promise<void> {
  const config = loadOrFail();
  const list = options.list === undefined ? chooseList(config, undefined) : checkListName(options.list);
  await withLedger(config, async (ledger) => {
    let count = 0;
    for await (const { address, name, state, endedReason, suppression, since } of subscriptionsOf(ledger, list)) {
      count++;
      const shown = suppression === null ? (state ?? '') : `suppressed (${suppression})`;
      print(
        options.json
          ? JSON.stringify({ address, name, state, endedReason, suppression, since: new Date(since).toISOString() })
          : `${address.padEnd(40)} ${shown.padEnd(12)} ${name}`.trimEnd(),
      );
    }
    if (count === 0) note(`Nobody is on ${list}.`);
  });
}
