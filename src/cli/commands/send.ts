// postrider send: the main job, in the foreground. Run again, it continues or says that all is done.
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { Config } from '../../../config/load.ts';
import { openRelay, relaySettings, runningOf, systemClock } from '../../app.ts';
import type { Mailing } from '../../domain/mailing.ts';
import type { Trouble } from '../../flows/judge-submission.ts';
import { finishOpening, openMailing } from '../../flows/open-mailing.ts';
import { planMailing } from '../../flows/plan-mailing.ts';
import { runMailing } from '../../flows/run-mailing.ts';
import type { RunEnd } from '../../queue/schedule.ts';
import type { Ledger } from '../../store/ledger.ts';
import { Failure } from '../failure.ts';
import { showProgress } from '../progress.ts';
import { checkListKnown, chooseList, describeLedger, loadOrFail, relayOf, withLedger } from '../session.ts';
import { showBooks } from '../show-books.ts';
import { countOf, formatMoment, isInteractive, note, noteProblems, print } from '../terminal.ts';
import { renderOrFail } from './issue-to-send.ts';
import { describePlan } from './plan.ts';

interface SendOptions {
  readonly issue: string;
  readonly list?: string;
  readonly yes?: boolean;
}

export function addSendCommand(program: Command): void {
  program
    .command('send')
    .description('send an issue to a list, once to each recipient')
    .requiredOption('--issue <id>', 'the issue')
    .option('--list <list>', 'the list; may be left out where there is one')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExamples:\n  postrider send --issue 2023-01\n  postrider send --issue 2023-01 --list monthly --yes')
    .action(send);
}

async function send(options: SendOptions): Promise<void> {
  const config = loadOrFail(['relay', 'secret', 'base-url']);
  const list = chooseList(config, options.list);
  await withLedger(config, async (ledger) => {
    const mailing =
      (await ledger.mailings.find(options.issue, list)) ?? (await startMailing(config, ledger, { ...options, list }));
    await workOff(config, ledger, mailing);
  });
}

async function startMailing(config: Config, ledger: Ledger, options: SendOptions & { list: string }): Promise<Mailing> {
  const issue = await renderOrFail(config, options.issue, options.list);
  await checkListKnown(config, ledger, options.list);
  const planned = await planMailing(ledger, options.list);
  noteProblems(issue.rendered.problems);
  note(await describePlan(config, ledger, issue, planned));
  if (planned.recipients === 0) {
    throw new Failure(
      2,
      `Nobody on the list ${options.list} may be mailed (ledger ${describeLedger(config)}).`,
      `Import subscribers first: postrider subscribers import FILE --list ${options.list}`,
    );
  }
  await confirm(options, `Send it to ${countOf(planned.recipients, 'recipient')}?`);
  const { provenance } = issue.rendered;
  return openMailing(ledger, {
    issue: options.issue,
    list: options.list,
    content: issue.content,
    provenance,
    at: systemClock.now(),
  });
}

async function confirm(options: SendOptions, question: string): Promise<void> {
  if (options.yes === true) return;
  if (!isInteractive())
    throw new Failure(
      2,
      'There is no terminal to ask on, and sending is not done unasked.',
      `Look at the plan above, then run: postrider send --issue ${options.issue} --yes`,
    );
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C and Ctrl-D close the terminal without an answer.
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  const answer = await Promise.race([terminal.question(`\n${question} [y/N] `), closed]);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failure(1, 'Nothing was sent.');
}

async function workOff(config: Config, ledger: Ledger, found: Mailing): Promise<void> {
  const interruption = onInterrupt(continueLine(found));
  const mailing = await finishOpening(ledger, found, systemClock.now());
  if (mailing.state !== 'sending') {
    interruption.stop();
    return finish(ledger, mailing, { kind: 'empty' });
  }
  const relay = openRelay(relaySettings(relayOf(config), config.newsletter));
  const progress = showProgress(() => ledger.mailings.books(mailing.id));
  try {
    const end = await runMailing(mailing, runningOf({ ledger, relay, secrets: config.secrets }), interruption.signal);
    await progress.stop();
    await finish(ledger, await ledger.mailings.get(mailing.id), end);
  } finally {
    await progress.stop();
    interruption.stop();
    await relay.close();
  }
}

async function finish(ledger: Ledger, mailing: Mailing, end: RunEnd<Trouble>): Promise<void> {
  const books = await ledger.mailings.books(mailing.id);
  const again = continueLine(mailing);
  const waiting = books.counts.due + books.counts.deferred;
  print(showBooks(mailing, books));
  if (books.counts.unknown > 0)
    note(
      `\n${countOf(books.counts.unknown, 'recipient')} may have got it or not; see: postrider deliveries --issue ${mailing.issue} --outcome unknown`,
    );
  switch (end.kind) {
    case 'empty':
      if (mailing.state === 'cancelled' || mailing.state === 'paused') throw new Failure(1, `The mailing is ${mailing.state}.`);
      return note(
        books.counts.rejected > 0
          ? `\nDone. The refused by name: postrider deliveries --issue ${mailing.issue} --outcome rejected`
          : '\nDone.',
      );
    case 'later':
      throw new Failure(
        1,
        `\n${countOf(waiting, 'recipient')} will be tried again, the first at ${formatMoment(end.at)}.`,
        `To continue then, run: ${again}`,
      );
    case 'interrupted':
      throw new Failure(
        130,
        `\nInterrupted. ${countOf(waiting, 'recipient')} still to go, and nobody was mailed twice.`,
        `To continue, run: ${again}`,
      );
    case 'stopped':
      throw new Failure(
        1,
        `\n${end.trouble.message}\n${end.trouble.advice}`,
        `${countOf(waiting, 'recipient')} still to go. To continue, run: ${again}`,
      );
    default:
      return end satisfies never;
  }
}

function continueLine({ issue, list }: Mailing): string {
  return `postrider send --issue ${issue} --list ${list}`;
}

/** The first Ctrl-C lets what is on the wire finish; the second ends the process. */
function onInterrupt(again: string): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) {
      note(`\nStopped. Who was being mailed just now may show as in doubt. To continue, run: ${again}`);
      process.exit(130);
    }
    note('\nStopping after what is on the wire; once more to stop at once.');
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const stop = (): void => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  };
  return { signal: controller.signal, stop };
}
