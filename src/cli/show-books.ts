// The books of a mailing in plain words, with a legend.
import type { Books, Mailing, MailingEventKind } from '../domain/mailing.ts';
import { OUTCOMES, type Outcome } from '../domain/outcome.ts';
import type { MailingReturns } from '../flows/sum-returns.ts';
import { formatCount, formatMoment, isoMoment, styled, table } from './terminal.ts';

/** What people read in place of the outcome's name. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  accepted: 'accepted',
  due: 'waiting',
  deferred: 'will try again',
  rejected: 'refused',
  expired: 'given up',
  withheld: 'not mailed after all',
  unknown: 'may have arrived, or not',
};

const LEGEND: Readonly<Record<Outcome, string>> = {
  accepted: 'the relay took it; what comes back later is a bounce',
  due: 'not tried yet',
  deferred: 'the relay asked us to come back',
  rejected: 'the relay said no, for good',
  expired: 'two days of “not now”',
  withheld: 'left or was suppressed before the turn came',
  unknown: 'the connection broke while the relay was answering',
};

const REASON_WORDS: Readonly<Record<string, string>> = {
  suppressed: 'must not be mailed',
  pending: 'not confirmed',
  ended: 'left the list',
  'no-subscription': 'no longer on the list',
  'user-unknown': 'no such mailbox',
  'host-unknown': 'no such domain',
  'mailbox-full': 'mailbox full',
  'mailbox-inactive': 'mailbox not in use',
  'bad-address': 'address cannot be read',
  complaint: 'called spam',
  'too-big': 'message too big',
  spam: 'taken for spam',
  policy: 'a rule of the receiver',
  'sender-authentication': 'the sender was not authenticated',
  'sender-reputation': 'the sender is blocked',
  other: 'not understood',
  'connection-lost': 'connection lost',
  'no-reply': 'no reply',
  skipped: 'left as they are',
  cancelled: 'the mailing was cancelled',
  'cannot-be-composed': 'the message could not be made',
  'address-not-supported': 'relay cannot carry this address',
};

export function showBooks(mailing: Mailing, books: Books): string {
  const { counts, reasons, excluded, onList, recipients, nextDueAt } = books;
  const left = onList - recipients;
  const head = table([
    ['on the list', onList, ''],
    ['left out', left, reasonsText(excluded)],
    ['recipients', recipients, ''],
  ]);
  const shown = OUTCOMES.filter((outcome) => counts[outcome] > 0 || outcome === 'accepted');
  const rows = shown.map((outcome) => [OUTCOME_WORDS[outcome], counts[outcome], because(outcome, reasons[outcome], nextDueAt)]);
  const sum = shown.map((outcome) => formatCount(counts[outcome])).join(' + ');
  const legend = shown.map((outcome) => `${OUTCOME_WORDS[outcome]}: ${LEGEND[outcome]}`).join('\n');
  return [titleOf(mailing), head, table(rows), `${sum} = ${formatCount(recipients)}`, styled('dim', legend)].join('\n\n');
}

export function titleOf(mailing: Mailing): string {
  const { issue, list, stateReason } = mailing;
  return `${styled('bold', `Issue ${issue} to ${list}`)}: ${stateWords(mailing)}${stateReason === null ? '' : ` (${stateReason})`}`;
}

function stateWords({ state, startsAt, recipients }: Mailing): string {
  if (state !== 'opening') return state;
  return startsAt !== null && recipients === 0 ? `to begin at ${formatMoment(startsAt)}` : 'being opened';
}

const EVENT_WORDS: Readonly<Record<MailingEventKind, string>> = {
  started: 'begun',
  finished: 'finished',
  paused: 'paused',
  stopped: 'stopped by itself',
  'login-refused': 'stopped by itself: the login was refused',
  'too-many-bounces': 'stopped by itself: too many bounces',
  'too-many-complaints': 'stopped by itself: too many complaints',
  resumed: 'resumed',
  cancelled: 'cancelled',
  amended: 'amended',
  retried: 'tried again',
  resolved: 'doubts settled',
  untouched: 'held: nobody had looked after it since',
  stuck: 'stuck',
  unknown: 'in doubt',
};

/** What happened to a mailing, as a line of its history. */
export function eventWords(kind: MailingEventKind, detail: string): string {
  return detail === '' ? EVENT_WORDS[kind] : `${EVENT_WORDS[kind]}: ${detail}`;
}

export function reasonWords(reason: string): string {
  return REASON_WORDS[reason] ?? reason.replaceAll('-', ' ');
}

function because(outcome: Outcome, reasons: Readonly<Record<string, number>> | undefined, nextDueAt: number | null): string {
  const why = reasonsText(reasons ?? {});
  if (outcome !== 'deferred' || nextDueAt === null) return why;
  return `${why}${why === '' ? '' : '; '}next at ${formatMoment(nextDueAt)}`;
}

function reasonsText(reasons: Readonly<Record<string, number>>): string {
  return Object.entries(reasons)
    .map(([reason, count]) => `${reasonWords(reason)} ${formatCount(count)}`)
    .join(', ');
}

/** The shape of `status --json` and `report --json`. */
export function booksToJson(mailing: Mailing, books: Books, returns: MailingReturns): Record<string, unknown> {
  const { issue, list, state, stateReason, createdAt, finishedAt } = mailing;
  const { nextDueAt, ...numbers } = books;
  return {
    issue,
    list,
    state,
    stateReason,
    ...numbers,
    ...returns,
    startedAt: isoMoment(createdAt),
    startsAt: isoMoment(mailing.startsAt),
    finishedAt: isoMoment(finishedAt),
    nextDueAt: isoMoment(nextDueAt),
  };
}
