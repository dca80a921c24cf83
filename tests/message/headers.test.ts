// Header fields: one goes out, whatever comes in; readers get back what was written.
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { formatDate, mailboxHeader, textHeader, tokenHeader } from '../../src/message/headers.ts';
import { randomText, seeded } from './random-text.ts';

async function readSubject(field: string): Promise<string | undefined> {
  return (await PostalMime.parse(`${field}\r\nbody\r\n`)).subject;
}

async function readFrom(field: string) {
  return (await PostalMime.parse(`${field}\r\nbody\r\n`)).from;
}

/** Lines of plain characters, of which only the first begins a field, and the others have at most 76. */
function expectOneField(field: string, name: string): void {
  expect(field.startsWith(`${name}: `)).toBe(true);
  expect(field.endsWith('\r\n')).toBe(true);
  const [first, ...more] = field.slice(0, -2).split('\r\n');
  expect(first).toMatch(/^[\x20-\x7e]*$/);
  for (const line of more) expect(line).toMatch(/^ \S[\x20-\x7e]{0,74}$/);
}

function encodedWords(field: string): string[] {
  return field.match(/=\?utf-8\?B\?[^?]*\?=/g) ?? [];
}

describe('textHeader', () => {
  it.each([
    ['', 'Subject: \r\n'],
    ['This Month', 'Subject: This Month\r\n'],
    ['Issue #480: "async", <await> & more', 'Subject: Issue #480: "async", <await> & more\r\n'],
    ['Grüße', `Subject: =?utf-8?B?${Buffer.from('Grüße').toString('base64')}?=\r\n`],
    [
      'looks =?utf-8?B?QQ==?= encoded',
      `Subject: =?utf-8?B?${Buffer.from('looks =?utf-8?B?QQ==?= encoded').toString('base64')}?=\r\n`,
    ],
  ])('writes %j', (text, field) => {
    expect(textHeader('Subject', text)).toBe(field);
  });

  it.each([
    'Grüße aus dem Kernel',
    '🦀'.repeat(100),
    '漢字かな交じり文 '.repeat(20).trim(),
    'a'.repeat(500),
    `${'plain words '.repeat(30)}and an é`,
    'plain words only, '.repeat(30).trim(),
    '=?utf-8?B?QQ==?=',
    '=?broken',
    `${'ü'.repeat(22)}x${'ü'.repeat(22)}`,
  ])('folds %j so that a reader gets it back', async (text) => {
    const field = textHeader('Subject', text);
    expectOneField(field, 'Subject');
    for (const word of encodedWords(field)) expect(word.length).toBeLessThanOrEqual(75);
    expect(await readSubject(field)).toBe(text);
  });

  it('splits no character between two encoded words (RFC 2047 5)', () => {
    for (const word of encodedWords(textHeader('Subject', `x${'é漢🦀'.repeat(60)}`))) {
      expect(Buffer.from(word.slice(10, -2), 'base64').toString('utf8')).not.toContain('\ufffd');
    }
  });

  it('gives back random words', async () => {
    const random = seeded(2047);
    for (let round = 0; round < 300; round++) {
      const text = randomText(random, 15)
        .replace(/[\p{Cc}\u00a0]+/gu, ' ')
        .replace(/ {2,}/g, ' ')
        .trim();
      const field = textHeader('Subject', `x${text}x`);
      expectOneField(field, 'Subject');
      expect(await readSubject(field)).toBe(`x${text}x`);
    }
  });
});

describe('mailboxHeader', () => {
  it.each([
    ['', 'From: ada@example.org\r\n'],
    ['Ada Lovelace', 'From: Ada Lovelace <ada@example.org>\r\n'],
    ['Lovelace, Ada', 'From: "Lovelace, Ada" <ada@example.org>\r\n'],
    ['Ada "Byron" L\\', 'From: "Ada \\"Byron\\" L\\\\" <ada@example.org>\r\n'],
    ['bob@example.org', 'From: "bob@example.org" <ada@example.org>\r\n'],
    ['Jürgen', `From: =?utf-8?B?${Buffer.from('Jürgen').toString('base64')}?= <ada@example.org>\r\n`],
  ])('writes the name %j', (name, field) => {
    expect(mailboxHeader('From', { name, address: 'ada@example.org' })).toBe(field);
  });

  it.each([
    'Ada Lovelace',
    'Lovelace, Ada (editor) <x@y.example>; a: b',
    '"Ada" \\ Lovelace',
    'Müller, Jürgen 🦀',
    'ü'.repeat(120),
    'a'.repeat(200),
    `${'many words '.repeat(18)}end`,
    `${'many, words '.repeat(16)}end`,
    '=?utf-8?Q?x?=',
  ])('is read back with the name %j', async (name) => {
    const field = mailboxHeader('From', { name, address: 'ada@example.org' });
    expectOneField(field, 'From');
    expect(await readFrom(field)).toEqual({ name, address: 'ada@example.org' });
  });
});

describe('what would end a header field', () => {
  const BREAKS = ['\r\n', '\n', '\r', '\u0000', '\u2028', '\u2029', '\u0085', '\u000b', '\u000c', '\r\n\r\n', '\r\n '];

  it.each(BREAKS)('%j becomes a space in a text', (mark) => {
    expect(textHeader('Subject', `Hello${mark}Bcc: x@evil.example`)).toBe('Subject: Hello Bcc: x@evil.example\r\n');
  });

  it.each(BREAKS)('%j becomes a space beside letters that are encoded', async (mark) => {
    const field = textHeader('Subject', `Grüße${mark}Bcc: x@evil.example`);
    expectOneField(field, 'Subject');
    expect(await readSubject(field)).toBe('Grüße Bcc: x@evil.example');
  });

  it.each(BREAKS)('%j never stands in a name, an address or a token', (mark) => {
    const evil = `Hello${mark}Bcc: x@evil.example`;
    expectOneField(mailboxHeader('From', { name: evil, address: 'ada@example.org' }), 'From');
    expectOneField(mailboxHeader('From', { name: 'Ada', address: evil }), 'From');
    expectOneField(mailboxHeader('From', { name: '', address: evil }), 'From');
    expectOneField(tokenHeader('X-Postrider-Issue', [evil]), 'X-Postrider-Issue');
  });
});

describe('tokenHeader', () => {
  it('folds between tokens and never within one', () => {
    const [a, b] = ['a'.repeat(70), 'b'.repeat(70)];
    expect(tokenHeader('X', [a, b, 'ccc', 'd'])).toBe(`X: ${a}\r\n ${b} ccc\r\n d\r\n`);
  });

  it('leaves its first token on the line of its name, however long', () => {
    expect(tokenHeader('Archived-At', [`<https://x.example/${'a'.repeat(200)}>`])).toMatch(/^Archived-At: <\S+>\r\n$/);
  });
});

describe('formatDate', () => {
  it.each([
    [Date.UTC(2023, 1, 7, 10, 5, 9), 'Tue, 07 Feb 2023 10:05:09 +0000'],
    [Date.UTC(2024, 11, 31, 23, 59, 59, 999), 'Tue, 31 Dec 2024 23:59:59 +0000'],
    [0, 'Thu, 01 Jan 1970 00:00:00 +0000'],
  ])('writes %d in UTC', (at, text) => {
    expect(formatDate(at)).toBe(text);
  });
});
