// Header fields (RFC 5322 2.2): folded below 76 columns, 7-bit, with words beyond ASCII encoded (RFC 2047).
//
// **Invariant**: whatever text comes in, one field goes out: CR, LF and NUL never get through.
import type { Mailbox } from '../domain/mailbox.ts';

const FOLD_AT = 76;
// RFC 2047 2: an encoded word has at most 75 characters, of which `=?utf-8?B?` and `?=` take 12.
const ENCODED_WORD_MAX_BYTES = 45;

/** Unstructured text, such as a subject. */
export function textHeader(name: string, text: string): string {
  const clean = oneLine(text);
  const words = isPlain(clean) ? clean.split(' ') : encodeWords(clean, name);
  return foldHeader(name, words);
}

/** A mailbox or an address list of one. */
export function mailboxHeader(name: string, { name: display, address }: Mailbox): string {
  const angle = `<${oneLine(address)}>`;
  return foldHeader(name, display === '' ? [oneLine(address)] : [...phrase(oneLine(display), name), angle]);
}

/** Tokens that are ASCII by construction; folds go between them only. */
export function tokenHeader(name: string, tokens: readonly string[]): string {
  return foldHeader(name, tokens.map(oneLine));
}

/** RFC 5322 3.3, in UTC. */
export function formatDate(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}

function foldHeader(name: string, words: readonly string[]): string {
  let line = `${name}:`;
  const lines: string[] = [];
  for (const word of words) {
    if (line.length + 1 + word.length > FOLD_AT && line.trim() !== '' && line !== `${name}:`) {
      lines.push(line);
      line = '';
    }
    line += ` ${word}`;
  }
  return `${[...lines, line].join('\r\n')}\r\n`;
}

/** A display name: bare words, a quoted string, or encoded words (RFC 5322 3.2.5). */
function phrase(display: string, name: string): string[] {
  if (!isPlain(display)) return encodeWords(display, name);
  if (/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+$/.test(display)) return display.split(' ');
  const quoted = `"${display.replace(/["\\]/g, '\\$&')}"`;
  return quoted.length > FOLD_AT - 16 ? encodeWords(display, name) : [quoted];
}

/** True where the text may stand as it is; a long word or one that looks encoded may not. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text) && !text.includes('=?') && text.split(' ').every((word) => word.length < FOLD_AT - 16);
}

/** Encoded words joined by folds, which readers take out again; never splits a character. The first shares its line with the name. */
function encodeWords(text: string, name: string): string[] {
  const words: string[] = [];
  let chunk = '';
  const firstMaxBytes = Math.floor((FOLD_AT - name.length - 2 - 12) / 4) * 3;
  for (const character of text) {
    if (
      Buffer.byteLength(chunk + character) >
      (words.length === 0 ? Math.min(firstMaxBytes, ENCODED_WORD_MAX_BYTES) : ENCODED_WORD_MAX_BYTES)
    ) {
      words.push(encodeWord(chunk));
      chunk = '';
    }
    chunk += character;
  }
  return chunk === '' ? words : [...words, encodeWord(chunk)];
}

function encodeWord(text: string): string {
  return `=?utf-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}
