// postrider deliveries: recipients by name, with what became of each and the relay's words.
import { type Command, Option } from 'commander';
import type { DeliveryRecord } from '../../domain/delivery.ts';
import { OUTCOMES, type Outcome } from '../../domain/outcome.ts';
import type { Ledger } from '../../store/ledger.ts';
import { loadOrFail, withLedger } from '../session.ts';
import { OUTCOME_WORDS, reasonWords } from '../show-books.ts';
import { formatMoment, isoMoment, note, print, table } from '../terminal.ts';
import { findMailing } from './report.ts';

interface DeliveriesOptions {
  readonly issue: string;
  readonly list?: string;
  readonly outcome?: Outcome;
  readonly json?: boolean;
}

const PAGE_SIZE = 1_000;

export function addDeliveriesCommand(program: Command): void {
  program
    .command('deliveries')
    .description('the recipients of an issue by name')
    .requiredOption('--issue <id>', 'the issue')
    .option('--list <list>', 'the list')
    .addOption(new Option('--outcome <outcome>', 'only these').choices(OUTCOMES))
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', '\nExample:\n  postrider deliveries --issue 2023-01 --outcome rejected')
    .action(deliveries);
}

async function deliveries(options: DeliveriesOptions): Promise<void> {
  await withLedger(loadOrFail(), async (ledger) => {
    const mailing = await findMailing(ledger, options.issue, options.list);
    await ledger.deliveries.settleAbandoned(mailing.id, await ledger.now());
    let count = 0;
    for await (const page of pagesOf(ledger, mailing.id, options.outcome)) {
      count += page.length;
      print(options.json ? page.map((record) => JSON.stringify(toJson(record))).join('\n') : table(page.map(toRow)));
    }
    if (count === 0)
      note(options.outcome === undefined ? 'The mailing has no recipients.' : `None is ${OUTCOME_WORDS[options.outcome]}.`);
  });
}

async function* pagesOf(ledger: Ledger, mailing: number, outcome: Outcome | undefined): AsyncGenerator<DeliveryRecord[]> {
  for (let after = 0; ; ) {
    const page = await ledger.deliveries.list(mailing, { after, limit: PAGE_SIZE, ...(outcome !== undefined && { outcome }) });
    const last = page.at(-1);
    if (!last) return;
    yield page;
    after = last.sequence;
  }
}

function toRow(record: DeliveryRecord): string[] {
  const when = record.outcome === 'deferred' && record.dueAt !== null ? `again ${formatMoment(record.dueAt)}` : '';
  return [
    record.address,
    OUTCOME_WORDS[record.outcome],
    [record.reason === null ? '' : reasonWords(record.reason), when].filter((part) => part !== '').join(', '),
    record.reply ?? '',
  ];
}

function toJson({ address, outcome, reason, reply, attempts, dueAt, settledAt }: DeliveryRecord): Record<string, unknown> {
  return { address, outcome, reason, reply, attempts, dueAt: isoMoment(dueAt), settledAt: isoMoment(settledAt) };
}
