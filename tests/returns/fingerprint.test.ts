// One and the same return is known again, whatever way it took; another never is.
import { describe, expect, it } from 'vitest';
import { readReturn } from '../../src/returns/read-return.ts';
import { feedbackReport, plainBounce, statusNotification } from './returned-mail.ts';

const fingerprint = async (message: string) => (await readReturn(Buffer.from(message))).fingerprint;

const DATED = (message: string) => `Date: Tue, 7 Feb 2023 10:00:00 +0000\r\nMessage-ID: <one@mx.example>\r\n${message}`;
const BOUNCE = DATED(statusNotification([{ address: 'ada@example.org' }]));
const PLAIN = DATED(plainBounce('<ada@example.org>: 550 5.1.1 User unknown\r\n'));
const COMPLAINT = DATED(feedbackReport('Feedback-Type: abuse\r\nVersion: 1\r\n'));

const ways: readonly (readonly [string, (message: string) => string])[] = [
  [
    'with other servers on its way',
    (message) => `Received: from a.example by b.example; Tue, 7 Feb 2023 10:00:01 +0000\r\n${message}`,
  ],
  [
    'put into a mailbox',
    (message) => `Return-Path: <>\r\nDelivered-To: returns@example.org\r\nX-Original-To: r@x.example\r\n${message}`,
  ],
  ['judged by a spam filter', (message) => `X-Spam-Status: No, score=-1.0\r\nAuthentication-Results: mx; spf=none\r\n${message}`],
  ['with the line ends of Unix', (message) => message.replaceAll('\r\n', '\n')],
  ['with a line break more at its end', (message) => `${message}\r\n\r\n`],
  ['with its subject on two lines', (message) => message.replace(/^(Subject: \S+) /m, '$1\r\n ')],
];

describe.each([
  ['a notification', BOUNCE],
  ['a bounce in plain words', PLAIN],
  ['a complaint', COMPLAINT],
])('%s is the same', (_, message) => {
  it.each(ways)('%s', async (_way, on) => {
    expect(on(message)).not.toBe(message);
    expect(await fingerprint(on(message))).toBe(await fingerprint(message));
  });
});

describe('another return', () => {
  it.each<[string, string]>([
    ['of another recipient', BOUNCE.replace('rfc822; ada@', 'rfc822; bob@')],
    ['for another reason', BOUNCE.replaceAll('5.1.1', '5.2.2')],
    ['of another mail', BOUNCE.replace('<one@example.org>', '<two@example.org>')],
    ['of another moment', BOUNCE.replace('10:00:00', '10:00:01')],
    ['by another name', BOUNCE.replace('<one@mx.example>', '<two@mx.example>')],
    ['to another address', BOUNCE.replace('To: r-token@', 'To: r-nekot@')],
    ['in other words', PLAIN.replace('User unknown', 'Mailbox full')],
    ['of another kind', COMPLAINT.replace('abuse', 'fraud')],
    ['and nothing at all', ''],
  ])('has another name: %s', async (_, other) => {
    const known = await Promise.all([BOUNCE, PLAIN, COMPLAINT].map(fingerprint));
    expect([BOUNCE, PLAIN, COMPLAINT]).not.toContain(other);
    expect(known).not.toContain(await fingerprint(other));
  });

  it('is not made of the same words in other places', async () => {
    const one = await fingerprint('From: a@x.example\r\nSubject: b\r\n\r\nc');
    const other = await fingerprint('From: a@x.example\r\nSubject: c\r\n\r\nb');
    expect(one).not.toBe(other);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
  });
});
