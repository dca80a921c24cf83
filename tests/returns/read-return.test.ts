// Returned mail in the formats that mail systems use: whom it is about, why, and whether the address is gone.
import { describe, expect, it } from 'vitest';
import { readReturn } from '../../src/returns/read-return.ts';
import { feedbackReport, plainBounce, statusNotification } from './returned-mail.ts';

async function read(message: string) {
  const { reports } = await readReturn(Buffer.from(message));
  return reports.map(({ kind, recipient, status, reason, isGone }) => ({ kind, recipient, status, reason, isGone }));
}

const ADA = 'ada@example.org';
const GONE = { kind: 'bounce', recipient: ADA, status: '5.1.1', reason: 'user-unknown', isGone: true };

describe('a delivery status notification', () => {
  it('says who is gone', async () => {
    expect(await read(statusNotification([{ address: ADA }]))).toEqual([GONE]);
  });

  it('tells of each recipient by itself', async () => {
    const message = statusNotification([
      { address: ADA },
      { address: 'bob@example.org', status: '5.2.2', said: '552 5.2.2 Over quota' },
      { address: 'carl@example.org', action: 'delayed', status: '4.4.1', said: '451 4.4.1 try again later' },
      { address: 'dora@example.org', action: 'delivered', status: '2.0.0', said: '250 ok' },
    ]);
    expect(await read(message)).toMatchObject([
      GONE,
      { kind: 'bounce', recipient: 'bob@example.org', reason: 'mailbox-full', isGone: false },
      { kind: 'delayed', recipient: 'carl@example.org', isGone: false },
      { kind: 'delivered', recipient: 'dora@example.org', isGone: false },
    ]);
  });

  it('of a forwarded mail is about the address that we wrote to', async () => {
    expect(await read(statusNotification([{ address: 'ada@forward.example', original: ADA }]))).toMatchObject([
      { recipient: ADA },
    ]);
  });

  it.each([
    ['a block', '5.7.1', '550 5.7.1 Service unavailable; client host [192.0.2.1] blocked using Spamhaus'],
    ['authentication', '5.7.26', '550 5.7.26 This mail has been blocked because the sender is unauthenticated'],
    ['a full mailbox', '5.2.2', '552 5.2.2 Mailbox full'],
    ['a mailbox that is switched off', '5.2.1', '550 5.2.1 The email account that you tried to reach is disabled'],
    ['a policy', '5.7.0', '550 5.7.0 Message rejected for policy reasons'],
    ['a name server that does not answer', '4.4.3', '451 4.4.3 Temporary lookup failure'],
    ['no user after the data, which is a filter', '5.0.0', '550 Unknown user ada (in reply to end of DATA command)'],
    ['no user without a name, which is a filter', '5.0.0', '550 : User unknown'],
  ])('that tells of %s says nothing about the reader', async (_, status, said) => {
    expect(await read(statusNotification([{ address: ADA, status, said }]))).toMatchObject([{ isGone: false }]);
  });

  it.each([
    ['5.1.10', '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'],
    ['5.0.0', '550 No such user here (in reply to RCPT TO command)'],
    ['5.4.1', '550 5.4.1 Recipient address rejected: Access denied. [DB5EUR01.eop-EUR01.prod.protection.outlook.com]'],
    ['5.1.2', '550 5.1.2 Host unknown'],
  ])('with %s and “%s” says that the address is gone', async (status, said) => {
    expect(await read(statusNotification([{ address: ADA, status, said }]))).toMatchObject([{ isGone: true }]);
  });
});

