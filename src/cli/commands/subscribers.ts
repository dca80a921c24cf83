// postrider subscribers: who is on a list, and by whose word.
import type { Command } from 'commander';
import { addressKey, parseAddress } from '../../domain/address.ts';
import { subscriptionsOf } from '../../flows/plan-mailing.ts';
import { Failure } from '../failure.ts';
import { checkListName, chooseList, loadOrFail, withLedger } from '../session.ts';
import { isoMoment, note, print } from '../terminal.ts';
import { exportList } from './subscribers-export.ts';
import { addImportCommands } from './subscribers-import.ts';
import { addPersonCommands } from './subscribers-person.ts';

/** What every command on a list's subscribers takes. */
export interface ListOption {
  readonly list?: string;
  readonly json?: boolean;
}

export function addSubscribersCommand(program: Command): void {
  const subscribers = program.command('subscribers').description('who is on the lists');
  const onList = '--list <list>';
  const which = 'the list; may be left out where there is one';
  addImportCommands(subscribers, [onList, which]);
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
  addPersonCommands(subscribers);
  subscribers
    .command('ls')
    .description('the subscriptions of a list')
    .option(onList, which)
    .option('--json', 'print one JSON object a line')
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
    let count = 0;
    for await (const { address, name, state, endedReason, suppression, since } of subscriptionsOf(ledger, list)) {
      count++;
      const shown = suppression === null ? (state ?? '') : `suppressed (${suppression})`;
      print(
        options.json
          ? JSON.stringify({ address, name, state, endedReason, suppression, since: isoMoment(since) })
          : `${address.padEnd(40)} ${shown.padEnd(12)} ${name}`.trimEnd(),
      );
    }
    if (count === 0) note(`Nobody is on ${list}.`);
  });
}
