// The signature, asked of a verifier that is not ours: it holds on the ways that mail goes, and for nothing else.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { describe, expect, it } from 'vitest';
import { type DkimKey, dkimRecord } from '../../src/domain/dkim.ts';
import type { Message } from '../../src/domain/message.ts';
import { composeMessage } from '../../src/message/compose-message.ts';
import { freezeMessage } from '../../src/message/freeze-message.ts';
import { composePlain } from '../../src/message/plain-message.ts';
import { signMessage } from '../../src/message/sign-message.ts';
import { randomText, seeded } from './random-text.ts';
import { headersOf, sampleContent, sampleRecipient, slot } from './sample-content.ts';

const KEY = newKey();

/** Each field that the signature is about, once. */
const FIELDS: Readonly<Record<string, string>> = {
  From: 'Kernel News <news@sender.example>',
  Sender: 'press@sender.example',
  'Reply-To': 'editors@sender.example',
  Subject: 'January',
  Date: 'Tue, 07 Feb 2023 10:00:00 +0000',
  'Message-ID': '<abc234@sender.example>',
  To: 'Ada Lovelace <ada@reader.example>',
  Cc: 'bob@reader.example',
  'In-Reply-To': '<before@sender.example>',
  References: '<before@sender.example>',
  'List-Id': 'Kernel News <monthly.sender.example>',
  'List-Unsubscribe': '<https://press.example/u/abc234>',
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  'Archived-At': '<https://sender.example/2023-01/>',
  'Feedback-ID': '2023-01:monthly:newsletter:sender.example',
  'Auto-Submitted': 'no',
  'MIME-Version': '1.0',
  'Content-Type': 'text/plain; charset=utf-8',
  'Content-Transfer-Encoding': '8bit',
};
const NAMES = Object.keys(FIELDS);
const UNSIGNED = { 'X-Postrider-Issue': '2023-01' };

function newKey(changes: Partial<DkimKey> = {}): DkimKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return { domain: 'sender.example', selector: 'press2023', privateKey, ...changes };
}

/** As in mail, an `é` in it is two bytes. */
function messageOf(fields: Readonly<Record<string, string>>, body = 'Hello.\r\n'): Message {
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return withBytes(Buffer.from(`${head.join('')}\r\n${body}`));
}

function withBytes(bytes: Uint8Array): Message {
  return { envelope: { returnPath: 'bounces@sender.example', recipient: 'ada@reader.example' }, bytes };
}

/** One character for each byte. */
function rawOf({ bytes }: Message): string {
  return Buffer.from(bytes).toString('latin1');
}

const signed = (message: Message, key = KEY): string => rawOf(signMessage(message, key));

/** As a receiver finds it that keeps to the letter of RFC 6376, with our record in DNS. */
async function verdictOn(raw: string, key = KEY): Promise<string> {
  const record = dkimRecord(key);
  const resolver = (name: string, type: string): Promise<string[][]> => {
    if (type === 'TXT' && name === record.name) return Promise.resolve([[...record.strings]]);
    return Promise.reject(Object.assign(new Error(`No ${type} of ${name}`), { code: 'ENOTFOUND' }));
  };
  const { results } = await dkimVerify(Buffer.from(raw, 'latin1'), { resolver, strict: true });
  expect(results).toHaveLength(1);
  return results[0]?.status.result ?? 'none';
}

function compose(content: Parameters<typeof sampleContent>[0] = {}, recipient: Parameters<typeof sampleRecipient>[0] = {}) {
  return composeMessage(freezeMessage(sampleContent(content)), sampleRecipient(recipient));
}

function letter(text: string): Message {
  const [from, to] = [
    { name: 'Kernel Nëws', address: 'news@sender.example' },
    { name: '', address: 'zoé@reader.example' },
  ];
  return composePlain({ from, to, subject: 'Bestätigen', text, messageId: 'l-1@sender.example', date: Date.UTC(2023, 1, 7) });
}

