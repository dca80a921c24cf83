// What was once wrong here: each of these failed before it was mended.
import { describe, expect, it } from 'vitest';
import { parseReply, type Stage } from '../../src/domain/reply.ts';
import { classifyReply } from '../../src/returns/classify-reply.ts';

const on = (stage: Stage, wire: string) => classifyReply(parseReply(wire, stage));

describe('a 2xx before the end of the data', () => {
  it.each<[Stage, string]>([
    ['greeting', '250 hello'],
    ['greeting', '200 OK'],
    ['ehlo', '250 x'],
    ['starttls', '220 ready'],
    ['auth', '235 already'],
    ['mail', '250 ok'],
    ['rcpt', '250 ok'],
    ['data', '250 ok'],
  ])('is no acceptance: %s %s', (stage, wire) => {
    expect(on(stage, wire).kind).not.toBe('accepted');
  });
});
describe('a mailbox’s trouble', () => {
  it.each<[Stage, string, string]>([
    ['rcpt', '552 5.2.2 The recipient has exceeded the storage quota', 'mailbox-full'],
    ['rcpt', '552 5.2.2 user has exceeded the quota limit', 'mailbox-full'],
    ['rcpt', '552 5.2.2 Mailbox has exceeded the limit', 'mailbox-full'],
    ['rcpt', '550 5.2.2 the recipient has exceeded the mailbox limit', 'mailbox-full'],
    ['rcpt', '550 5.2.1 <bob@x.example>: Recipient address rejected: Account is disabled', 'mailbox-inactive'],
    ['rcpt', '550 5.2.1 This account is suspended', 'mailbox-inactive'],
    ['rcpt', '525 5.7.13 User Account Disabled', 'mailbox-inactive'],
    ['rcpt', '550 5.1.1 <dmarc@x.example>: Recipient address rejected: User unknown', 'user-unknown'],
    ['rcpt', '550 5.1.1 <bob@sandbox.example>: User unknown', 'user-unknown'],
    ['rcpt', '550 5.1.1 <throttle@x.example>: User unknown', 'user-unknown'],
    ['rcpt', '550 <spf@x.example> No such user', 'user-unknown'],
    ['rcpt', '550 5.1.2 <bob@x.invalid>: Recipient address rejected: Domain not found', 'host-unknown'],
  ])('does not stop the mailing: %s %s', (stage, wire, reason) => {
    expect(on(stage, wire)).toMatchObject({ kind: 'rejected', reason });
  });
});
describe('what the relay says of us', () => {
  it.each<[Stage, string]>([
    ['rcpt', '550-Verification failed for <news@rust-osdev.example>\r\n550-No Such User Here\r\n550 Sender verify failed'],
    ['rcpt', '550 Sender verify failed'],
    ['rcpt', '550 5.1.7 <news@x.example>: Sender address invalid'],
    ['rcpt', '550 5.7.1 Sender address does not exist'],
    ['rcpt', '553 5.1.8 <news@x.example>... Domain of sender address news@x.example does not exist'],
    ['rcpt', '550 5.7.1 <laptop>: Helo command rejected: Host not found'],
    ['rcpt', '554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied'],
    ['rcpt', '550 5.7.1 Your IP address is not found in our reverse DNS table'],
    ['rcpt', '550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)'],
    ['data-end', '550 5.7.60 SMTP; Client does not have permissions to send as this sender'],
    ['data-end', '550 5.7.705 Access denied, tenant has exceeded threshold.'],
  ])('is no fault of the recipient: %s %j', (stage, wire) => {
    expect(on(stage, wire).kind).toBe('relay-refused');
  });
  it.each([
    '454 Throttling failure: Maximum sending rate exceeded.',
    '454 4.7.0 Throttling failure: Daily message quota exceeded.',
    '450 4.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org',
    '450 4.1.8 <news@x.example>: Sender address rejected: Domain not found',
  ])('for now holds everybody, and uses up no attempt: %s', (wire) => {
    expect(on('data-end', wire).kind).toBe('relay-busy');
  });
  it('is too big where it says so', () => {
    expect(on('data-end', '552 5.3.4 Message size limit exceeded')).toEqual({ kind: 'relay-refused', reason: 'too-big' });
  });
});
describe('a recipient whom the relay’s syntax does not take', () => {
  it('does not hold up the mailing for ever', () => {
    expect(on('rcpt', '501 5.1.3 Bad recipient address syntax').kind).toBe('rejected');
  });
});
