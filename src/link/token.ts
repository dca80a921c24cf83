// Signed tokens: a few numbers and an HMAC, in lower-case base32 that survives what mail systems do to
// letters. Who holds one was given it by us. A token says which key signed it by fitting it: keys rotate,
// and an old one still verifies.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token is good for; the same numbers under another purpose are another token. */
export type Purpose = 'probe' | 'unsubscribe' | 'preferences' | 'manage' | 'confirm' | 'form' | 'return' | 'message-id';

// 80 bits: 2^79 guesses on average against a server that answers each.
const SIGNATURE_BYTES = 10;
const MARK_HEX_DIGITS = 16;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** Signs non-negative integers with the newest secret. */
export function signToken(purpose: Purpose, numbers: readonly number[], secrets: readonly string[]): string {
  const [newest] = secrets;
  if (newest === undefined) throw new Error('A token needs a secret, and none is configured.');
  const payload = encodeNumbers(numbers);
  return toBase32(Buffer.concat([payload, signature(purpose, payload, newest)]));
}

/** The numbers of a token that one of the secrets signed; undefined for any other text. Letter case is ignored. */
export function verifyToken(purpose: Purpose, token: string, secrets: readonly string[]): readonly number[] | undefined {
  // Without the u flag no letter beyond ASCII counts as another's capital.
  if (!/^[a-z2-7]+$/i.test(token)) return undefined;
  const bytes = fromBase32(token.toLowerCase());
  if (!bytes || bytes.length <= SIGNATURE_BYTES) return undefined;
  const payload = bytes.subarray(0, -SIGNATURE_BYTES);
  const given = bytes.subarray(-SIGNATURE_BYTES);
  const isOurs = secrets.some((secret) => timingSafeEqual(given, signature(purpose, payload, secret)));
  return isOurs ? decodeNumbers(payload) : undefined;
}

/** Of a secret so much that it is known again, and no more. */
export function secretMark(secret: string): string {
  return createHmac('sha256', secret).update('mark').digest('hex').slice(0, MARK_HEX_DIGITS);
}

function signature(purpose: Purpose, payload: Uint8Array, secret: string): Buffer {
  return createHmac('sha256', secret).update(purpose).update('\0').update(payload).digest().subarray(0, SIGNATURE_BYTES);
}

/** Base-128 groups, lowest first, as in LEB128. */
function encodeNumbers(numbers: readonly number[]): Buffer {
  const bytes: number[] = [];
  for (const number of numbers) {
    let rest = number;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
    bytes.push(rest);
  }
  return Buffer.from(bytes);
}

function decodeNumbers(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let number = 0;
  let scale = 1;
  for (const byte of bytes) {
    number += (byte & 127) * scale;
    scale *= 128;
    if (byte < 128) {
      numbers.push(number);
      number = 0;
      scale = 1;
    }
  }
  return numbers;
}

function toBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET[(held >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}

/** Only the one spelling that toBase32 writes is read. */
function fromBase32(text: string): Uint8Array | undefined {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return undefined;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
    }
  }
  const result = Uint8Array.from(bytes);
  return toBase32(result) === text ? result : undefined;
}