const MANY_TO = Array.from({ length: 40 }, (_, index) => `reader${index}@reader.example`).join(',\r\n ');
const BEYOND_ASCII = 'Zoë 漢字 <zoé@reader.example>';

const MESSAGES: readonly [string, Message][] = [
  ['a newsletter', compose()],
  ['a newsletter with names and a subject beyond ASCII', compose({ subject: 'Grüße 🦀'.repeat(20) }, { name: 'Müller, 漢字' })],
  ['a newsletter with slots', compose({ text: ['Hello ', slot('Ada'), '\n.\n..\nFrom here'] })],
  ['a newsletter with nothing in it', compose({ text: [], html: [] })],
  ['a letter to an address beyond ASCII', letter('Hello.\n')],
  ['a letter with nothing in it', letter('')],
  ['a message with all fields', messageOf(FIELDS)],
  ['a message with the fewest', messageOf({ From: 'news@sender.example', Date: FIELDS['Date'] ?? '' })],
  ['folded fields', messageOf({ ...FIELDS, Subject: 'a\r\n  long\r\n\tsubject \r\n of lines ', To: MANY_TO })],
  ['8-bit fields', messageOf({ ...FIELDS, To: BEYOND_ASCII, Subject: 'Übér naïve \u00a0 \u0085 žluťoučký' })],
  ['bytes that are no UTF-8', withBytes(Buffer.from(`${rawOf(messageOf(FIELDS))}\xff\xfe\x80\r\n`, 'latin1'))],
  ['an empty subject', messageOf({ ...FIELDS, Subject: '' })],
  ['a subject that looks like a field', messageOf({ ...FIELDS, Subject: 'Re: b=x; From: y' })],
  ['no body', messageOf(FIELDS, '')],
  ['a body of one empty line', messageOf(FIELDS, '\r\n')],
  ['a body of empty lines', messageOf(FIELDS, '\r\n\r\n\r\n')],
  ['a body that ends without a CRLF', messageOf(FIELDS, 'Hello.')],
  ['a body that ends with several', messageOf(FIELDS, 'Hello.\r\n\r\n\r\n')],
  ['dots at line starts', messageOf(FIELDS, '.\r\n..\r\n.dot\r\n.')],
  ['spaces at line ends', messageOf(FIELDS, 'one \r\ntwo\t\r\n \r\n')],
  ['a long line', messageOf(FIELDS, `${'x'.repeat(900)}\r\n`)],
  ['a mail of 300 kB', messageOf(FIELDS, 'Hello again and again.\r\n'.repeat(13_000))],
];

/** Fields with values of any kind, folded anywhere, and a body that ends anyhow. */
function randomMessage(random: () => number): Message {
  const field = (): string => randomText(random, 12).replace(/\s*\n\s*/g, '\r\n x');
  const name = `${field()} <ada@reader.example>`;
  const mine = { ...FIELDS, ...UNSIGNED, Subject: field(), To: name, 'List-Id': name };
  return messageOf(mine, randomText(random, 30).replaceAll('\n', '\r\n'));
}

describe('an independent verifier passes', () => {
  it.each(MESSAGES)('%s', async (_, message) => {
    expect(await verdictOn(signed(message))).toBe('pass');
  });

  it('random messages', async () => {
    const random = seeded(6376);
    for (let round = 0; round < 100; round++) {
      const message = randomMessage(random);
      expect(await verdictOn(signed(message)), rawOf(message)).toBe('pass');
    }
  });

  it('what a key of 1,024 bits and one of 4,096 have signed', async () => {
    for (const modulusLength of [1_024, 4_096]) {
      const key = { ...KEY, privateKey: generateKeyPairSync('rsa', { modulusLength }).privateKey };
      expect(await verdictOn(signed(compose(), key), key)).toBe('pass');
    }
  });

  it('selectors and domains of any length, with none of them broken by a fold', async () => {
    for (const length of [1, 5, 13, 29, 40, 63])
      for (const selector of ['s'.repeat(length), `${'s'.repeat(length)}.t`]) {
        const key = { ...KEY, selector, domain: `${'d'.repeat(length)}.example` };
        const raw = signed(messageOf({ ...FIELDS, From: `news@${key.domain}` }), key);
        expect(await verdictOn(raw, key)).toBe('pass');
        expect(raw.split('\r\n').some((line) => line.includes(` d=${key.domain};`))).toBe(true);
      }
  });

  it('nothing that another key has signed', async () => {
    expect(await verdictOn(signed(compose(), newKey()))).toBe('fail');
  });
});

