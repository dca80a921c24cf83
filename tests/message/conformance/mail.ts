// An emitted message as the rows of the table look at it: its bytes, how it was handed over, what was written for it, and
// its header fields and parts, read without any of Postrider's own code. Latin-1 throughout: a character is a byte.
import type { Conversation } from '../emitted-wire.ts';

export interface Written {
  readonly subject: string;
  readonly from: Mailbox;
  readonly to: Mailbox;
  readonly replyTo: Mailbox | null;
  /** The title of the list; null for a letter. */
  readonly list: string | null;
  /** Lines that the text must have, whole. */
  readonly lines: readonly string[];
}

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

export interface Mail {
  /** For people: which message this is. */
  readonly name: string;
  readonly kind: 'newsletter' | 'letter';
  /** As a relay keeps it: what came after DATA, undotted. */
  readonly bytes: Buffer;
  /** What Postrider composes and signs, asked a second time; null for a letter. */
  readonly composed: Buffer | null;
  readonly conversation: Conversation;
  /** As the relay understood it. */
  readonly envelope: { readonly returnPath: string; readonly recipient: string };
  readonly written: Written;
  /** What DNS holds. */
  readonly txt: Readonly<Record<string, string>>;
}

export interface Field {
  readonly name: string;
  /** With its folds, from after the colon, without the last CRLF. */
  readonly raw: string;
  /** Unfolded (RFC 5322 2.2.3) and trimmed. */
  readonly value: string;
}

export interface Part {
  readonly fields: readonly Field[];
  /** Encoded, without the CRLF that belongs to the boundary (RFC 2046 5.1.1). */
  readonly body: string;
}

export function textOf({ bytes }: Mail): string {
  return bytes.toString('latin1');
}

/** The header with the CRLF of its last line. */
export function headOf(text: string): string {
  const end = text.indexOf('\r\n\r\n');
  return end < 0 ? text : text.slice(0, end + 2);
}

export function bodyOf(text: string): string {
  const end = text.indexOf('\r\n\r\n');
  return end < 0 ? '' : text.slice(end + 4);
}

export function fieldsOf(text: string): Field[] {
  const found = headOf(text)
    .replace(/\r\n$/, '')
    .split(/\r\n(?![ \t])/);
  return found.map((field) => {
    const colon = field.indexOf(':');
    const raw = field.slice(colon + 1);
    return { name: field.slice(0, Math.max(0, colon)), raw, value: raw.replace(/\r\n(?=[ \t])/g, '').trim() };
  });
}

export function valuesOf(mail: Mail, name: string): string[] {
  return fieldsOf(textOf(mail)).flatMap((field) => (isNamed(field, name) ? field.value : []));
}

/** The only one, or the first; empty where there is none. */
export function fieldValue(mail: Mail, name: string): string {
  return valuesOf(mail, name)[0] ?? '';
}

export function isNamed(field: Field, name: string): boolean {
  return field.name.toLowerCase() === name.toLowerCase();
}

/** Undefined where it is not a multipart. */
export function boundaryOf(mail: Mail): string | undefined {
  return /^multipart\/.*;\s*boundary=(?:"([^"]*)"|([^\s;"]+))/is.exec(fieldValue(mail, 'Content-Type'))?.slice(1).find(Boolean);
}

/** The parts of a multipart, or the whole message as its only part. */
export function partsOf(mail: Mail): Part[] {
  const text = textOf(mail);
  const boundary = boundaryOf(mail);
  if (boundary === undefined) return [{ fields: fieldsOf(text), body: bodyOf(text) }];
  const [, ...pieces] = `\r\n${bodyOf(text)}`.split(`\r\n--${boundary}`);
  return pieces
    .filter((piece) => !piece.startsWith('--'))
    .map((piece) => {
      const part = piece.replace(/^[ \t]*\r\n/, '');
      return { fields: fieldsOf(part), body: bodyOf(part) };
    });
}

export function partField({ fields }: Part, name: string): string {
  return fields.find((field) => isNamed(field, name))?.value ?? '';
}

/** A part's text, decoded as it says that it is encoded. */
export function decodedOf(part: Part): Buffer {
  if (partField(part, 'Content-Transfer-Encoding').toLowerCase() !== 'quoted-printable') return Buffer.from(part.body, 'latin1');
  const joined = part.body.replace(/=\r\n/g, '');
  return Buffer.from(
    joined.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

export function partOf(mail: Mail, type: string): string {
  const part = partsOf(mail).find((each) => partField(each, 'Content-Type').toLowerCase().startsWith(type));
  return part ? decodedOf(part).toString('utf8') : '';
}

/** What stands in angle brackets, or is the whole: the address alone. */
export function addressIn(value: string): string {
  return /<([^<>]*)>\s*$/.exec(value)?.[1] ?? value;
}

export function domainIn(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
