// Mailgun's signature and Postmark's password: what holds, and what does not.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hasPassword, mailgunToken } from '../../src/inbox/shared-secrets.ts';

const KEY = 'a-signing-key-of-mailgun';
const NOW = Date.UTC(2026, 0, 1, 12);
const HOUR_S = 60 * 60;
const SECONDS = NOW / 1_000;

interface Signature {
  readonly timestamp: string;
  readonly token: string;
  readonly signature: string;
}

function signature(timestamp = String(SECONDS), token = 'a-token-of-fifty-letters', key = KEY): Signature {
  return { timestamp, token, signature: createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex') };
}

const read = (given: unknown): string | null => mailgunToken({ signature: given, 'event-data': {} }, KEY, NOW);

describe("Mailgun's signature", () => {
  it.each([
    ['of this moment', 0],
    ['of eight hours ago, for Mailgun tries again so long', -8 * HOUR_S],
    ['of a clock that is ahead', 60],
  ])('%s holds, and gives its token', (_, away) => {
    expect(read(signature(String(SECONDS + away)))).toBe('a-token-of-fifty-letters');
  });

  it('with a number for its moment, as JSON may have it, holds', () => {
    expect(read({ ...signature(), timestamp: SECONDS })).toBe('a-token-of-fifty-letters');
  });

  it.each<[string, unknown]>([
    ['with another key', signature(String(SECONDS), 'a-token', 'another-key')],
    ['of another token', { ...signature(), token: 'another' }],
    ['of another moment', { ...signature(), timestamp: String(SECONDS + 1) }],
    [
      'with one letter changed',
      { ...signature(), signature: signature().signature.replace(/.$/, (last) => (last === '0' ? '1' : '0')) },
    ],
    ['in capitals', { ...signature(), signature: signature().signature.toUpperCase() }],
    ['with more behind it', { ...signature(), signature: `${signature().signature}00` }],
    ['that was kept for two days', signature(String(SECONDS - 48 * HOUR_S))],
    ['of the day after tomorrow', signature(String(SECONDS + 48 * HOUR_S))],
    ['of no moment', signature('soon')],
    ['of an empty moment', signature('')],
    ['of an endless moment', signature('Infinity')],
    ['of an empty token', signature(String(SECONDS), '')],
    ['without a signature', { ...signature(), signature: undefined }],
    ['with null for it', { ...signature(), signature: null }],
    ['with a list for it', { ...signature(), signature: [] }],
    ['with a number for it', { ...signature(), signature: 7 }],
    ['of the wrong parts of the same text', { ...signature(), timestamp: `${SECONDS}a`, token: '-token-of-fifty-letters' }],
    ['that is text', 'text'],
    ['that is a list', []],
    ['that is null', null],
    ['that is a number', 7],
    ['that is missing', undefined],
  ])('%s does not hold', (_, given) => {
    expect(read(given)).toBeNull();
  });

  it.each([[null], [undefined], [7], ['text'], [[]]])('of a notice that is %j does not hold', (body) => {
    expect(mailgunToken(body, KEY, NOW)).toBeNull();
  });

  it('whose digits are moved between moment and token is of another moment', () => {
    expect(read({ ...signature(String(SECONDS), '5-token'), timestamp: `${SECONDS}5`, token: '-token' })).toBeNull();
  });

  // A token that begins with e0 would give another that is as good, and not known yet.
  it('whose moment is no plain number does not hold', () => {
    expect(read({ ...signature(String(SECONDS), 'e0a1b2'), timestamp: `${SECONDS}e0`, token: 'a1b2' })).toBeNull();
  });
});

describe("Postmark's password", () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['as it was given', 'postmark:a-long-password', 'a-long-password'],
    ['whoever it is', 'anybody:a-long-password', 'a-long-password'],
    ['of nobody', ':a-long-password', 'a-long-password'],
    ['with a colon in it', 'postmark:a:long:password', 'a:long:password'],
    ['with letters of all kinds', 'postmark:Zoë 💌 =/+', 'Zoë 💌 =/+'],
    ['with a line end in it', 'postmark:a\nlong password', 'a\nlong password'],
  ])('%s holds', (_, sent, password) => {
    expect(hasPassword(basic(sent), password)).toBe(true);
  });

  it.each(['basic', 'BASIC'])('holds under the name %s', (scheme) => {
    expect(hasPassword(basic('postmark:a-long-password').replace('Basic', scheme), 'a-long-password')).toBe(true);
  });

  it.each([
    ['another', basic('postmark:another-password')],
    ['a part of it', basic('postmark:a-long')],
    ['more than it', basic('postmark:a-long-password2')],
    ['none', basic('postmark:')],
    ['none, and no colon', basic('a-long-password')],
    ['it as the user', basic('a-long-password:x')],
    ['it with other capitals', basic('postmark:A-long-password')],
    ['no header', ''],
    ['an empty header', 'Basic '],
    ['another scheme', `Bearer ${Buffer.from('postmark:a-long-password').toString('base64')}`],
    ['it in the clear', 'Basic postmark:a-long-password'],
    ['it with words behind', `${basic('postmark:a-long-password')} x`],
    ['a long header', `Basic ${'A'.repeat(100_000)}`],
  ])('does not hold where the header has %s', (_, header) => {
    expect(hasPassword(header, 'a-long-password')).toBe(false);
  });
});