describe('the signed message', () => {
  it.each(MESSAGES)('is the given one, byte for byte, with one field before it: %s', (_, message) => {
    const raw = signed(message);
    expect(raw.endsWith(rawOf(message))).toBe(true);
    expect(raw.slice(0, raw.length - rawOf(message).length)).toMatch(/^DKIM-Signature: [^\r\n]+\r\n([ \t][^\r\n]+\r\n)+$/);
  });

  it.each(MESSAGES)('has the same bytes each time, and leaves the given ones alone: %s', (_, message) => {
    const before = rawOf(message);
    const again = createPrivateKey(KEY.privateKey.export({ type: 'pkcs1', format: 'pem' }));
    expect(signed(message, { ...KEY, privateKey: again })).toBe(signed(message));
    expect(rawOf(message)).toBe(before);
  });

  it('does not depend on what lies beside the message in memory', () => {
    const { bytes } = compose();
    const among = Buffer.concat([Buffer.from('before\r\n\r\n'), bytes, Buffer.from('after')]);
    expect(signed(withBytes(among.subarray(10, 10 + bytes.length)))).toBe(signed(withBytes(bytes)));
  });

  it('keeps its envelope', () => {
    expect(signMessage(compose(), KEY).envelope).toEqual(compose().envelope);
  });

  it.each(MESSAGES)('has no signature line beyond 78 columns, and none that is empty: %s', (_, message) => {
    for (const line of signatureLines(signed(message))) {
      expect(line.length).toBeLessThanOrEqual(78);
      expect(line.trim()).not.toBe('');
    }
  });

  it('has header lines of 78 columns at most, all of them, where the message has', () => {
    const random = seeded(5322);
    for (let round = 0; round < 50; round++) {
      const name = randomText(random, 8);
      const raw = signed(compose({ subject: randomText(random, 12), from: { name, address: 'news@sender.example' } }, { name }));
      for (const line of raw.slice(0, raw.indexOf('\r\n\r\n')).split('\r\n')) expect(line).toMatch(/^(?=.*\S).{1,78}$/);
    }
  });

  it('has such lines with a selector and a domain of any usual length', () => {
    for (let length = 1; length <= 60; length++) {
      const key = { ...KEY, selector: 's'.repeat(length), domain: `${'d'.repeat(61 - length)}.example` };
      for (const line of signatureLines(signed(compose(), key))) expect(line).toMatch(/^(?=.*\S).{1,78}$/);
    }
  });
});

describe('the signature', () => {
  it('says when it was made by the Date of the message', () => {
    expect(tagsOf(signed(messageOf(FIELDS)))).toMatchObject({ t: String(Date.UTC(2023, 1, 7, 10) / 1_000) });
    const elsewhere = { ...FIELDS, Date: 'Tue, 07 Feb 2023 12:00:59\r\n +0200 (CEST)' };
    expect(tagsOf(signed(messageOf(elsewhere)))).toMatchObject({ t: String(Date.UTC(2023, 1, 7, 10, 0, 59) / 1_000) });
  });

  it('names its key and how it was made, and covers the whole body', () => {
    const tags = tagsOf(signed(compose()));
    expect(tags).toMatchObject({ v: '1', a: 'rsa-sha256', d: 'sender.example', s: 'press2023', c: 'relaxed/simple' });
    expect(Object.keys(tags)).not.toContain('l');
  });

  it.each(MESSAGES)('names each field once more than it occurs: %s', (_, message) => {
    expect(namedBy(signed(message))).toEqual(onceMoreThan(rawOf(message)));
  });

  it('names a field that occurs twice three times, and holds them in their order', async () => {
    const [one, two] = ['Cc: one@reader.example\r\n', 'Cc: two@reader.example\r\n'];
    const raw = signed(withBytes(Buffer.from(`${one}${rawOf(compose())}`.replace('\r\nDate:', `\r\n${two}Date:`))));
    expect(namedBy(raw).filter((name) => name === 'cc')).toHaveLength(3);
    expect(await verdictOn(raw)).toBe('pass');
    expect(await verdictOn(raw.replace(/one@|two@/g, (name) => (name === 'one@' ? 'two@' : 'one@')))).toBe('fail');
  });
});

