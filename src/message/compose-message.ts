// A frozen edition and one recipient to the envelope and bytes that go over the wire. Pure: the same
// recipient gives the same bytes at every attempt.
import type { Slot } from '../domain/email.ts';
import type { Message } from '../domain/message.ts';
import type { FrozenMessage } from './freeze-message.ts';
import { formatDate, mailboxHeader, tokenHeader } from './headers.ts';
import { encodeQuotedPrintable, SOFT_BREAK } from './quoted-printable.ts';

/** All that differs from one recipient to the next. */
export interface Recipient {
  readonly address: string;
  readonly name: string;
  /** Our own name for the delivery, signed: relays may put another Message-ID in place of ours. */
  readonly deliveryName: string;
  /** Without angle brackets. */
  readonly messageId: string;
  /** The message's Date: one moment for all attempts. */
  readonly date: number;
  readonly returnPath: string;
  /** https address for RFC 8058. */
  readonly unsubscribeUrl: string;
  /** mailto address; null where no returns domain is configured. */
  readonly unsubscribeAddress: string | null;
  /** The escaped text for a slot. */
  readonly fill: (slot: Slot) => string;
}

export function composeMessage(frozen: FrozenMessage, recipient: Recipient): Message {
  const head = Buffer.from(ownHeaders(recipient) + frozen.sharedHeaders, 'utf8');
  const body = frozen.body.map((part) => (part instanceof Uint8Array ? part : fillEncoded(part, recipient)));
  return {
    envelope: { returnPath: recipient.returnPath, recipient: recipient.address },
    bytes: Buffer.concat([head, ...body]),
  };
}

function ownHeaders(recipient: Recipient): string {
  const ways = [`<${recipient.unsubscribeUrl}>`];
  if (recipient.unsubscribeAddress !== null) ways.push(`<mailto:${recipient.unsubscribeAddress}>`);
  return [
    tokenHeader('Message-ID', [`<${recipient.messageId}>`]),
    tokenHeader('Date', formatDate(recipient.date).split(' ')),
    tokenHeader('X-Postrider-Delivery', [recipient.deliveryName]),
    mailboxHeader('To', { name: recipient.name, address: recipient.address }),
    tokenHeader(
      'List-Unsubscribe',
      ways.map((way, index) => (index < ways.length - 1 ? `${way},` : way)),
    ),
  ].join('');
}

function fillEncoded(slot: Slot, recipient: Recipient): Uint8Array {
  return Buffer.from(encodeQuotedPrintable(recipient.fill(slot)) + SOFT_BREAK, 'latin1');
}
