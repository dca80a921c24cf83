// An edition to be frozen and recipients to fill it for, of which a test changes what it is about.
import type { EditionContent } from '../../src/domain/edition.ts';
import type { SlottedText } from '../../src/domain/email.ts';
import { composeMessage, type Recipient } from '../../src/message/compose-message.ts';
import { freezeMessage } from '../../src/message/freeze-message.ts';

export function sampleContent(changes: Partial<EditionContent> = {}): EditionContent {
  return {
    issue: '2023-01',
    list: { id: 'monthly', title: 'This Month in Rust OSDev', listId: 'monthly.rust-osdev.example' },
    from: { name: 'Rust OSDev', address: 'news@rust-osdev.example' },
    replyTo: null,
    subject: 'This Month in Rust OSDev: January 2023',
    html: ['<p>Hello</p>\n'],
    text: ['Hello\n'],
    url: 'https://rust-osdev.example/this-month/2023-01/',
    baseUrl: 'https://press.example',
    returnsDomain: 'returns.example',
    returnPath: 'bounces@rust-osdev.example',
    ...changes,
  };
}

export function sampleRecipient(changes: Partial<Recipient> = {}): Recipient {
  return {
    address: 'ada@example.org',
    name: 'Ada Lovelace',
    deliveryName: 'abc234',
    messageId: 'abc234@returns.example',
    date: Date.UTC(2023, 1, 7, 10, 0, 0),
    returnPath: 'r-abc234@returns.example',
    unsubscribeUrl: 'https://press.example/u/abc234',
    unsubscribeAddress: 'u-abc234@returns.example',
    fill: (slot) => slot.fallback,
    ...changes,
  };
}

/** The bytes of the message as Latin-1, so that each byte is one character. */
export function composeRaw(content: Partial<EditionContent> = {}, recipient: Partial<Recipient> = {}): string {
  const { bytes } = composeMessage(freezeMessage(sampleContent(content)), sampleRecipient(recipient));
  return Buffer.from(bytes).toString('latin1');
}

/** A slot in plain text whose name is its value. */
export function slot(name: string): SlottedText[number] {
  return { name, fallback: name, context: 'text' };
}

/** The header fields of a raw message, unfolded; a name that occurs twice has two values. */
export function headersOf(raw: string): Map<string, string[]> {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n'));
  const fields = new Map<string, string[]>();
  for (const field of head.split(/\r\n(?![ \t])/)) {
    const name = field.slice(0, field.indexOf(':'));
    const value = field.slice(name.length + 1).replaceAll('\r\n', '');
    fields.set(name, [...(fields.get(name) ?? []), value.trim()]);
  }
  return fields;
}
