// A returned message to the parts that say something: what a person reads, the machine's report, and the headers of the
// message that came back. Whatever is broken is read as far as it goes; nothing here throws.
import PostalMime, { type Attachment, type Email } from 'postal-mime';

export interface MailParts {
  /** The first value of a header of the message itself; empty where there is none. */
  readonly header: (name: string) => string;
  /** What a person would read: text, or HTML without its tags. The copy of the message that came back is not in it. */
  readonly text: string;
  /** Of `message/delivery-status` (RFC 3464); null where there is none. */
  readonly status: string | null;
  /** Of `message/feedback-report` (RFC 5965); null where there is none. */
  readonly feedback: string | null;
  /** Of the message that came back, its headers at least; empty where there is none. */
  readonly returned: string;
}

// Reports stand at the beginning; what follows is the message that came back.
const READ_MAX_BYTES = 1_000_000;
const PART_MAX_CHARACTERS = 100_000;
const DEPTH_MAX = 20;

const STATUS = /^message\/(?:global-)?delivery-status$/;
const FEEDBACK = /^message\/feedback-report$/;
const RETURNED = /^(?:message\/(?:rfc822|global|partial|(?:global|rfc822)-headers)|text\/rfc822(?:-headers)?)$/;

export async function readParts(bytes: Uint8Array): Promise<MailParts> {
  const head = bytes.subarray(0, READ_MAX_BYTES);
  try {
    return partsOf(await PostalMime.parse(head, { forceRfc822Attachments: true, maxNestingDepth: DEPTH_MAX }));
  } catch {
    return readAsText(bytes);
  }
}

/** For what cannot be taken apart: nested beyond measure, or with boundaries that are not those that it names. */
export function readAsText(bytes: Uint8Array): MailParts {
  const raw = Buffer.from(bytes.subarray(0, PART_MAX_CHARACTERS)).toString('latin1').replace(/\r\n?/g, '\n');
  const [head = '', ...rest] = raw.split('\n\n');
  const lines = head
    .replace(/\n[ \t]+/g, ' ')
    .split('\n')
    .toReversed();
  const headers = new Map(lines.map((line) => [line.split(':')[0]?.toLowerCase() ?? '', line.replace(/^[^:]*:\s*/, '')]));
  return { header: (name) => headers.get(name) ?? '', ...splitCopy(rest.join('\n\n')), status: null, feedback: null };
}

function partsOf(email: Email): MailParts {
  const headers = new Map(email.headers.toReversed().map(({ key, value }) => [key, value]));
  const find = (type: RegExp): string | null => {
    const found = email.attachments.filter(({ mimeType }) => type.test(mimeType)).map(textOf);
    return found.length === 0 ? null : found.join('\n\n').slice(0, PART_MAX_CHARACTERS);
  };
  const loose = email.attachments.filter(
    ({ mimeType, disposition }) => mimeType === 'text/plain' && disposition !== 'attachment',
  );
  const written = email.text ?? withoutTags((email.html ?? '').slice(0, PART_MAX_CHARACTERS));
  const { text, returned } = splitCopy([written, ...loose.map(textOf)].join('\n'));
  return {
    header: (name) => headers.get(name) ?? '',
    ...{ text, status: find(STATUS), feedback: find(FEEDBACK), returned: find(RETURNED) ?? returned },
  };
}

function textOf({ content }: Attachment): string {
  return typeof content === 'string' ? content : Buffer.from(content as ArrayBuffer).toString('utf8');
}

const ENTITIES: Readonly<Record<string, string>> = { nbsp: ' ', lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'", amp: '&' };

function withoutTags(html: string): string {
  return html
    .replace(/<(style|script|head)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<(?:br|\/p|\/div|\/tr|\/h\d|\/li|\/td)\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&([a-z]+|#39);/gi, (whole, name: string) => ENTITIES[name.toLowerCase()] ?? whole);
}

// The lines by which mail systems part their words from the message that came back: a rule with words in it, a sentence
// that ends its line, or the first headers.
const RULED =
  /^[ \t]*[-=_*>]{2,}.{0,12}(?:below this line|copy of the message|this is a copy|original message|returned message|message header|header of the original|header follows|headers? of (?:your|the)|undelivered message|unsent message|included is|forwarded message|the original|text of the original|body of the message|message (?:follows|text)|your message|mensaje original|message d.origine|original-nachricht|元のメール|送信メール).*$/im;
const SAID =
  /^.{0,40}(?:copy of (?:the|your) (?:original )?(?:message|mail)|(?:headers?|beginning|first .{0,20}) of the (?:original )?message|original message (?:headers? )?follows|message headers? follow|returned message follows|the message that you sent|your original message|unsent message below|returned message below|original headers)[^\n]{0,60}:?[ \t]*$/im;
const TRACE = /^(?:received|return-path|x-originating-ip|delivered-to|dkim-signature|arc-seal): .*\n(?:[a-z-]+: |[ \t])/im;
const HEADERS =
  /^(?:message-id|from|to|subject|date|mime-version): .*\n(?:[ \t].*\n){0,20}(?:message-id|from|to|subject|date|mime-version|content-type|reply-to|sender|x-[a-z-]+|received): .*\n(?:[ \t].*\n){0,20}(?:message-id|from|to|subject|date|mime-version|content-type|reply-to|sender|x-[a-z-]+|received): /im;

function splitCopy(whole: string): { readonly text: string; readonly returned: string } {
  const text = whole.slice(0, PART_MAX_CHARACTERS).replace(/\r\n?/g, '\n');
  const begins = [RULED, SAID, TRACE, HEADERS].map((pattern) => pattern.exec(text)?.index).filter((index) => index !== undefined);
  const begin = Math.min(...begins);
  if (begins.length === 0 || text.slice(0, begin).trim() === '') return { text, returned: '' };
  return { text: text.slice(0, begin), returned: text.slice(begin) };
}
