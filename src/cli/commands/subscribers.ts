// postrider subscribers: import, export, add, remove, show, list.
import type { Command } from 'commander';
import { addressKey, parseAddress } from '../../domain/address.ts';
import type { ConsentKind, ConsentRecord } from '../../domain/consent.ts';
import { subscriptionsOf } from '../../flows/plan-mailing.ts';
import type { SubscriberDetails } from '../../store/ledger.ts';
import { Failure } from '../failure.ts';
import { checkListName, chooseList, loadOrFail, withLedger } from '../session.ts';
import { OUTCOME_WORDS, reasonWords } from '../show-books.ts';
import { formatMoment, isoMoment, note, print, printJson, styled, table } from '../terminal.ts';
import { exportList } from './subscribers-export.ts';
import { importFile } from './subscribers-import.ts';

/** What every command on a list's subscribers takes. */
export interface ListOption {
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
  const { details, history } = await withLedger(loadOrFail(), async (ledger) => {
    const found = await ledger.subscribers.find(addressKey(address));
    return { details: found, history: found ? await ledger.subscriptions.history(found.id) : [] };
  });
  if (!details) throw new Failure(1, `${address} is not known.`);
  if (options.json)
    return printJson({
      address: details.address,
      name: details.name,
      attributes: details.attributes,
      subscriptions: details.subscriptions.map((each) => ({ ...each, since: isoMoment(each.since) })),
      suppression: details.suppression && { ...details.suppression, at: isoMoment(details.suppression.at) },
      deliveries: details.deliveries.map((each) => ({
        ...each,
        dueAt: isoMoment(each.dueAt),
        settledAt: isoMoment(each.settledAt),
      })),
      consent: history.map(({ id: _id, ...each }) => ({ ...each, at: isoMoment(each.at) })),
    });
  print(describeSubscriber(details, history));
}

function describeSubscriber(details: SubscriberDetails, history: readonly ConsentRecord[]): string {
  const { address, name, attributes, createdAt, subscriptions, suppression, deliveries } = details;
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
  const log = history.map(({ at, list, kind, origin, ip, detail }) => [
    formatMoment(at),
    list,
    kind === 'reason' ? `said why: ${detail}` : CONSENT_WORDS[kind],
    origin,
    ip,
  ]);
  const warning = suppression
    ? styled('red', `must not be mailed: ${suppression.reason}, since ${formatMoment(suppression.at)}`)
    : '';
  return [styled('bold', address), warning, table(facts), table(lists), table(log), table(mails)]
    .filter((part) => part !== '')
    .join('\n\n');
}

const CONSENT_WORDS: Readonly<Record<Exclude<ConsentKind, 'reason'>, string>> = {
  asked: 'asked for, by whoever filled in the form',
  confirmed: 'confirmed',
  left: 'unsubscribed',
  'came-back': 'took it back',
};

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
