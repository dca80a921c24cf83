// postrider status and report: where mailings stand, and the books of one.
import type { Command } from 'commander';
import type { Mailing } from '../../domain/mailing.ts';
import type { Ledger } from '../../store/ledger.ts';
import { Failure } from '../failure.ts';
import { loadOrFail, withLedger } from '../session.ts';
import { booksToJson, showBooks } from '../show-books.ts';
import { formatMoment, note, print, printJson, table } from '../terminal.ts';

interface ReportOptions {
  readonly issue?: string;
  readonly list?: string;
  readonly json?: boolean;
}

export function addStatusCommand(program: Command): void {
  addCommand(program, 'status', 'where a mailing stands; all of them, one line each, without --issue');
}

export function addReportCommand(program: Command): void {
  addCommand(program, 'report', 'the books of a mailing: every recipient counted once');
}

function addCommand(program: Command, name: string, description: string): void {
  program
    .command(name)
    .description(description)
    .option('--issue <id>', 'the issue; one line for each mailing where it is left out')
    .option('--list <list>', 'the list; may be left out where the issue went to one')
    .option('--json', 'print it as JSON')
    .addHelpText('after', `\nExamples:\n  postrider ${name}\n  postrider ${name} --issue 2023-01 --json`)
    .action(report);
}

async function report(options: ReportOptions): Promise<void> {
  await withLedger(loadOrFail(), async (ledger) => {
    if (options.issue === undefined) return overview(ledger, options);
    const mailing = await findMailing(ledger, options.issue, options.list);
    await ledger.deliveries.settleAbandoned(mailing.id, Date.now());
    const books = await ledger.mailings.books(mailing.id);
    const editions = await ledger.mailings.editions(mailing.id);
    const sources = editions.map(({ number, hash, provenance }) => ({ number, hash, ...provenance }));
    if (options.json) return printJson({ ...booksToJson(mailing, books), editions: sources });
    print(showBooks(mailing, books));
    note(
      `\nOpened ${formatMoment(mailing.createdAt)}${mailing.finishedAt === null ? '' : `, finished ${formatMoment(mailing.finishedAt)}`}. By name: postrider deliveries --issue ${mailing.issue}`,
    );
  });
}

async function overview(ledger: Ledger, options: ReportOptions): Promise<void> {
  const mailings = (await ledger.mailings.all()).filter(({ list }) => options.list === undefined || list === options.list);
  const lines = await Promise.all(mailings.map(async (mailing) => ({ mailing, books: await ledger.mailings.books(mailing.id) })));
  if (options.json) return printJson(lines.map(({ mailing, books }) => booksToJson(mailing, books)));
  if (lines.length === 0) return note('Nothing has been sent yet. Begin with: postrider plan --issue ID');
  const rows = lines.map(({ mailing, books: { recipients, counts } }) => [
    mailing.issue,
    mailing.list,
    mailing.state,
    recipients,
    counts.accepted,
    counts.due + counts.deferred,
    counts.rejected + counts.expired,
    counts.withheld,
    counts.unknown,
    formatMoment(mailing.createdAt),
  ]);
  print(table(rows, ['issue', 'list', 'state', 'recipients', 'accepted', 'to go', 'refused', 'withheld', 'unclear', 'opened']));
}

/** The mailing of an issue; the list may be left out where the issue went to one list only. */
export async function findMailing(ledger: Ledger, issue: string, list: string | undefined): Promise<Mailing> {
  const mailings = (await ledger.mailings.all()).filter(
    (mailing) => mailing.issue === issue && (list === undefined || mailing.list === list),
  );
  const [mailing, ...others] = mailings;
  if (!mailing)
    throw new Failure(
      2,
      `Issue ${issue} has not been sent${list === undefined ? '' : ` to ${list}`}.`,
      'See what has been: postrider status',
    );
  if (others.length > 0)
    throw new Failure(
      2,
      `Issue ${issue} went to several lists.`,
      `Add --list with one of: ${mailings.map((each) => each.list).join(', ')}.`,
    );
  return mailing;
}
