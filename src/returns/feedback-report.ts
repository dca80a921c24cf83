// Complaints: a reader pressed "spam", and the reader's mail provider says so (ARF, RFC 5965).
import type { ReturnReport } from '../domain/returned.ts';
import { addressesIn } from './find-addresses.ts';
import type { MailParts } from './mail-parts.ts';

// That a mail is no spam, or that its sender could not be authenticated (RFC 6591), is no complaint of a reader.
const NO_COMPLAINT = /^(?:not-spam|auth-failure|dmarc)/i;

/** Undefined where it is none. */
export function readFeedback(parts: MailParts): ReturnReport[] | undefined {
  const report = parts.feedback ?? looseReport(parts);
  if (report !== null) return readReport(report, parts);
  if (!isForwarded(parts)) return undefined;
  return [{ kind: 'complaint', recipient: returnedTo(parts)[0] ?? null, status: null, words: 'abuse' }];
}

function readReport(report: string, parts: MailParts): ReturnReport[] {
  const type = /^feedback-type:[ \t]*(\S+)/im.exec(report)?.[1] ?? 'abuse';
  const kind = NO_COMPLAINT.test(type) ? 'other' : 'complaint';
  const named = [...report.matchAll(/^(?:original-rcpt-to|removal-recipient|original-recipient|final-recipient):[ \t]*(.*)$/gim)];
  const recipients = addressesIn(named.map(([, value]) => value).join(' '));
  const found = recipients.length > 0 ? recipients : returnedTo(parts).slice(0, 1);
  return (found.length > 0 ? found : [null]).map((recipient) => ({ kind, recipient, status: null, words: type }));
}

/** Hotmail forwards the message as it was, without a report. */
function isForwarded({ header, returned }: MailParts): boolean {
  return /^\s*complaint about message from/i.test(header('subject')) && returned !== '';
}

/** Some write the report into the text. */
function looseReport({ text }: MailParts): string | null {
  return /^feedback-type:/im.test(text) && /^(?:version|user-agent|original-mail-from|source-ip):/im.test(text) ? text : null;
}

function returnedTo({ returned }: MailParts): string[] {
  for (const name of ['x-hmxmroriginalrecipient', 'x-original-to', 'delivered-to', 'envelope-to', 'to']) {
    const found = addressesIn(new RegExp(`^${name}:[ \\t]*(.*(?:\\n[ \\t].*)*)`, 'im').exec(returned)?.[1] ?? '');
    if (found.length > 0) return found;
  }
  return [];
}
