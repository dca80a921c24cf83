// postrider suppressions: addresses that must not be mailed, whatever list they are on.
import { type Command, Option } from 'commander';
import { openTables } from '../../csv/open-tables.ts';
import { csvLine } from '../../csv/write-csv.ts';
import { addressKey, parseAddress } from '../../domain/address.ts';
import { importSuppressions, suppressionsOf } from '../../flows/suppressions.ts';
import { mayBeLiftedByAdmin, SUPPRESSION_REASONS } from '../../policy/suppression.ts';
import { Failure } from '../failure.ts';
import { loadOrFail, withLedger, wordsOf } from '../session.ts';
import { countOf, formatMoment, isoMoment, mapped, note, print, printJson, printTable, table } from '../terminal.ts';

interface Json {
  readonly json?: boolean;
}

interface Adding {
  readonly reason: string;
  readonly note: string;
}

const reasonOption = (): Option =>
  new Option('--reason <reason>', 'why').choices(Object.keys(SUPPRESSION_REASONS)).default('manual');

const REASONS = table(
  Object.entries(SUPPRESSION_REASONS).map(([reason, { words, liftedBy }]) => [
    `  ${reason}`,
    `${words}${liftedBy === 'reader' ? '; only the reader lifts it' : ''}`,
  ]),
);

export function addSuppressionsCommand(program: Command): void {
  const suppressions = program
    .command('suppressions')
    .description('addresses that must not be mailed, whatever the list')
    .addHelpText(
      'after',
      '\nExamples:\n  postrider suppressions\n  postrider suppressions add eve@example.org --reason requested',
    );
  suppressions
    .command('ls', { isDefault: true })
    .description('all of them')
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', '\nExamples:\n  postrider suppressions ls\n  postrider suppressions ls --json')
    .action(ls);
  suppressions
    .command('add <address>')
    .description('never mail an address')
    .addOption(reasonOption())
    .option('--note <text>', 'in your own words', '')
    .addHelpText(
      'after',
      `\nReasons:\n${REASONS}\n\nExample:\n  postrider suppressions add eve@example.org --reason requested --note "by phone"`,
    )
    .action(add);
  suppressions
    .command('remove <address>')
    .description('let an address be mailed again, where an admin may say so')
    .addHelpText('after', '\nExample:\n  postrider suppressions remove eve@example.org')
    .action(remove);
  suppressions
    .command('import <file>')
    .description('a CSV file with a column `email`, and where it has them `reason`, `since` and `note`')
    .addOption(reasonOption())
    .option('--json', 'print the numbers as JSON')
    .addHelpText('after', '\nExample:\n  postrider suppressions import blocked.csv --reason manual')
    .action(importFile);
  suppressions
    .command('export')
    .description('all of them as CSV')
    .addHelpText('after', '\nExample:\n  postrider suppressions export > /tmp/suppressions.csv')
    .action(exportAll);
}

async function ls(options: Json): Promise<void> {
  await withLedger(loadOrFail(), async (ledger) => {
    const all = suppressionsOf(ledger);
    if (options.json) {
      for await (const { address, reason, note: words, since } of all)
        print(JSON.stringify({ address, reason, note: words, since: isoMoment(since) }));
      return;
    }
    const rows = mapped(all, ({ address, reason, since, note: words }) => [address, reason, formatMoment(since), words]);
    if ((await printTable(rows, ['address', 'reason', 'since', 'note'])) === 0) note('No address is suppressed.');
  });
}

async function add(written: string, { reason, note: words }: Adding): Promise<void> {
  const parsed = parseAddress(written);
  if (parsed.kind === 'refused')
    throw new Failure(2, `${JSON.stringify(written)} is not an address: ${parsed.why}.`, 'Write it as name@example.org.');
  if (/\p{Cc}/u.test(words) || words.length > 500) throw new Failure(2, 'The note must be one line of at most 500 characters.');
  const { address, key } = parsed.value;
  const result = await withLedger(loadOrFail(), (ledger) =>
    ledger.suppressions.add({ key, address, reason, note: words.trim(), since: Date.now() }),
  );
  const said = {
    added: 'will not be mailed any more',
    updated: 'is suppressed for that reason now',
    unchanged: 'was suppressed already',
  };
  if (result === 'kept')
    throw new Failure(1, `${address} was erased, and is not mailed anyway.`, 'It is not written down again.');
  print(`${address} ${said[result]}.`);
}

async function remove(written: string): Promise<void> {
  await withLedger(loadOrFail(), async (ledger) => {
    const key = addressKey(written);
    const found = await ledger.suppressions.find(key);
    if (!found) throw new Failure(1, `${written} is not suppressed.`);
    if (!mayBeLiftedByAdmin(found.reason))
      throw new Failure(
        1,
        `${written} is suppressed as ${found.reason}: only the reader can lift that.`,
        'It is lifted when the reader subscribes again by the form and confirms.',
      );
    await ledger.suppressions.remove(key, found.reason, Date.now());
    print(`${written} may be mailed again where it is subscribed.`);
  });
}

async function importFile(file: string, options: Adding & Json): Promise<void> {
  const tables = await openTables(file, process.stdin).catch((error: unknown) => {
    throw new Failure(2, `${file} cannot be read: ${wordsOf(error).replace(/\.$/, '')}.`, 'Mend the path.');
  });
  const refused: string[][] = [];
  const outcome = await withLedger(loadOrFail(), (ledger) =>
    importSuppressions(tables, ledger, {
      reason: options.reason,
      at: Date.now(),
      refuse: ({ line, why }) => refused.push([`line ${line}`, why]),
    }),
  );
  if (outcome.kind === 'unreadable') throw new Failure(2, `${file}: ${outcome.why}`, outcome.advice);
  if (options.json) printJson({ ...outcome.report, refused: refused.length });
  else
    print(
      `${countOf(outcome.report.rows, 'row')} read: ${outcome.report.added} added, ${outcome.report.updated} with a stronger reason, ${outcome.report.unchanged} there already.`,
    );
  if (refused.length > 0) note(`\n${countOf(refused.length, 'row')} could not be read:\n${table(refused)}`);
}

async function exportAll(): Promise<void> {
  await withLedger(loadOrFail(), async (ledger) => {
    process.stdout.write(csvLine(['email', 'reason', 'since', 'note']));
    for await (const { address, reason, since, note: words } of suppressionsOf(ledger))
      process.stdout.write(csvLine([address, reason, new Date(since).toISOString(), words]));
  });
}
