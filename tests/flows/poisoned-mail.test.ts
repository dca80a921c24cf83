// Mail that anybody may send, and that must not stop the mail behind it: whatever it says, it is taken. It needs no
// signature of ours to come into a mailbox or a Maildir, and what cannot be taken there comes again at each look.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { takeReturn } from '../../src/flows/take-return.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { memoryLedger, NOW } from './mailing-to.ts';

let ledger: Ledger;
beforeEach(async () => {
  ledger = await memoryLedger();
});
afterEach(() => ledger.close());

const take = (mail: string) =>
  takeReturn(
    { bytes: Buffer.from(mail), way: 'maildir', envelope: [] },
    { ledger, clock: { now: () => NOW, sleep: () => Promise.resolve() }, secrets: ['a-secret-for-these-tests'] },
  );

const HEAD = 'From: MAILER-DAEMON@x.example\r\nTo: bounces@y.example\r\nSubject: failure\r\n';

/** A report (RFC 3462) with its machine's part. */
function reported(type: string, part: string): string {
  const parts = ['text/plain\r\n\r\nIt failed.', `message/${type}\r\n\r\n${part}`].map(
    (each) => `--b\r\nContent-Type: ${each}\r\n`,
  );
  return `${HEAD}MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=${type}; boundary=b\r\n\r\n${parts.join('')}--b--\r\n`;
}

const failedWith = (fields: string): string =>
  reported('delivery-status', `Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; ada@x.example\r\n${fields}\r\n`);
const byAmazon = (notice: object): string =>
  `From: no-reply@sns.amazonaws.com\r\nSubject: AWS Notification Message\r\n\r\n${JSON.stringify({ notificationType: 'Bounce', ...notice })}\r\n`;
const addresses = (count: number, between: string, before = ''): string =>
  Array.from({ length: count }, (_, index) => `${before}a${index}@x.example`).join(between);

it('is taken where it is a bounce as others are', async () => {
  expect(await take(failedWith('Action: failed\r\nStatus: 5.1.1'))).toBe('recorded');
});

it.each([
  ['an action of no meaning', failedWith('Action: tostring\r\nStatus: 5.1.1')],
  ['a zero byte', failedWith('Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 a\0b')],
  ['an address of a hundred thousand letters', failedWith('Action: failed').replace('ada', 'a'.repeat(100_000))],
  ['words of half a million letters', failedWith(`Action: failed\r\nDiagnostic-Code: smtp; ${'user unknown '.repeat(40_000)}`)],
  ['five thousand blocks', reported('delivery-status', addresses(5_000, '\r\n\r\n', 'Final-Recipient: rfc822; '))],
  // Each report is a row of fourteen values, and SQLite takes 32,766 in one statement, PostgreSQL 65,535.
  ['five thousand failed recipients', `X-Failed-Recipients: ${addresses(5_000, ',\r\n ')}\r\n${HEAD}\r\nIt failed.\r\n`],
  [
    'a complaint of five thousand readers',
    reported('feedback-report', `Feedback-Type: abuse\r\nVersion: 1\r\n${addresses(5_000, '\r\n', 'Original-Rcpt-To: ')}`),
  ],
  ['no list of Amazon', byAmazon({ bounce: { bouncedRecipients: 'x' } })],
  ['nobody in the list of Amazon', byAmazon({ bounce: { bouncedRecipients: [null] } })],
  ['a number for the words of Amazon', byAmazon({ bounce: { bouncedRecipients: [{ diagnosticCode: 7 }] } })],
  ['a number for the address of Amazon', byAmazon({ bounce: { bouncedRecipients: [{ emailAddress: 7 }] } })],
  ['null for the message of Amazon', byAmazon({ Message: null })],
  ['Amazon, and nobody named', byAmazon({ bounce: { bouncedRecipients: [] } })],
])('is taken with %s', async (_, mail) => {
  await expect(take(mail)).resolves.toMatch(/^(?:recorded|known|ordinary)$/);
});

// Once looked up in an object, which knows more names than its own.
it('is taken with a word of JavaScript for an action', async () => {
  await take(failedWith('Action: constructor\r\nStatus: 5.1.1'));
});