describe('the signature breaks', () => {
  const raw = signed(messageOf({ ...FIELDS, ...UNSIGNED }));

  it.each(NAMES)('when somebody changes %s', async (name) => {
    const changed = raw.replace(`\r\n${name}: `, `\r\n${name}: x`);
    expect(changed).not.toBe(raw);
    expect(await verdictOn(changed)).toBe('fail');
  });

  it.each(NAMES)('when somebody takes %s away', async (name) => {
    const changed = raw.replace(`\r\n${name}: ${FIELDS[name]}`, '');
    expect(changed).not.toBe(raw);
    expect(await verdictOn(changed)).toBe('fail');
  });

  it.each(NAMES)('when somebody adds another %s, on top or at the bottom, the same or not', async (name) => {
    for (const line of [`${name}: evil@evil.example\r\n`, `${name.toLowerCase()}: ${FIELDS[name]}\r\n`])
      for (const changed of [line + raw, atBottom(raw, line)]) expect(await verdictOn(changed)).toBe('fail');
  });

  it.each(NAMES.filter((name) => name !== 'From' && name !== 'Date'))('when somebody adds a %s where none was', async (name) => {
    const without = signed(messageOf(Object.fromEntries(Object.entries(FIELDS).filter(([each]) => each !== name))));
    expect(await verdictOn(without)).toBe('pass');
    const line = `${name}: ${FIELDS[name]}\r\n`;
    for (const changed of [line + without, atBottom(without, line)]) expect(await verdictOn(changed)).toBe('fail');
  });

  it.each([
    ['an added line', `${raw}Buy this.\r\n`],
    ['a missing line', raw.replace(/Hello\.\r\n$/, '')],
    ['another letter', raw.replace('Hello', 'Hallo')],
    ['a space at the end of a line', raw.replace('Hello.', 'Hello. ')],
    ['a line before it', raw.replace('\r\n\r\n', '\r\n\r\n\r\n')],
  ])('with another body: %s', async (_, changed) => {
    expect(changed).not.toBe(raw);
    expect(await verdictOn(changed)).toBe('fail');
  });

  it('with any bit of the body changed', async () => {
    const random = seeded(8301);
    for (let round = 0; round < 60; round++) {
      const bytes = Buffer.from(signed(randomRound(random)), 'latin1');
      const from = bytes.indexOf('\r\n\r\n') + 4;
      const at = from + Math.floor(random() * (bytes.length - from));
      bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      expect(await verdictOn(bytes.toString('latin1'))).toBe('fail');
    }
  });

  it.each(['d', 's', 't', 'h', 'bh', 'c'])('with another %s= in it', async (tag) => {
    const end = raw.indexOf('\r\nFrom:');
    const changed = raw.slice(0, end).replace(new RegExp(`(\\s${tag}=\\s*)(\\w)`), (_, before, first) => before + other(first));
    expect(changed).not.toBe(raw.slice(0, end));
    expect(await verdictOn(changed + raw.slice(end))).not.toBe('pass');
  });
});

