// Tells the editor what has happened to mailings: by mail, and by a program of the newsletter's own. Each event is
// told once: whoever tells it has first written down that it is told.
import type { Clock } from '../domain/clock.ts';
import type { Mailbox } from '../domain/mailbox.ts';
import type { Books, Mailing, MailingEvent, MailingEventKind } from '../domain/mailing.ts';
import { OUTCOMES } from '../domain/outcome.ts';
import { runCommand } from '../hook/run-command.ts';
import { composePlain } from '../message/plain-message.ts';
import { isNews } from '../policy/newsworthy.ts';
import type { Relay } from '../relay/relay.ts';
import type { Ledger } from '../store/ledger.ts';

export interface Telling {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly relay: Relay;
  readonly from: Mailbox;
  readonly to: Mailbox | null;
  readonly command: readonly string[] | null;
  /** Where the program runs. */
  readonly cwd: string;
  /** Hears of a notice that did not get through. */
  readonly onFailure: (why: string) => void;
}

export async function tellEvents(telling: Telling): Promise<void> {
  const { ledger, clock } = telling;
  for (const event of await ledger.mailings.untold())
    if ((await ledger.mailings.markTold(event.id, clock.now())) && isNews(event.kind)) await tell(event, telling);
}

async function tell(event: MailingEvent, telling: Telling): Promise<void> {
  const { ledger, to, command, cwd, onFailure } = telling;
  if (to === null && command === null) return;
  const mailing = await ledger.mailings.get(event.mailing);
  const books = await ledger.mailings.books(event.mailing);
  if (command !== null) {
    const failure = await runCommand(command, toJson(event, mailing, books), cwd);
    if (failure !== undefined) onFailure(`the command ${command[0]}: ${failure}`);
  }
  // The relay that refused our login would not take this either.
  if (to !== null && event.kind !== 'login-refused') await mail(event, mailing, books, { ...telling, to });
}

async function mail(event: MailingEvent, mailing: Mailing, books: Books, telling: Telling & { to: Mailbox }): Promise<void> {
  const { relay, from, to, onFailure } = telling;
  const message = composePlain({
    from,
    to,
    subject: `[Postrider] Issue ${mailing.issue} to ${mailing.list} ${SUBJECTS[event.kind] ?? event.kind}`,
    text: `${textOf(event, mailing, books)}\n`,
    messageId: `postrider-event-${event.id}-${event.at}@${from.address.split('@').at(-1)}`,
    date: event.at,
  });
  const submission = await relay.submit(
    () => message,
    () => Promise.resolve(true),
  );
  if (submission.kind === 'replied' && submission.reply.code >= 200 && submission.reply.code < 300) return;
  onFailure(`the mail to the editor: ${submission.kind === 'replied' ? submission.reply.text : submission.kind}`);
}

const SUBJECTS: Readonly<Partial<Record<MailingEventKind, string>>> = {
  started: 'has started',
  finished: 'is finished',
  stopped: 'has stopped',
  'login-refused': 'has stopped: the login was refused',
  'too-many-bounces': 'has stopped: too much of it comes back',
  'too-many-complaints': 'has stopped: too many readers call it spam',
  unknown: 'may have missed some, or not',
  untouched: 'is held: nobody had looked after it for hours, since the time below',
  stuck: 'is stuck',
};

function textOf({ kind, detail }: MailingEvent, { issue, list }: Mailing, { recipients, counts }: Books): string {
  const lines = OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => `${outcome}: ${counts[outcome]}`);
  const next: Partial<Record<MailingEventKind, string>> = {
    stopped: `When it is settled: postrider send --issue ${issue} --list ${list}`,
    'login-refused': `When it is settled: postrider send --issue ${issue} --list ${list}`,
    unknown: `To settle it: postrider resolve --issue ${issue} --list ${list} --resend, or --skip`,
    untouched: `If the ledger is the right one: postrider resume --issue ${issue} --list ${list}`,
    'too-many-bounces': afterReturns(issue, list),
    'too-many-complaints': afterReturns(issue, list),
    stuck: 'See who is at work: postrider status',
  };
  const parts = [
    `Issue ${issue} to ${list} ${SUBJECTS[kind]}.`,
    detail,
    [`recipients: ${recipients}`, ...lines].join('\n'),
    next[kind] ?? '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function afterReturns(issue: string, list: string): string {
  return `What came back: postrider report --issue ${issue} --list ${list}\nTo go on all the same: postrider resume --issue ${issue} --list ${list}`;
}

function toJson({ kind, detail, at }: MailingEvent, { issue, list, state }: Mailing, { recipients, counts }: Books): object {
  return { event: kind, issue, list, state, detail, at: new Date(at).toISOString(), recipients, counts };
}
