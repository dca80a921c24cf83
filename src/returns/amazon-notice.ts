// Amazon SES tells of bounces and complaints as JSON, by a webhook or by mail.
import type { ReturnKind, ReturnReport } from '../domain/returned.ts';
import { statusIn } from './delivery-status.ts';

type Json = Readonly<Record<string, unknown>>;

/** Undefined where the text is no such notice. */
export function readAmazonNotice(text: string): ReturnReport[] | undefined {
  const line = text.replace(/[\r\n]+/g, '');
  const begin = line.search(/\{\s*"(?:Type|notificationType|eventType)"/);
  const outer = begin < 0 ? undefined : parse(line.slice(begin, line.lastIndexOf('}') + 1));
  const notice = typeof outer?.['Message'] === 'string' ? parse(outer['Message']) : outer;
  if (!notice) return undefined;
  const [bounce, complaint, delivery] = [notice['bounce'], notice['complaint'], notice['delivery']].map(objectOf);
  if (bounce) return listOf(bounce['bouncedRecipients']).map((each) => reportOf('bounce', each));
  // Some providers also tell of readers who say that it was none.
  const kind = complaint?.['complaintFeedbackType'] === 'not-spam' ? 'other' : 'complaint';
  if (complaint) return listOf(complaint['complainedRecipients']).map((each) => reportOf(kind, each));
  if (delivery) return listOf(delivery['recipients']).map((emailAddress) => reportOf('delivered', { emailAddress }));
  return undefined;
}

/** By mail it is followed by a footer. */
function parse(json: string): Json | undefined {
  for (let end = json.length; end > 0; end = json.lastIndexOf('}', end - 2) + 1)
    try {
      return objectOf(JSON.parse(json.slice(0, end)));
    } catch {
      if (json.length - end > 2_000) return undefined;
    }
  return undefined;
}

function reportOf(kind: ReturnKind, recipient: unknown): ReturnReport {
  const { emailAddress, status, diagnosticCode } = objectOf(recipient) ?? {};
  const words = textOf(diagnosticCode).replace(/^smtp\s*;\s*/i, '');
  return { kind, recipient: textOf(emailAddress) || null, status: statusIn(textOf(status)) ?? statusIn(words), words };
}

function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as Json) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
