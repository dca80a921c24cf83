// The parts of a message that all recipients of an edition share, encoded once. What is left per recipient
// is a handful of header lines and the slots: building MIME anew for each cost five times as much.
import { createHash } from 'node:crypto';
import type { EditionContent } from '../domain/edition.ts';
import type { Slot, SlottedText } from '../domain/email.ts';
import { mailboxHeader, textHeader, tokenHeader } from './headers.ts';
import { encodeQuotedPrintable, SOFT_BREAK } from './quoted-printable.ts';

/** An edition ready to be filled. */
export interface FrozenMessage {
  /** Header fields that all recipients share, each ending in CRLF. */
  readonly sharedHeaders: string;
  /** Encoded bytes and slots, from the blank line below the header to the end. */
  readonly body: readonly (Uint8Array | Slot)[];
}

export function freezeMessage(content: EditionContent): FrozenMessage {
  const boundary = boundaryOf(content);
  const body: (string | Slot)[] = [
    `\r\n--${boundary}\r\n${partHeader('text/plain')}`,
    ...encodeSlotted(content.text),
    `\r\n--${boundary}\r\n${partHeader('text/html')}`,
    ...encodeSlotted(content.html),
    `\r\n--${boundary}--\r\n`,
  ];
  return { sharedHeaders: sharedHeaders(content, boundary), body: joinStrings(body) };
}

function sharedHeaders(content: EditionContent, boundary: string): string {
  const { from, replyTo, list, url } = content;
  return [
    mailboxHeader('From', from),
    replyTo === null ? '' : mailboxHeader('Reply-To', replyTo),
    textHeader('Subject', content.subject),
    listIdHeader(list.title, list.listId),
    tokenHeader('List-Unsubscribe-Post', ['List-Unsubscribe=One-Click']),
    tokenHeader('Archived-At', [`<${url}>`]),
    tokenHeader('Feedback-ID', [feedbackId(content)]),
    textHeader('X-Postrider-Issue', content.issue),
    tokenHeader('MIME-Version', ['1.0']),
    tokenHeader('Content-Type', ['multipart/alternative;', `boundary="${boundary}"`]),
  ].join('');
}

/** RFC 2919 3: `Title <list-id>`; a title beyond ASCII is encoded like a display name. */
function listIdHeader(title: string, listId: string): string {
  return mailboxHeader('List-Id', { name: title, address: listId });
}

/** Gmail's feedback loop: campaign, customer, kind of mail, sender; no colon or space within a field. */
function feedbackId({ issue, list, from }: EditionContent): string {
  const sender = from.address.slice(from.address.lastIndexOf('@') + 1);
  return [issue, list.id, 'newsletter', senderId(sender)].map((field) => field.replace(/[^\w.-]+/g, '-')).join(':');
}

/** Of 5 to 15 characters, and the same in all mail of a domain (support.google.com/mail/answer/6254652). */
function senderId(domain: string): string {
  if (domain.length >= 5 && domain.length <= 15) return domain;
  return `${domain.slice(0, 8)}-${createHash('sha256').update(domain).digest('hex').slice(0, 6)}`;
}

function partHeader(type: string): string {
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`;
}

/** Fixed text ends in a soft break before a slot, so that the slot begins at column 0, and so does what follows it. */
function encodeSlotted(text: SlottedText): (string | Slot)[] {
  return text.map((part, index) => {
    if (typeof part !== 'string') return part;
    const isLast = index === text.length - 1;
    return encodeQuotedPrintable(part) + (isLast ? '' : SOFT_BREAK);
  });
}

/** `=_` cannot occur in quoted-printable, so no part can hold the boundary (RFC 2045 6.7). */
function boundaryOf(content: EditionContent): string {
  return `=_${createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 24)}`;
}

function joinStrings(parts: readonly (string | Slot)[]): (Uint8Array | Slot)[] {
  const joined: (string | Slot)[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  return joined.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part));
}
