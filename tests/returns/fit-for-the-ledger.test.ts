// What anybody may send, and what a ledger can take of it. What it cannot take would be brought again for ever, and hold
// up all that lies behind it.
import { describe, expect, it } from 'vitest';
import { readReturn } from '../../src/returns/read-return.ts';
import { feedbackReport, plainBounce, statusNotification } from './returned-mail.ts';

const REPORTS_MAX = 1_000;
// RFC 5321 4.5.3.1: a local part, an @ and a domain.
const ADDRESS_MAX = 320;
const addresses = Array.from({ length: 5_000 }, (_, index) => `r${index}@x.example`);
const reportsOf = async (message: string) => (await readReturn(Buffer.from(message))).reports;
const amazon = (bounce: string) => `From: a@x.example\r\nSubject: x\r\n\r\n{"Type":"Notification","bounce":${bounce}}`;

describe('a returned message', () => {
  // SQLite takes 32,766 values at once, PostgreSQL 65,535, and each report has sixteen. Proposed: `readReturn` gives so many.
  it.each([
    ['a complaint', feedbackReport(`Feedback-Type: abuse\r\nVersion: 1\r\nOriginal-Rcpt-To: ${addresses.join(' ')}\r\n`)],
    ['a header', plainBounce('550 could not be delivered', [`X-Failed-Recipients: ${addresses.join(',\r\n ')}`])],
    ['a notice of Amazon', amazon(`{"bouncedRecipients":[${addresses.map(() => '{}').join(',')}]}`)],
  ])('gives no more reports than can be written down: %s', async (_, message) => {
    expect((await reportsOf(message)).length).toBeLessThanOrEqual(REPORTS_MAX);
  });

  // PostgreSQL: `invalid byte sequence for encoding "UTF8": 0x00`. Proposed: `judgeReport` and `addressesIn` leave controls out.
  it('gives no words that hold a NUL, which PostgreSQL refuses', async () => {
    const reports = await reportsOf(statusNotification([{ address: 'ada@example.org', said: '550 5.1.1 User\0 unknown' }]));
    expect(reports.map(({ words }) => words.includes('\0'))).toEqual([false]);
  });

  // PostgreSQL: `index row requires 9024 bytes, maximum size is 8191`. Proposed: a longer recipient is none.
  it('gives no recipient that is longer than an address may be', async () => {
    const long = `ada@${Array.from({ length: 900 }, (_, index) => `label${index}`).join('.')}.example`;
    const [report] = await reportsOf(statusNotification([{ address: long }]));
    expect(report?.recipient?.length ?? 0).toBeLessThanOrEqual(ADDRESS_MAX);
  });

  // Proposed: `readAmazonNotice` reads what is a text as a text, and all else as nothing.
  it.each([
    '{"bouncedRecipients":[{"emailAddress":"a@x.example","diagnosticCode":5}]}',
    '{"bouncedRecipients":{}}',
    '{"bouncedRecipients":[null]}',
  ])('that looks like a notice of Amazon throws nothing: %s', async (bounce) => {
    await expect(reportsOf(amazon(bounce))).resolves.not.toEqual([]);
  });

  // A report without a row cannot be written down, and a recipient that is a number has no key.
  it.each(['{"bouncedRecipients":[]}', '{"bouncedRecipients":[{"emailAddress":5}]}'])(
    'gives a report at least, and a text for its recipient: %s',
    async (bounce) => {
      const reports = await reportsOf(amazon(bounce));
      expect(reports.map(({ recipient }) => typeof recipient)).toEqual([expect.stringMatching(/string|object/)]);
    },
  );
});
