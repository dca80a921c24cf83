// What stands between an editor and a mailing: what would go wrong is refused, and what is unlikely to be meant is asked about.
import { type Config, defaultLedger } from '../../config/load.ts';
import { hasArchive, systemRandom } from '../app.ts';
import { domainOf } from '../domain/address.ts';
import type { CrewMember } from '../domain/crew.ts';
import { guardSending } from '../flows/guard-sending.ts';
import { doubts } from '../policy/guards.ts';
import { ASKING } from '../reach/ask-links.ts';
import type { Ledger } from '../store/ledger.ts';
import { type IssueToSend, newestIssue } from './commands/issue-to-send.ts';
import { confirm, confirmByTyping } from './confirm.ts';
import { Failure } from './failure.ts';
import { dayOf, today } from './read-day.ts';
import { describeLedger } from './session.ts';
import { countOf, formatMomentAndUtc, note } from './terminal.ts';

export interface SendRequest {
  readonly issue: string;
  readonly list: string;
  readonly recipients: number;
  readonly startsAt: number | undefined;
  /** Whoever delivers in place of this process; none where it does so itself. */
  readonly crew: readonly CrewMember[];
  readonly webCheck: boolean;
  readonly yes?: boolean;
  readonly confirm?: string;
  readonly expect?: string;
}

/** To a relay on the machine of whoever delivers, which may well be a sink, everything may be tried. */
function isTrial({ relay }: Config, { crew }: SendRequest): boolean {
  return crew.length > 0 ? crew.every(({ isRelayHere }) => isRelayHere) : relay?.isLoopback === true;
}

export async function guardSend(config: Config, ledger: Ledger, { content }: IssueToSend, options: SendRequest): Promise<void> {
  const isSizeExpected = options.expect !== undefined;
  if (options.expect !== undefined) checkCount(options.expect, options);
  if (isTrial(config, options)) return;
  const { root, baseUrl, secrets, databaseUrl, isCi } = config;
  const isAsked = options.webCheck && !hasArchive(config.newsletter.issues.url, baseUrl);
  const found = await guardSending({
    ...{ list: options.list, recipients: options.recipients, isSizeExpected },
    ...{ root, baseUrl, secrets, isCi, ledger, ledgerName: describeLedger(config) },
    ...{ isDefaultLedger: databaseUrl === defaultLedger(root), url: content.url, senderDomain: domainOf(content.from.address) },
    ...{ random: systemRandom, asking: isAsked ? ASKING : null },
  });
  if (found.length > 0)
    throw new Failure(2, `\n${found.map(({ message, advice }) => `${message}\n${advice}`).join('\n\n')}`, '\nNothing was sent.');
}

function checkCount(written: string, { list, recipients }: SendRequest): void {
  if (!/^\d+$/.test(written))
    throw new Failure(2, `--expect ${written} is not a number of recipients.`, 'Nothing was sent. Write it as in: --expect 1200');
  if (Number(written) !== recipients)
    throw new Failure(2, `${list} has ${countOf(recipients, 'recipient')}, and not ${written}.`, 'Nothing was sent.');
}

export async function confirmSending(
  config: Config,
  ledger: Ledger,
  { rendered }: IssueToSend,
  options: SendRequest,
): Promise<void> {
  const { issue, startsAt, recipients } = options;
  const { newsletter } = config;
  if (options.confirm !== undefined) {
    if (options.confirm === issue) return;
    throw new Failure(2, `--confirm ${options.confirm} is not the issue that --issue names, ${issue}.`, 'Nothing was sent.');
  }
  const found = doubts({
    ...{ issue, newest: newestIssue({ root: config.root, newsletter }), date: rendered.issue.date },
    ...{
      today: startsAt === undefined ? today() : dayOf(startsAt),
      adopted: newsletter.adopted ?? dayOf(ledger.identity.createdAt),
    },
    ...rendered.provenance,
  });
  const when = startsAt === undefined ? '' : ` at ${formatMomentAndUtc(startsAt, newsletter.timezone)}`;
  const words = { refusal: 'Nothing was sent.', line: `${commandLine()} --yes` };
  if (found.length === 0 || (options.yes && isTrial(config, options)))
    return confirm(options.yes, `Send it to ${countOf(recipients, 'recipient')}${when}?`, words);
  note(`\n${found.join('\n')}`);
  const question = `To send it to ${countOf(recipients, 'recipient')}${when} all the same, type the issue’s id: `;
  await confirmByTyping(
    issue,
    question,
    isTrial(config, options) ? words : { ...words, line: `${commandLine()} --confirm ${issue}` },
  );
}

/** As it was typed, less the wish not to be asked. */
function commandLine(): string {
  const words = process.argv.slice(2).filter((word) => word !== '--yes');
  return ['postrider', ...words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word)))].join(' ');
}
