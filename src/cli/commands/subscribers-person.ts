// postrider subscribers show, move, erase: one person.
import type { Command } from 'commander';
import { addressKey, parseAddress } from '../../domain/address.ts';
import type { ConsentKind, ConsentRecord } from '../../domain/consent.ts';
import { personalData } from '../../flows/personal-data.ts';
import type { Ledger } from '../../store/ledger.ts';
import type { SubscriberDetails } from '../../store/people.ts';
import { confirm } from '../confirm.ts';
import { Failure } from '../failure.ts';
import { loadOrFail, withLedger } from '../session.ts';
import { OUTCOME_WORDS, reasonWords } from '../show-books.ts';
import { formatMoment, isInteractive, isoMoment, print, printJson, styled, table } from '../terminal.ts';

export function addPersonCommands(subscribers: Command): void {
  subscribers
    .command('show <address>')
    .description('all that is known of an address')
    .option('--json', 'print it as JSON: also what to give a reader who asks for it')
    .addHelpText(
      'after',
      '\nExamples:\n  postrider subscribers show ada@example.org\n  postrider subscribers show ada@example.org --json > ada.json',
    )
    .action(show);
  subscribers
    .command('move <old> <new>')
    .description('give a reader another address; subscriptions, history and links in old mails go with it')
    .addHelpText('after', '\nExample:\n  postrider subscribers move ada@old.example ada@new.example')
    .action(move);
  subscribers
    .command('erase <address>')
    .description('forget an address everywhere, but for a hash, so that nothing brings it back')
    .option('--yes', 'without asking')
    .addHelpText('after', '\nExample:\n  postrider subscribers erase ada@example.org --yes')
    .action(eraseOne);
}

async function show(address: string, options: { readonly json?: boolean }): Promise<void> {
  await withLedger(loadOrFail(), async (ledger) => {
    const key = addressKey(address);
    const details = await ledger.subscribers.find(key);
    if (!details) return showWithoutSubscriber(ledger, address, key, options.json ?? false);
    if (options.json) return printJson(await personalData(ledger, key));
    print(describeSubscriber(details, await ledger.subscriptions.history(details.id)));
  });
}

async function showWithoutSubscriber(ledger: Ledger, address: string, key: string, isJson: boolean): Promise<void> {
  const suppression = await ledger.suppressions.find(key);
  if (suppression && isJson) {
    const { reason, note, since } = suppression;
    return printJson({ address: suppression.address, subscriptions: [], suppression: { reason, note, at: isoMoment(since) } });
  }
  if (suppression)
    return print(
      `${address} is on no list, and must not be mailed: ${suppression.reason}, since ${formatMoment(suppression.since)}`,
    );
  if (await ledger.subscribers.isErased(key))
    throw new Failure(1, `${address} was erased.`, 'Nothing is known of it any more; only its owner can subscribe again.');
  throw new Failure(1, `${address} is not known.`);
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
  const log = history.map((record) => [
    formatMoment(record.at),
    record.list,
    describeConsent(record),
    record.origin,
    record.origin === 'import' ? record.form : record.ip,
    record.origin === 'import' ? record.words : '',
  ]);
  const warning = suppression
    ? styled('red', `must not be mailed: ${suppression.reason}, since ${formatMoment(suppression.at)}`)
    : '';
  return [styled('bold', address), warning, table(facts), table(lists), table(log), table(mails)]
    .filter((part) => part !== '')
    .join('\n\n');
}

const CONSENT_WORDS: Readonly<Record<ConsentKind, string>> = {
  asked: 'asked for, by whoever filled in the form',
  confirmed: 'confirmed',
  left: 'unsubscribed',
  'came-back': 'took it back',
  reason: 'said why',
  imported: 'imported as',
  undone: 'the import was undone',
  returned: 'ended, since mail came back',
  removed: 'removed',
  suppressed: 'suppressed',
  lifted: 'may be mailed again',
  moved: 'had the address',
  renamed: 'has the name',
};

const WITH_DETAIL: ReadonlySet<ConsentKind> = new Set(['reason', 'imported', 'removed', 'suppressed', 'moved', 'renamed']);

function describeConsent({ kind, detail }: ConsentRecord): string {
  if (!WITH_DETAIL.has(kind) || detail === '') return CONSENT_WORDS[kind];
  return `${CONSENT_WORDS[kind]}${kind === 'imported' ? '' : ':'} ${detail}`;
}

async function move(old: string, written: string): Promise<void> {
  const parsed = parseAddress(written);
  if (parsed.kind === 'refused')
    throw new Failure(2, `${JSON.stringify(written)} is not an address: ${parsed.why}.`, 'Write it as name@example.org.');
  const result = await withLedger(loadOrFail(), (ledger) => ledger.subscribers.move(addressKey(old), parsed.value, Date.now()));
  switch (result) {
    case 'moved':
      return print(`${old} is ${parsed.value.address} now.`);
    case 'unknown':
      throw new Failure(1, `${old} is not known.`);
    case 'taken':
      throw new Failure(
        1,
        `${written} is a subscriber already.`,
        `If ${old} is of no use any more: postrider subscribers remove ${old}`,
      );
    case 'suppressed':
      throw new Failure(1, 'One of the two must not be mailed.', `See: postrider subscribers show ${old}`);
    case 'erased':
      throw new Failure(1, `${written} was erased.`, 'Only its owner can subscribe again.');
    default:
      return result satisfies never;
  }
}

async function eraseOne(address: string, options: { readonly yes?: boolean }): Promise<void> {
  await withLedger(loadOrFail(), async (ledger) => {
    const key = addressKey(address);
    // A script names the address on purpose.
    await confirm(options.yes === true || !isInteractive(), `Forget all that is known of ${address}? It cannot be undone.`, {
      refusal: 'Nothing was forgotten.',
      line: `postrider subscribers erase ${address} --yes`,
    });
    if (!(await ledger.subscribers.erase(key, Date.now()))) throw new Failure(1, `${address} is not known.`);
    print(`${address} is erased. The books of what was sent stand, without the address.`);
  });
}