describe('a bounce in plain words', () => {
  it('of qmail', async () => {
    const text = `Hi. This is the qmail-send program at mx.example.\r\nI'm afraid I wasn't able to deliver your message to the following addresses.\r\nThis is a permanent error; I've given up.\r\n\r\n<${ADA}>:\r\n192.0.2.1 does not like recipient.\r\nRemote host said: 550 5.1.1 <${ADA}>: User unknown\r\n\r\n<bob@example.org>:\r\nMailbox is over quota.\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nFrom: news@example.org\r\nTo: someone@else.example\r\n`;
    expect(await read(plainBounce(text))).toMatchObject([
      GONE,
      { recipient: 'bob@example.org', reason: 'mailbox-full', isGone: false },
    ]);
  });

  it('of Exim, whose header names the recipient', async () => {
    const text = `A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\r\nThe following address(es) failed:\r\n\r\n  ${ADA}\r\n    SMTP error from remote mail server after RCPT TO:<${ADA}>:\r\n    host mx.example [192.0.2.1]: 550 no such user\r\n`;
    const headers = [`X-Failed-Recipients: ${ADA}`, 'Auto-Submitted: auto-replied'];
    expect(await read(plainBounce(text, headers))).toMatchObject([
      { kind: 'bounce', recipient: ADA, reason: 'user-unknown', isGone: true },
    ]);
  });

  it('that is still tried is delayed', async () => {
    const text = `This message could not yet be delivered to ${ADA}. It will be retried until it is five days old.\r\n`;
    expect(await read(plainBounce(text, ['X-Failed-Recipients: ada@example.org']))).toMatchObject([
      { kind: 'delayed', recipient: ADA },
    ]);
  });

  it('in HTML alone', async () => {
    const headers = ['Content-Type: text/html; charset=utf-8'];
    const html = `<style>b{}</style><p>Your message could not be delivered to:</p><p>&lt;${ADA}&gt;: 550 5.1.1 <b>User unknown</b></p>`;
    expect(await read(plainBounce(html, headers))).toMatchObject([GONE]);
  });
});

describe('a complaint', () => {
  it.each([
    ['by its own field', `Feedback-Type: abuse\r\nVersion: 1\r\nOriginal-Rcpt-To: <${ADA}>\r\n`],
    ['by the message that it is about', 'Feedback-Type: abuse\r\nVersion: 1\r\n'],
  ])('names the reader %s', async (_, fields) => {
    expect(await read(feedbackReport(fields))).toMatchObject([{ kind: 'complaint', recipient: ADA, isGone: false }]);
  });

  it('whose reader is hidden is a complaint all the same', async () => {
    const fields = 'Feedback-Type: abuse\r\nOriginal-Rcpt-To: redacted\r\n';
    expect(await read(feedbackReport(fields, 'Subject: News\r\n'))).toMatchObject([{ kind: 'complaint', recipient: null }]);
  });

  it.each(['not-spam', 'auth-failure'])('is none where the report says %s', async (type) => {
    expect(await read(feedbackReport(`Feedback-Type: ${type}\r\nVersion: 1\r\n`))).toMatchObject([{ kind: 'other' }]);
  });

  it('of Amazon comes as JSON', async () => {
    const json = JSON.stringify({ notificationType: 'Complaint', complaint: { complainedRecipients: [{ emailAddress: ADA }] } });
    const message = `From: no-reply@sns.amazonaws.com\r\nSubject: AWS Notification Message\r\n\r\n${JSON.stringify({ Type: 'Notification', Message: json }, null, 2)}\r\n--\r\nTo stop this, visit https://sns.example\r\n`;
    expect(await read(message)).toMatchObject([{ kind: 'complaint', recipient: ADA }]);
  });
});

describe('what is no bounce', () => {
  it.each<[string, string[], string, string]>([
    ['an answer of a program', ['Auto-Submitted: auto-replied', 'Subject: Re: News'], 'I am away until Monday.', 'auto-reply'],
    ['an older one', ['Subject: Out of Office: News'], 'Write to bob@example.org, 555 5555.', 'auto-reply'],
    ['in German', ['Subject: Automatische Antwort: News'], 'Ich bin nicht da.', 'auto-reply'],
    ['a letter', ['Subject: Your newsletter'], 'Thank you! Write to me at grace@navy.example.', 'other'],
    ['a letter about a bounce', ['Subject: bounce handling'], 'How do you read bounces?', 'other'],
    ['nothing at all', [], '', 'other'],
  ])('%s', async (_, headers, text, kind) => {
    expect(await read([`From: ${ADA}`, 'To: news@example.org', ...headers, '', text].join('\r\n'))).toMatchObject([
      { kind, isGone: false },
    ]);
  });
});
