// A returned message to what it reports. Nobody is believed here: on whose word anybody may be acted upon is decided
// elsewhere, by signatures.
import type { ReadReport, ReturnKind, ReturnReport } from '../domain/returned.ts';
import { readAmazonNotice } from './amazon-notice.ts';
import { isAutoReply } from './auto-reply.ts';
import { BOUNCE_TEXTS, NOT_A_RECIPIENT } from './bounce-texts.ts';
import { readStatus, statusIn, statusOf } from './delivery-status.ts';
import { readFeedback } from './feedback-report.ts';
import { addressesIn } from './find-addresses.ts';
import { fingerprintOf } from './fingerprint.ts';
import { judgeReport } from './judge-report.ts';
import { type MailParts, readAsText, readParts } from './mail-parts.ts';

export interface ReadReturn {
  readonly reports: readonly ReadReport[];
  /** The addresses that it came to, as its headers tell. */
  readonly cameTo: string;
  /** Where else our own signed names may stand: the headers of the message that came back, and what it answers. */
  readonly names: string;
  /** One and the same for the same return, whatever way it took. */
  readonly fingerprint: string;
}

/** Never throws, and never gives no report: ordinary mail is `other`. */
export async function readReturn(bytes: Uint8Array): Promise<ReadReturn> {
  const parts = await readParts(bytes);
  const read = reportsOf(parts);
  // Where nobody is named, the parts may not be what they say they are.
  const again = read.some(({ recipient }) => recipient !== null) ? [] : reportsOf(readAsText(bytes));
  const found = again.some(({ recipient }) => recipient !== null) ? again : read;
  const reports: ReturnReport[] = found.length > 0 ? found.slice(0, REPORTS_MAX) : [ORDINARY];
  return {
    reports: reports.map((report) => judgeReport(report, parts.text)),
    cameTo: CAME_TO.map(parts.header).join('\n'),
    names: [...ANSWERS.map(parts.header), parts.status ?? '', parts.returned.slice(0, RETURNED_MAX)].join('\n'),
    fingerprint: fingerprintOf(parts),
  };
}

// A message of ours has one recipient.
const REPORTS_MAX = 100;
const ORDINARY: ReturnReport = { kind: 'other', recipient: null, status: null, words: '' };

