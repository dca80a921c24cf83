// postrider status and report: where mailings stand, and the books of one.
import type { Command } from 'commander';
import type { Mailing } from '../../domain/mailing.ts';
import { OUTCOMES } from '../../domain/outcome.ts';
import { countReturns, sumReturns } from '../../flows/sum-returns.ts';
import type { Ledger } from '../../store/ledger.ts';
import { describeCrew, followMailing, presentCrew } from '../carry-on.ts';
import { Failure } from '../failure.ts';
import { loadOrFail, withLedger } from '../session.ts';
import { booksToJson, eventWords, OUTCOME_WORDS, showBooks } from '../show-books.ts';
import { showReturns } from '../show-returns.ts';
import { formatCount, formatMoment, note, print, printJson, table } from '../terminal.ts';
import { shortHash, sourceWords } from './issue-to-send.ts';

interface ReportOptions {
  readonly issue?: string;
  readonly list?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
}

export function addStatusCommand(program: Command): void {
  addCommand(program, 'status', 'where a mailing stands; all of them, one line each, without --issue').option(
    '--watch',
    'with --issue: show how far it is until it is over',
  );
}

export function addReportCommand(program: Command): void {
  addCommand(program, 'report', 'the books of a mailing: every recipient counted once');
}

function addCommand(program: Command, name: string, description: string): Command {
  return program
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
    const { id } = await findMailing(ledger, options.issue, options.list);
    if (options.watch) await followMailing(ledger, await ledger.mailings.get(id));
    await ledger.deliveries.settleAbandoned(id, await ledger.now());
    const mailing = await ledger.mailings.get(id);
    const books = await ledger.mailings.books(id);
    const editions = await readEditions(ledger, id);
    const returns = await countReturns(ledger, id);
    const returned = sumReturns(await ledger.returns.ofMailing(id));
    if (options.json) return printJson({ ...booksToJson(mailing, books, returns), returned, editions });
    print(showBooks(mailing, books));
    const cameBack = showReturns(returns, returned);
    if (cameBack !== '') print(`\n${cameBack}`);
    print(`\n${table(editions.map(editionRow))}`);
    note(
      `\n${await historyOf(ledger, mailing)}\n\nBy name: postrider deliveries --issue ${mailing.issue} --list ${mailing.list}`,
    );
  });
}

/** Which text went to how many. */
async function readEditions(ledger: Ledger, mailing: number) {
  const editions = await ledger.mailings.editions(mailing);
  const counted = editions.length > 1 ? await ledger.mailings.booksByEdition(mailing) : [];
  return editions.map(({ number, hash, provenance }) => {
    const books = counted.find(({ edition }) => edition === number);
    return { number, hash, ...provenance, ...(books && { counts: books.counts }) };
  });
}

type ReportedEdition = Awaited<ReturnType<typeof readEditions>>[number];

function editionRow({ number, hash, commit, isModified, counts }: ReportedEdition): string[] {
  const outcomes = OUTCOMES.filter((outcome) => (counts?.[outcome] ?? 0) > 0);
  const shares = outcomes.map((outcome) => `${OUTCOME_WORDS[outcome]} ${formatCount(counts?.[outcome] ?? 0)}`);
  return [`edition ${number}`, shortHash(hash), sourceWords({ commit, isModified }), shares.join(', ')];
}

async function historyOf(ledger: Ledger, { id, createdAt, finishedAt }: Mailing): Promise<string> {
  const events = await ledger.mailings.events(id);
  const begun: (readonly [number, string])[] = events.some(({ kind }) => kind === 'started') ? [] : [[createdAt, 'opened']];
  const ended: (readonly [number, string])[] =
    finishedAt === null || events.some(({ kind }) => kind === 'finished' || kind === 'cancelled')
      ? []
      : [[finishedAt, 'finished']];
  const lines = [...begun, ...events.map(({ at, kind, detail }) => [at, eventWords(kind, detail)] as const), ...ended];
  return table(lines.map(([at, words]) => [formatMoment(at), words]));
}

async function overview(ledger: Ledger, options: ReportOptions): Promise<void> {
  const mailings = (await ledger.mailings.all()).filter(({ list }) => options.list === undefined || list === options.list);
  const lines = await Promise.all(
    mailings.map(async (mailing) => ({
      mailing,
      books: await ledger.mailings.books(mailing.id),
      returns: await countReturns(ledger, mailing.id),
    })),
  );
  if (options.json) return printJson(lines.map(({ mailing, books, returns }) => booksToJson(mailing, books, returns)));
  const crew = await presentCrew(ledger);
  if (crew.length > 0) note(`At work: ${describeCrew(crew)}.`);
  if (lines.length === 0) return note('Nothing has been sent yet. Begin with: postrider plan --issue ID');
  const rows = lines.map(({ mailing, books: { recipients, counts }, returns }) => [
    mailing.issue,
    mailing.list,
    mailing.state,
    recipients,
    counts.accepted,
    counts.due + counts.deferred,
    counts.rejected + counts.expired,
    counts.withheld,
    counts.unknown,
    returns.bounced,
    returns.complained,
    returns.left,
    formatMoment(mailing.createdAt),
  ]);
  const counted = ['recipients', 'accepted', 'to go', 'refused', 'withheld', 'unclear', 'back', 'spam', 'left'];
  print(table(rows, ['issue', 'list', 'state', ...counted, 'opened']));
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
