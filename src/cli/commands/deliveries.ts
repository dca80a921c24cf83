// postrider deliveries: recipients by name, with what became of each and the relay's words.
import { type Command, Option } from 'commander';
import type { DeliveryRecord } from '../../domain/delivery.ts';
import { OUTCOMES, type Outcome } from '../../domain/outcome.ts';
import { FATES, type Fate, isFate } from '../../domain/returned.ts';
import type { Ledger } from '../../store/ledger.ts';
import { loadOrFail, withLedger } from '../session.ts';
import { OUTCOME_WORDS, reasonWords } from '../show-books.ts';
import { formatMoment, isoMoment, mapped, note, print, printTable } from '../terminal.ts';
import { findMailing } from './report.ts';

interface DeliveriesOptions {
  readonly issue: string;
  readonly list?: string;
  readonly outcome?: Outcome | Fate;
  readonly json?: boolean;
}

const PAGE_SIZE = 1_000;

export function addDeliveriesCommand(program: Command): void {
  program
    .command('deliveries')
    .description('the recipients of an issue by name')
    .requiredOption('--issue <id>', 'the issue')
    .option('--list <list>', 'the list')
    .addOption(new Option('--outcome <outcome>', 'only these').choices([...OUTCOMES, ...FATES]))
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', '\nExample:\n  postrider deliveries --issue 2023-01 --outcome rejected')
    .action(deliveries);
}

async function deliveries(options: DeliveriesOptions): Promise<void> {
  await withLedger(loadOrFail(), async (ledger) => {
    const mailing = await findMailing(ledger, options.issue, options.list);
    await ledger.deliveries.settleAbandoned(mailing.id, await ledger.now());
    const all = recordsOf(ledger, mailing.id, options.outcome);
    if (options.json) {
      for await (const record of all) print(JSON.stringify(toJson(record)));
      return;
    }
    if ((await printTable(mapped(all, toRow), ['address', 'outcome', 'why', 'reply'])) === 0)
      note(options.outcome === undefined ? 'The mailing has no recipients.' : `None is ${wordsOf(options.outcome)}.`);
  });
}

async function* recordsOf(ledger: Ledger, mailing: number, wanted: Outcome | Fate | undefined): AsyncGenerator<DeliveryRecord> {
  const filter = wanted === undefined ? {} : isFate(wanted) ? { fate: wanted } : { outcome: wanted };
  for (let after = 0; ; ) {
    const page = await ledger.deliveries.list(mailing, { after, limit: PAGE_SIZE, ...filter });
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = last.sequence;
  }
}

const FATE_WORDS: Readonly<Record<Fate, string>> = { bounced: 'came back', complained: 'called spam' };

function wordsOf(wanted: Outcome | Fate): string {
  return isFate(wanted) ? FATE_WORDS[wanted] : OUTCOME_WORDS[wanted];
}

function toRow(record: DeliveryRecord): string[] {
  const when = record.outcome === 'deferred' && record.dueAt !== null ? `again ${formatMoment(record.dueAt)}` : '';
  const reason = record.fate?.reason ?? record.reason;
  return [
    record.address,
    record.fate === null ? OUTCOME_WORDS[record.outcome] : FATE_WORDS[record.fate.kind],
    [reason === null ? '' : reasonWords(reason), when].filter((part) => part !== '').join(', '),
    record.reply ?? '',
  ];
}

function toJson({ address, outcome, reason, reply, attempts, dueAt, settledAt, fate }: DeliveryRecord): Record<string, unknown> {
  const since = { dueAt: isoMoment(dueAt), settledAt: isoMoment(settledAt) };
  return { address, outcome, reason, reply, attempts, ...since, fate: fate && { ...fate, at: isoMoment(fate.at) } };
}
