// postrider plan: who would get an issue, who would not and why, and how long it would take. Sends nothing.
import type { Command } from 'commander';
import type { Config } from '../../../config/load.ts';
import { relaySettings } from '../../app.ts';
import type { Mailing } from '../../domain/mailing.ts';
import { composeDelivery, pressEdition } from '../../flows/compose-delivery.ts';
import { type MailingPlan, planMailing } from '../../flows/plan-mailing.ts';
import type { Ledger } from '../../store/ledger.ts';
import type { Overlap } from '../../store/people.ts';
import { checkListKnown, chooseList, describeLedger, loadOrFail, withLedger } from '../session.ts';
import { reasonWords } from '../show-books.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMoment,
  noteProblems,
  print,
  printJson,
  suggest,
  table,
} from '../terminal.ts';
import { describeIssue, type IssueToSend, renderOrFail } from './issue-to-send.ts';

interface PlanOptions {
  readonly issue: string;
  readonly list?: string;
  readonly json?: boolean;
}

export function addPlanCommand(program: Command): void {
  program
    .command('plan')
    .description('say who gets an issue, who does not and why, and how long it takes')
    .requiredOption('--issue <id>', 'the issue')
    .option('--list <list>', 'the list; may be left out where there is one')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  postrider plan --issue 2023-01')
    .action(plan);
}

async function plan(options: PlanOptions): Promise<void> {
  const config = loadOrFail();
  const list = chooseList(config, options.list);
  const issue = await renderOrFail(config, options.issue, list);
  await withLedger(config, async (ledger) => {
    await checkListKnown(config, ledger, list);
    const planned = await planMailing(ledger, list);
    const mailing = await ledger.mailings.find(options.issue, list);
    if (options.json)
      return printJson({
        issue: options.issue,
        list,
        state: mailing?.state ?? null,
        subject: issue.rendered.issue.subject,
        onList: planned.onList,
        excluded: planned.excluded,
        recipients: planned.recipients,
        alsoOn: await ledger.lists.overlaps(list, options.issue),
        ...(await costOf(config, issue, planned)),
      });
    noteProblems(issue.rendered.problems);
    print(await describePlan(config, ledger, issue, planned));
    suggest(nextLine(options, list, mailing, planned));
  });
}

function nextLine(
  { issue, list: named }: PlanOptions,
  list: string,
  mailing: Mailing | undefined,
  { recipients }: MailingPlan,
): string {
  if (recipients === 0) return `postrider subscribers import FILE --list ${list}`;
  return `postrider ${mailing === undefined ? 'send' : 'report'} --issue ${issue}${named === undefined ? '' : ` --list ${list}`}`;
}

/** The plan as people read it, before `send` asks its question too. */
export async function describePlan(config: Config, ledger: Ledger, issue: IssueToSend, planned: MailingPlan): Promise<string> {
  const { messageBytes, messagesPerSecond, connections, durationMs } = await costOf(config, issue, planned);
  const left = Object.entries(planned.excluded)
    .map(([reason, count]) => `${reasonWords(reason)} ${formatCount(count)}`)
    .join(', ');
  const rate =
    messagesPerSecond === null
      ? 'SMTP_URL is not set'
      : `${connections} connections, ${limitWords(messagesPerSecond, config.newsletter.relay)}`;
  const last = (await ledger.mailings.all()).find((mailing) => mailing.state !== 'cancelled');
  return table([
    ...describeIssue(issue.rendered, Date.now()),
    ['list', `${issue.content.list.title} (${issue.content.list.id}): ${formatCount(planned.onList)} on it`],
    ['recipients', `${formatCount(planned.recipients)}${left === '' ? '' : `; left out: ${left}`}`],
    ...overlapLines(await ledger.lists.overlaps(issue.content.list.id, issue.content.issue)),
    [
      'message',
      messageBytes === null
        ? 'nobody to compose one for'
        : `${formatBytes(messageBytes)} each, ${formatBytes(messageBytes * planned.recipients)} in all`,
    ],
    [
      'relay',
      `${config.relay ? `${config.relay.host}:${config.relay.port}, ` : ''}${rate}${durationMs === null ? '' : `: about ${formatDuration(durationMs)}`}`,
    ],
    [
      'ledger',
      `${describeLedger(config)}, made ${formatMoment(ledger.identity.createdAt)}, ${last ? `last sent ${last.issue} to ${last.list} (${formatMoment(last.createdAt)})` : 'has never sent anything'}`,
    ],
  ]);
}

/** Somebody on two lists is one subscriber, and gets an issue by each list that it is sent to. */
function overlapLines(overlaps: readonly Overlap[]): [string, string][] {
  if (overlaps.length === 0) return [];
  const words = overlaps.map(({ list, count, haveIssue }) => {
    const again =
      haveIssue === 0 ? '' : ` (${formatCount(haveIssue)} of them have this issue from there, and would get it again)`;
    return `${formatCount(count)} are on ${list} too${again}`;
  });
  return [['', words.join('; ')]];
}

function limitWords(perSecond: number, { messagesPerHour, messagesPerDay, warmUp }: Config['newsletter']['relay']): string {
  const limits = [
    [perSecond, 'second'],
    [messagesPerHour, 'hour'],
    [messagesPerDay, 'day'],
  ] as const;
  const words = limits.filter(([limit]) => limit > 0).map(([limit, span]) => `${formatCount(limit)} messages a ${span} at most`);
  if (warmUp) words.push(`warming up since ${warmUp.from}`);
  return words.length === 0 ? 'no limit' : words.join(', ');
}

async function costOf(config: Config, { content }: IssueToSend, { example, recipients }: MailingPlan) {
  const secrets = config.secrets.length > 0 ? config.secrets : ['no secret is needed to measure a message'];
  const message =
    example && composeDelivery({ mailing: 1, sequence: 1, openedAt: 0, subscriber: example }, pressEdition(content, 1), secrets);
  const settings = config.relay && relaySettings(config.relay, config.newsletter);
  const perSecond = settings?.messagesPerSecond ?? null;
  return {
    messageBytes: message?.bytes.byteLength ?? null,
    connections: settings?.connections ?? null,
    messagesPerSecond: perSecond,
    durationMs: perSecond === null ? null : durationOf(recipients, { ...config.newsletter.relay, perSecond }),
  };
}

interface Limits {
  readonly perSecond: number;
  readonly messagesPerHour: number;
  readonly messagesPerDay: number;
}

/** What the slowest limit makes of it; null where none is reached. */
function durationOf(recipients: number, { perSecond, messagesPerHour, messagesPerDay }: Limits): number | null {
  const spans = [
    [perSecond, 1_000],
    [messagesPerHour, 3_600_000],
    [messagesPerDay, 86_400_000],
  ] as const;
  const durations = spans.filter(([limit], index) => limit > 0 && (index === 0 || recipients > limit));
  return durations.length === 0 ? null : Math.max(...durations.map(([limit, spanMs]) => (recipients / limit) * spanMs));
}
