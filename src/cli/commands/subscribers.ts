// postrider subscribers: who is on a list, and by whose word.
import type { Command } from 'commander';
import { addressKey, parseAddress } from '../../domain/address.ts';
import { subscriptionsOf } from '../../flows/plan-mailing.ts';
import { Failure } from '../failure.ts';
import { checkListName, chooseList, loadOrFail, withLedger } from '../session.ts';
import { isoMoment, mapped, note, print, printTable } from '../terminal.ts';
import { exportList } from './subscribers-export.ts';
import { addImportCommands } from './subscribers-import.ts';
import { addPersonCommands } from './subscribers-person.ts';

/** What every command on a list's subscribers takes. */
export interface ListOption {
  readonly list?: string;
  readonly json?: boolean;
}

export function addSubscribersCommand(program: Command): void {
  const subscribers = program
    .command('subscribers')
    .description('who is on the lists')
    .addHelpText(
      'after',
      '\nExamples:\n  postrider subscribers import readers.csv --dry-run\n  postrider subscribers ls\n  postrider subscribers show ada@example.org',
    );
  const onList = '--list <list>';
  const which = 'the list; may be left out where there is one';
  addImportCommands(subscribers, [onList, which]);
  subscribers
    .command('export')
    .description('all subscriptions of a list as CSV')
    .option(onList, which)
    .addHelpText('after', '\nExample:\n  postrider subscribers export --list monthly > /tmp/monthly.csv')
    .action(exportList);
  subscribers
    .command('add <address>')
    .description('add one subscriber who asked for it')
    .option(onList, which)
    .option('--name <name>', 'display name', '')
    .addHelpText('after', '\nExample:\n  postrider subscribers add ada@example.org --name Ada')
    .action(add);
  subscribers
    .command('remove <address>')
    .description('end a subscription; nothing is forgotten')
    .option(onList, which)
    .addHelpText('after', '\nExample:\n  postrider subscribers remove ada@example.org --list monthly')
    .action(remove);
  addPersonCommands(subscribers);
  subscribers
    .command('ls')
    .description('the subscriptions of a list')
    .option(onList, which)
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', '\nExamples:\n  postrider subscribers ls --list monthly\n  postrider subscribers ls --json')
    .action(ls);
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
        `${written} left ${list}, has not confirmed, or was erased, and is not brought back.`,
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

async function ls(options: ListOption): Promise<void> {
  const config = loadOrFail();
  const list = options.list === undefined ? chooseList(config, undefined) : checkListName(options.list);
  await withLedger(config, async (ledger) => {
    const all = subscriptionsOf(ledger, list);
    if (options.json) {
      for await (const { address, name, state, endedReason, suppression, since } of all)
        print(JSON.stringify({ address, name, state, endedReason, suppression, since: isoMoment(since) }));
      return;
    }
    const rows = mapped(all, ({ address, name, state, suppression }) => [
      address,
      suppression === null ? (state ?? '') : `suppressed (${suppression})`,
      name,
    ]);
    if ((await printTable(rows, ['address', 'state', 'name'])) === 0) note(`Nobody is on ${list}.`);
  });
}
