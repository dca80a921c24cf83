// Amazon SES tells of bounces and complaints as JSON, by a webhook or by mail.
import type { ReturnKind, ReturnReport } from '../domain/returned.ts';
import { statusIn } from './delivery-status.ts';

interface Recipient {
  readonly emailAddress?: string;
  readonly status?: string;
  readonly diagnosticCode?: string;
}

interface Notice {
  /** What SNS wraps it in. */
  readonly Message?: string;
  readonly notificationType?: string;
  readonly eventType?: string;
  readonly bounce?: { readonly bouncedRecipients?: readonly Recipient[] };
  readonly complaint?: { readonly complainedRecipients?: readonly Recipient[]; readonly complaintFeedbackType?: string };
  readonly delivery?: { readonly recipients?: readonly string[]; readonly smtpResponse?: string };
}

/** Undefined where the text is no such notice. */
export function readAmazonNotice(text: string): ReturnReport[] | undefined {
  const json = /\{\s*"(?:Type|notificationType|eventType)"[\s\S]*\}/.exec(text.replace(/[\r\n]+/g, ''))?.[0];
  const outer = json === undefined ? undefined : parse(json);
  const notice = outer?.Message === undefined ? outer : parse(outer.Message);
  if (!notice) return undefined;
  const { bounce, complaint, delivery } = notice;
  if (bounce) return (bounce.bouncedRecipients ?? []).map((each) => reportOf('bounce', each));
  // Some providers also tell of readers who say that it was none.
  const kind = complaint?.complaintFeedbackType === 'not-spam' ? 'other' : 'complaint';
  if (complaint) return (complaint.complainedRecipients ?? []).map((each) => reportOf(kind, each));
  if (delivery) return (delivery.recipients ?? []).map((emailAddress) => reportOf('delivered', { emailAddress }));
  return undefined;
}

/** By mail it is followed by a footer. */
function parse(json: string): Notice | undefined {
  for (let end = json.length; end > 0; end = json.lastIndexOf('}', end - 2) + 1)
    try {
      return JSON.parse(json.slice(0, end)) as Notice;
    } catch {
      if (json.length - end > 2_000) return undefined;
    }
  return undefined;
}

function reportOf(kind: ReturnKind, { emailAddress, status, diagnosticCode = '' }: Recipient): ReturnReport {
  const words = diagnosticCode.replace(/^smtp\s*;\s*/i, '');
  return { kind, recipient: emailAddress ?? null, status: statusIn(status ?? '') ?? statusIn(words), words };
}
