// A provider's notice of a bounce or a complaint, as JSON, to what it reports. Whether it is the provider's is for others
// to say.
import type { ReadReport, ReturnKind, ReturnReport } from '../domain/returned.ts';
import { readAmazonNotice } from './amazon-notice.ts';
import { statusIn } from './delivery-status.ts';
import { judgeReport } from './judge-report.ts';

export type Provider = 'amazon' | 'mailgun' | 'postmark';

export interface ProviderNotice {
  readonly reports: readonly ReadReport[];
  /** The relay's own name for the message, as its reply may have told it; null for none. */
  readonly relayId: string | null;
}

/** `json`: what the provider says. Undefined where it tells of no message of ours. */
export function readNotice(provider: Provider, json: string): ProviderNotice | undefined {
  const notice = READERS[provider](json);
  if (!notice || notice.reports.length === 0) return undefined;
  return { reports: notice.reports.map((report) => judged(report)), relayId: notice.relayId };
}

interface Told {
  readonly reports: readonly ToldReport[];
  readonly relayId: string | null;
}

/** `isForGood`: false where the provider itself says that it may pass. */
interface ToldReport extends ReturnReport {
  readonly isForGood: boolean;
}

function judged({ isForGood, ...told }: ToldReport): ReadReport {
  const report = judgeReport(told);
  return { ...report, isGone: report.isGone && isForGood };
}

const READERS: Readonly<Record<Provider, (json: string) => Told | undefined>> = {
  amazon: (json) => {
    const reports = readAmazonNotice(json);
    const { mail, bounce } = parse(json) as AmazonNotice;
    // What Amazon did not send at all, since the address is on a list of its own, proves nothing.
    const isForGood = bounce?.bounceType === 'Permanent' && !/suppress/i.test(textOf(bounce.bounceSubType));
    return reports && { reports: reports.map((report) => ({ ...report, isForGood })), relayId: textOf(mail?.messageId) || null };
  },
  mailgun: readMailgun,
  postmark: readPostmark,
};

interface AmazonNotice {
  readonly mail?: { readonly messageId?: unknown };
  readonly bounce?: { readonly bounceType?: unknown; readonly bounceSubType?: unknown };
}

interface MailgunEvent {
  readonly event?: unknown;
  readonly severity?: unknown;
  readonly recipient?: unknown;
  readonly 'delivery-status'?: Readonly<Record<string, unknown>>;
}

function readMailgun(json: string): Told | undefined {
  const { event, severity, recipient, 'delivery-status': status } = (parse(json)['event-data'] ?? {}) as MailgunEvent;
  const isForGood = severity === 'permanent';
  const kind = event === 'complained' ? 'complaint' : event !== 'failed' ? 'other' : isForGood ? 'bounce' : 'delayed';
  const said = [textOf(status?.['message']), textOf(status?.['description'])].filter((part) => part !== '').join(' ');
  const enhanced = statusIn(textOf(status?.['enhanced-code'])) ?? statusIn(said);
  return { reports: [told(kind, recipient, enhanced, `${textOf(status?.['code'])} ${said}`, isForGood)], relayId: null };
}

// What Postmark tries again, or what says nothing about the address, is not here.
const POSTMARK_FOR_GOOD = ['HardBounce', 'BadEmailAddress'];
const POSTMARK_KINDS: ReadonlyMap<string, ReturnKind> = new Map(
  Object.entries({
    SpamComplaint: 'complaint',
    Transient: 'delayed',
    AutoResponder: 'auto-reply',
    ChallengeVerification: 'auto-reply',
    AddressChange: 'auto-reply',
    Unsubscribe: 'other',
    Subscribe: 'other',
    OpenRelayTest: 'other',
  } satisfies Record<string, ReturnKind>),
);

function readPostmark(json: string): Told | undefined {
  const { RecordType: record, Type: type, Email: email, Details: details, Description: description, MessageID } = parse(json);
  if (record !== 'Bounce' && record !== 'SpamComplaint') return undefined;
  const kind = record === 'SpamComplaint' ? 'complaint' : (POSTMARK_KINDS.get(textOf(type)) ?? 'bounce');
  const words = (textOf(details) || textOf(description)).replace(/^smtp\s*;\s*/i, '');
  const report = told(kind, email, statusIn(words), words, POSTMARK_FOR_GOOD.includes(textOf(type)));
  return { reports: [report], relayId: textOf(MessageID) || null };
}

function told(kind: ReturnKind, recipient: unknown, status: string | null, words: string, isForGood: boolean): ToldReport {
  return { kind, recipient: textOf(recipient) || null, status, words: words.trim(), isForGood };
}

function parse(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