const CAME_TO = ['to', 'delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'return-path'];
const ANSWERS = ['in-reply-to', 'references'];
const RETURNED_MAX = 20_000;

function reportsOf(parts: MailParts): ReturnReport[] {
  const told = readAmazonNotice(parts.text) ?? readFeedback(parts);
  if (told) return told;
  const status = readStatus(parts.status ?? parts.text);
  if (status.length > 0) return status.map((report) => completed(report, parts));
  if (isBounce(parts)) return readText(parts);
  if (isAutoReply(parts))
    return [{ kind: 'auto-reply', recipient: addressesIn(parts.header('from'))[0] ?? null, status: null, words: '' }];
  return [ORDINARY];
}

/** What the machine's part leaves out, the person's may tell. */
function completed(report: ReturnReport, parts: MailParts): ReturnReport {
  const found = recipientsIn(parts);
  const recipient = report.recipient ?? failedHeader(parts)[0] ?? found[0]?.address ?? null;
  const isSilent = /^(?:[45]\d\d)?[\s.\d]*$/.test(report.words);
  const told = found.find(({ address }) => recipient !== null && isSame(address, recipient))?.words ?? parts.text;
  const words = isSilent ? `${report.words} ${told}` : report.words;
  return { ...report, recipient, status: statusOf(report.status, words), words };
}

const DAEMON =
  /mailer-?daemon|postmaster|mail delivery (?:sub)?system|mail system|mail administrator|system administrator|メール/i;
const SUBJECT =
  /undeliver|returned (?:mail|to sender)|return(?:ing)? (?:message|mail)|delivery (?:status|failure|failed|notification|report|problem|error|has failed)|failure notice|mail(?:er)? (?:failure|delivery|system|error)|delivery.{0,20}(?:delay|fail)|(?:could not|cannot|can't|not|un).{0,20}(?:deliver|send|sent)|user unknown|warning: (?:could not|message)|non.?(?:remise|distribu)|unzustellbar|n[aã]o.{0,10}entregue|no se ha podido|rejected|bounce|message status|nondeliverable|error sending|delivery of|mail could not/i;
const SPEAKS_OF_IT =
  /(?<!\d)[45]\d\d[ -](?:[45]\.\d\.\d)?|(?:could not|cannot|unable to|wasn't able to) (?:be )?(?:deliver|send)|undeliver|permanent (?:error|failure)/i;

/** Not by its sender alone, since daemons send other things, too; nor by its subject alone, since people write of bounces. */
function isBounce({ header, text, returned }: MailParts): boolean {
  if (header('x-failed-recipients') !== '') return true;
  const isFromDaemon = DAEMON.test(header('from')) || /<>/.test(header('return-path'));
  const isNamed = SUBJECT.test(header('subject'));
  const saysSo = returned !== '' || SPEAKS_OF_IT.test(text);
  return isFromDaemon ? isNamed || saysSo : isNamed && saysSo;
}

function readText(parts: MailParts): ReturnReport[] {
  const kind = kindOfText(parts);
  const found = recipientsIn(parts);
  const failed = failedHeader(parts).map(
    (address) => found.find((each) => isSame(address, each.address)) ?? { address, words: parts.text },
  );
  const named = failed.length > 0 ? failed : found;
  if (named.length === 0) return [{ kind, recipient: null, status: statusIn(parts.text), words: parts.text }];
  return named.map(({ address, words }) => ({
    ...{ kind, recipient: address, words },
    status: statusIn(words) ?? statusIn(parts.text),
  }));
}

const STILL_TRIED =
  /will (?:be )?(?:keep|continue|retried|try|attempt|re-?try)|still (?:trying|being)|(?:has|have) (?:not yet been|been delayed)|not yet been delivered|delivery (?:is|has been) delayed|message (?:is )?delayed|warning message only|do not need to resend|no action is required|temporarily deferred/i;
const GIVEN_UP =
  /giv(?:en|ing) up|permanent|not going to try|undeliverable|fatal|(?:has|have) failed|could not be delivered\.? (?:to|for) /i;

function kindOfText({ header, text }: MailParts): ReturnKind {
  if (/delay|warning|遅延/i.test(header('subject'))) return 'delayed';
  return STILL_TRIED.test(text) && !GIVEN_UP.test(text) ? 'delayed' : 'bounce';
}

function failedHeader({ header }: MailParts): string[] {
  return addressesIn(header('x-failed-recipients'));
}

interface Found {
  readonly address: string;
  /** What was said of it. */
  readonly words: string;
}

/** By the sentences that mail systems write; by the addresses that stand in text and message alike; by the message alone. */
function recipientsIn(parts: MailParts): Found[] {
  const own = addressesIn([parts.header('to'), parts.header('from'), parts.header('return-path')].join(' '));
  const isElse = (address: string): boolean => !NOT_A_RECIPIENT.test(address) && !own.some((each) => isSame(each, address));
  // Whoever writes to their own address gets the bounce themselves, and a postmaster's mailbox may be full, too.
  for (const isOne of [isElse, (address: string) => !NOT_A_RECIPIENT.test(address), () => true])
    for (const pattern of BOUNCE_TEXTS) {
      const matches = [...parts.text.matchAll(pattern)].filter(([, address = '']) => isOne(address));
      if (matches.length > 0) return distinct(matches.map((match) => foundAt(match, matches, parts.text)));
    }
  const mentioned = addressesIn(parts.text).filter(isElse);
  const returnedTo = addressesIn(
    /^(?:to|x-original-to|delivered-to|envelope-to|x-rcpt-to): *(.*(?:\n[ \t]+.*)*)/im.exec(parts.returned)?.[1] ?? '',
  );
  const both = mentioned.filter((address) => returnedTo.some((each) => isSame(each, address)));
  const [likely = mentioned[0] ?? returnedTo.find(isElse)] = both;
  return (both.length > 1 ? both : likely === undefined ? [] : [likely]).map((address) => ({ address, words: parts.text }));
}

/** What was said of an address stands up to where the next begins. */
function foundAt(match: RegExpExecArray, all: readonly RegExpExecArray[], text: string): Found {
  const address = match[1] ?? '';
  const next = all.find((each) => each.index > match.index && !isSame(each[1] ?? '', address));
  return { address, words: text.slice(match.index, next?.index) };
}

function distinct(found: readonly Found[]): Found[] {
  return found.filter(({ address }, index) => found.findIndex((each) => isSame(each.address, address)) === index);
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
