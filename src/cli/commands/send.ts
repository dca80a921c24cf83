// postrider send: the main job. Run again, it continues or says that all is done.
import type { Command } from 'commander';
import type { Config } from '../../../config/load.ts';
import type { CrewMember } from '../../domain/crew.ts';
import type { Mailing } from '../../domain/mailing.ts';
import { openMailing } from '../../flows/open-mailing.ts';
import { planMailing } from '../../flows/plan-mailing.ts';
import { resumeMailing } from '../../flows/steer-mailing.ts';
import { goesOnWhenSentAgain, whyPaused } from '../../policy/why-paused.ts';
import type { Ledger } from '../../store/ledger.ts';
import { confirmSending, guardSend } from '../before-sending.ts';
import { carryOn, presentCrew } from '../carry-on.ts';
import { Failure } from '../failure.ts';
import { readMoment } from '../read-moment.ts';
import { checkListKnown, checkNotMoved, checkSecrets, chooseList, describeLedger, loadOrFail, withLedger } from '../session.ts';
import { formatMomentAndUtc, note, noteProblems } from '../terminal.ts';
import { noteChanges, renderOrFail } from './issue-to-send.ts';
import { describePlan } from './plan.ts';
import { rehearse } from './rehearse.ts';

interface SendOptions {
  readonly issue: string;
  readonly list?: string;
  readonly at?: string;
  readonly yes?: boolean;
  readonly confirm?: string;
  readonly expect?: string;
  readonly webCheck: boolean;
  readonly detach?: boolean;
  readonly rehearse?: boolean;
}

export function addSendCommand(program: Command): void {
  program
    .command('send')
    .description('send an issue to a list, once to each recipient')
    .requiredOption('--issue <id>', 'the issue')
    .option('--list <list>', 'the list; may be left out where there is one')
    .option('--at <time>', 'begin then, as in "2026-12-01 09:00" in the newsletter’s time zone; needs a serve or work')
    .option('--detach', 'hand over to serve or work, and do not watch')
    .option('--rehearse', 'send everything into a local sink, by a ledger that is thrown away')
    .option('--yes', 'do not ask')
    .option(
      '--confirm <id>',
      'do not ask, and send what is not the newest, of another time or in no commit: the issue’s id again',
    )
    .option('--expect <count>', 'how many recipients there are, where a list has grown or shrunk much')
    .option('--no-web-check', 'do not ask whether the issue is on the web yet')
    .addHelpText(
      'after',
      '\nExamples:\n  postrider send --issue 2023-01\n  postrider send --issue 2023-01 --rehearse\n  postrider send --issue 2023-01 --at "2026-12-01 09:00" --yes\n  postrider send --issue 2022-12 --confirm 2022-12',
    )
    .action(send);
}

async function send(options: SendOptions): Promise<void> {
  const config = loadOrFail();
  const list = chooseList(config, options.list);
  const startsAt = options.at === undefined ? undefined : readMoment(options.at, config.newsletter.timezone);
  await withLedger(config, async (ledger) => {
    if (options.rehearse) return rehearse(config, ledger, options.issue, list);
    checkNotMoved(ledger);
    if (config.secrets.length > 0) await checkSecrets(ledger, config.secrets);
    const crew = await presentCrew(ledger);
    checkCrew(crew, { ...options, list });
    const found = await ledger.mailings.find(options.issue, list);
    if (found && startsAt !== undefined) throw new Failure(2, `Issue ${options.issue} to ${list} has been begun already.`);
    const mailing = found ? await takeUp(config, ledger, found) : await start(crew, ledger, { ...options, list, startsAt });
    if (startsAt !== undefined) return note(`It will start at ${formatMomentAndUtc(startsAt, config.newsletter.timezone)}.`);
    await carryOn(ledger, mailing, options.detach);
  });
}

function checkCrew(crew: readonly CrewMember[], { at, detach, issue, list }: SendOptions): void {
  if (crew.length > 0 || (at === undefined && !detach)) return;
  throw new Failure(
    2,
    `Nobody is there to do the work: no serve or work runs on this ledger, and ${at === undefined ? '--detach' : '--at'} needs one.`,
    `Start one with: postrider work   Or send here and now: postrider send --issue ${issue} --list ${list}`,
  );
}

/** A mailing that is there: what stopped by itself goes on, since a person has come to look. */
async function takeUp(config: Config, ledger: Ledger, mailing: Mailing): Promise<Mailing> {
  if (mailing.state === 'finished') note('It was sent before, and nothing is left to do.');
  await noteChanges(config, ledger, mailing);
  const pause = whyPaused(await ledger.mailings.events(mailing.id));
  if (mailing.state === 'paused' && pause && goesOnWhenSentAgain(pause)) await resumeMailing(ledger, mailing, await ledger.now());
  return ledger.mailings.get(mailing.id);
}

type StartOptions = SendOptions & { readonly list: string; readonly startsAt: number | undefined };

async function start(crew: readonly CrewMember[], ledger: Ledger, options: StartOptions): Promise<Mailing> {
  const config = loadOrFail(crew.length > 0 ? ['base-url'] : ['relay', 'secret', 'base-url']);
  const { list, startsAt } = options;
  const issue = await renderOrFail(config, options.issue, list);
  await checkListKnown(config, ledger, list);
  const planned = await planMailing(ledger, list);
  noteProblems(issue.rendered.problems);
  note(await describePlan(config, ledger, issue, planned));
  const request = { ...options, crew, recipients: planned.recipients };
  await guardSend(config, ledger, issue, request);
  if (planned.recipients === 0)
    throw new Failure(
      2,
      `Nobody on the list ${list} may be mailed (ledger ${describeLedger(config)}).`,
      `Nothing was sent. Import subscribers first: postrider subscribers import FILE --list ${list}`,
    );
  await confirmSending(config, ledger, issue, request);
  const { provenance, images } = issue.rendered;
  return openMailing(ledger, {
    issue: options.issue,
    list,
    content: issue.content,
    provenance,
    images,
    startsAt,
    at: await ledger.now(),
  });
}
