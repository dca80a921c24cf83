// A short message of plain text from Postrider itself to an editor. Nobody's program should answer it.
import type { Mailbox } from '../domain/mailbox.ts';
import type { Message } from '../domain/message.ts';
import { formatDate, mailboxHeader, textHeader, tokenHeader } from './headers.ts';
import { encodeQuotedPrintable } from './quoted-printable.ts';

export interface PlainText {
  readonly from: Mailbox;
  readonly to: Mailbox;
  readonly subject: string;
  readonly text: string;
  /** Without angle brackets. */
  readonly messageId: string;
  readonly date: number;
}

export function composePlain({ from, to, subject, text, messageId, date }: PlainText): Message {
  const head = [
    tokenHeader('Message-ID', [`<${messageId}>`]),
    tokenHeader('Date', formatDate(date).split(' ')),
    mailboxHeader('From', from),
    mailboxHeader('To', to),
    textHeader('Subject', subject),
    // RFC 3834 5: so that no out-of-office program answers.
    tokenHeader('Auto-Submitted', ['auto-generated']),
    tokenHeader('MIME-Version', ['1.0']),
    tokenHeader('Content-Type', ['text/plain;', 'charset=utf-8']),
    tokenHeader('Content-Transfer-Encoding', ['quoted-printable']),
  ].join('');
  return {
    envelope: { returnPath: from.address, recipient: to.address },
    // An address may hold letters beyond ASCII (RFC 6532); any narrower encoding would make other characters of them.
    bytes: Buffer.from(`${head}\r\n${encodeQuotedPrintable(text)}\r\n`, 'utf8'),
  };
}
