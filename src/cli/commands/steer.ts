// postrider pause, resume, cancel, retry, resolve: steer a mailing from any terminal.
import type { Command } from 'commander';
import type { Mailing } from '../../domain/mailing.ts';
import {
  cancelMailing,
  holdNeglected,
  pauseMailing,
  resolveMailing,
  resumeMailing,
  retryMailing,
} from '../../flows/steer-mailing.ts';
import { isNeglected } from '../../policy/gap.ts';
import { whyPaused } from '../../policy/why-paused.ts';
import type { Ledger } from '../../store/ledger.ts';
import { carryOn } from '../carry-on.ts';
import { confirm } from '../confirm.ts';
import { Failure } from '../failure.ts';
import { checkNotMoved, loadOrFail, withLedger } from '../session.ts';
import { countOf, formatDuration, formatMoment, note } from '../terminal.ts';
import { findMailing } from './report.ts';

interface SteerOptions {
  readonly issue: string;
  readonly list?: string;
  readonly yes?: boolean;
  readonly resend?: boolean;
  readonly skip?: boolean;
}

type Steer = (ledger: Ledger, mailing: Mailing, options: SteerOptions) => Promise<void>;

export function addPauseCommand(program: Command): void {
  add(program, 'pause', 'stop a mailing; what is on the wire still arrives', pause);
}

export function addResumeCommand(program: Command): void {
  add(program, 'resume', 'let a paused mailing go on', resume).option('--yes', 'do not ask');
}

export function addCancelCommand(program: Command): void {
  add(program, 'cancel', 'end a mailing for good; whoever has not got it will not', cancel).option('--yes', 'do not ask');
}

export function addRetryCommand(program: Command): void {
  add(program, 'retry', 'try those again that were refused because of us, or given up', retry);
}

export function addResolveCommand(program: Command): void {
  add(program, 'resolve', 'settle those who may have got it, or not', resolve)
    .option('--resend', 'send it to them again; some may get it twice')
    .option('--skip', 'leave them as they are; some may not have got it');
}

function add(program: Command, name: string, description: string, steer: Steer): Command {
  return program
    .command(name)
    .description(description)
    .requiredOption('--issue <id>', 'the issue')
    .option('--list <list>', 'the list; may be left out where the issue went to one')
    .addHelpText('after', `\nExample:\n  postrider ${name} --issue 2023-01${name === 'resolve' ? ' --resend' : ''}`)
    .action((options: SteerOptions) =>
      withLedger(loadOrFail(), async (ledger) => {
        checkNotMoved(ledger);
        await steer(ledger, await findMailing(ledger, options.issue, options.list), options);
      }),
    );
}

async function pause(ledger: Ledger, mailing: Mailing): Promise<void> {
  if (!(await pauseMailing(ledger, mailing, await ledger.now())))
    throw new Failure(2, `There is nothing to pause: the mailing is ${mailing.state}.`, seeReport(mailing));
  note(`Paused. What is on the wire still arrives. To go on: postrider resume --issue ${mailing.issue} --list ${mailing.list}`);
}

async function resume(ledger: Ledger, found: Mailing, { yes }: SteerOptions): Promise<void> {
  const now = await ledger.now();
  if (isNeglected(found.touchedAt, found.startsAt, now)) await holdNeglected(ledger, found, now);
  const mailing = await ledger.mailings.get(found.id);
  if (mailing.state !== 'paused')
    throw new Failure(2, `There is nothing to resume: the mailing is ${mailing.state}.`, seeReport(mailing));
  await confirmGap(ledger, mailing, now, yes);
  await resumeMailing(ledger, mailing, now);
  await carryOn(ledger, await ledger.mailings.get(mailing.id));
}

/** What was neglected may be an old copy of the ledger; only a person can know. */
async function confirmGap(ledger: Ledger, mailing: Mailing, now: number, yes: boolean | undefined): Promise<void> {
  const pause = whyPaused(await ledger.mailings.events(mailing.id));
  if (pause?.kind !== 'untouched') return;
  const { counts } = await ledger.mailings.books(mailing.id);
  const since = Date.parse(pause.detail);
  note(
    `Nobody has looked after this mailing for ${formatDuration(now - since)}, since ${formatMoment(since)}.\n` +
      'If the ledger was restored from a backup meanwhile, whoever was mailed since still counts as waiting, and would be mailed twice.',
  );
  await confirm(yes, `Go on with ${countOf(counts.due + counts.deferred, 'recipient')}?`, {
    refusal: 'It stays paused.',
    line: `postrider resume --issue ${mailing.issue} --list ${mailing.list} --yes`,
  });
}

async function cancel(ledger: Ledger, mailing: Mailing, { yes }: SteerOptions): Promise<void> {
  const { counts } = await ledger.mailings.books(mailing.id);
  if (mailing.state === 'finished' || mailing.state === 'cancelled')
    throw new Failure(2, `There is nothing to cancel: the mailing is ${mailing.state}.`, seeReport(mailing));
  await confirm(yes, `${countOf(counts.due + counts.deferred, 'recipient')} will never get it. Cancel?`, {
    refusal: 'It goes on as it was.',
    line: `postrider cancel --issue ${mailing.issue} --list ${mailing.list} --yes`,
  });
  await cancelMailing(ledger, mailing, await ledger.now());
  note(`Cancelled. ${seeReport(mailing)}`);
}

async function retry(ledger: Ledger, mailing: Mailing): Promise<void> {
  if (mailing.state === 'cancelled') throw new Failure(2, 'The mailing is cancelled.', seeReport(mailing));
  const count = await retryMailing(ledger, mailing, await ledger.now());
  if (count === 0)
    throw new Failure(2, 'There is nobody to try again: nobody was given up, or refused because of us.', seeReport(mailing));
  note(`${countOf(count, 'recipient')} to try again.`);
  await goOn(ledger, mailing);
}

async function resolve(ledger: Ledger, mailing: Mailing, { resend, skip }: SteerOptions): Promise<void> {
  if ((resend === true) === (skip === true))
    throw new Failure(2, 'Say what shall become of them: --resend or --skip.', 'Some who are sent it again may get it twice.');
  if (resend && mailing.state === 'cancelled') throw new Failure(2, 'The mailing is cancelled.', seeReport(mailing));
  const count = await resolveMailing(ledger, mailing, resend ? 'resend' : 'skip', await ledger.now());
  if (count === 0) throw new Failure(2, 'There is nothing to settle: nobody is in doubt.', seeReport(mailing));
  if (skip) return note(`${countOf(count, 'recipient')} left as they are.`);
  note(`${countOf(count, 'recipient')} to be sent it again.`);
  await goOn(ledger, mailing);
}

/** Who paused a mailing did so for a reason. */
async function goOn(ledger: Ledger, { id }: Mailing): Promise<void> {
  const mailing = await ledger.mailings.get(id);
  if (mailing.state !== 'paused') return carryOn(ledger, mailing);
  note(`The mailing is paused. To go on: postrider resume --issue ${mailing.issue} --list ${mailing.list}`);
}

function seeReport({ issue, list }: Mailing): string {
  return `See: postrider report --issue ${issue} --list ${list}`;
}