describe('the signature holds', () => {
  const raw = signed(messageOf({ ...FIELDS, ...UNSIGNED }));

  it.each([
    'Received: from press.example (press.example [192.0.2.1])\r\n\tby mx.reader.example; Tue, 7 Feb 2023 10:00:02 +0000\r\n',
    'Return-Path: <bounces@sender.example>\r\n',
    'Delivered-To: ada@reader.example\r\n',
    'Authentication-Results: mx.reader.example; dkim=pass\r\n',
    'X-Spam-Status: No\r\n',
    'X-Postrider-Issue: another\r\n',
  ])('when a server adds %j, on top or at the bottom', async (line) => {
    expect(await verdictOn(line + raw)).toBe('pass');
    expect(await verdictOn(atBottom(raw, line))).toBe('pass');
  });

  it.each(NAMES)('when a server folds %s in another way', async (name) => {
    const refolded = raw.replace(`\r\n${name}: `, `\r\n${name}:\r\n \t `);
    expect(refolded).not.toBe(raw);
    expect(await verdictOn(refolded)).toBe('pass');
    expect(await verdictOn(raw.replace(`\r\n${name}: ${FIELDS[name]}`, `$&${' '.repeat(3)}`))).toBe('pass');
  });

  it.each(NAMES)('when a server writes %s in other letters', async (name) => {
    for (const other of [name.toLowerCase(), name.toUpperCase()])
      expect(await verdictOn(raw.replace(`\r\n${name}:`, `\r\n${other}:`))).toBe('pass');
  });

  it('when a server unfolds all that we fold', async () => {
    const message = compose({ subject: 'Grüße 🦀'.repeat(20) }, { name: 'Jürgen '.repeat(12) });
    const folded = signed(message);
    const end = folded.indexOf('\r\n\r\n');
    const unfolded = folded.slice(0, end).replaceAll(/\r\n(?=[ \t])/g, '') + folded.slice(end);
    expect(unfolded).not.toBe(folded);
    expect(await verdictOn(unfolded)).toBe('pass');
  });

  it.each(['', 'Hello.', 'Hello.\r\n'])('when a server ends the body %j with a CRLF of its own', async (body) => {
    expect(await verdictOn(`${signed(messageOf(FIELDS, body))}\r\n`)).toBe('pass');
  });

  it('when a server puts our fields into another order', async () => {
    const { From, ...rest } = FIELDS;
    const signature = raw.slice(0, raw.indexOf('\r\nFrom:') + 2);
    const turned = rawOf(messageOf({ ...Object.fromEntries(Object.entries(rest).toReversed()), From: From ?? '' }));
    expect(await verdictOn(signature + turned)).toBe('pass');
  });
});

function signatureLines(raw: string): string[] {
  return (/^DKIM-Signature:[^\r]*(\r\n[ \t][^\r]*)*/.exec(raw)?.[0] ?? '').split('\r\n');
}

function tagsOf(raw: string): Record<string, string> {
  const value = signatureLines(raw).join('').slice('DKIM-Signature:'.length);
  return Object.fromEntries(value.split(';').map((tag) => [tag.split('=')[0]?.trim(), tag.slice(tag.indexOf('=') + 1).trim()]));
}

function namedBy(raw: string): string[] {
  return (tagsOf(raw)['h'] ?? '')
    .split(':')
    .map((name) => name.trim().toLowerCase())
    .sort();
}

function onceMoreThan(raw: string): string[] {
  const counts = [...headersOf(raw)].map(([name, values]) => [name.toLowerCase(), values.length] as const);
  const countOf = new Map(counts);
  return NAMES.map((name) => name.toLowerCase())
    .flatMap((name) => Array<string>((countOf.get(name) ?? 0) + 1).fill(name))
    .sort();
}

function atBottom(raw: string, line: string): string {
  const end = raw.indexOf('\r\n\r\n') + 2;
  return raw.slice(0, end) + line + raw.slice(end);
}

/** With something in its body. */
function randomRound(random: () => number): Message {
  const text = `Hello.\n${randomText(random, 20)}`;
  return random() < 0.5 ? compose({ text: [text], html: [text] }) : messageOf(FIELDS, `${text.replaceAll('\n', '\r\n')}!`);
}

function other(letter: string): string {
  return /\d/.test(letter) ? String((Number(letter) + 1) % 10) : letter === 'x' ? 'y' : 'x';
}
