// What relays really say, and what it means for the delivery and for the mailing.
import { describe, expect, it } from 'vitest';
import { parseReply, type Stage } from '../../src/domain/reply.ts';
import { classifyReply, type Verdict } from '../../src/returns/classify-reply.ts';
import type { Reason } from '../../src/returns/reason.ts';

type Row = readonly [stage: Stage, wire: string, reason: Reason];

function verdictOn(stage: Stage, wire: string): Verdict {
  return classifyReply(parseReply(wire, stage));
}

describe('an acceptance', () => {
  it.each(['250 2.0.0 Ok: queued as 4F1B2A', '250 OK', '250', '250-first\r\n250 Ok 0102018'])(
    'is %j to the end of the data',
    (wire) => {
      expect(verdictOn('data-end', wire)).toEqual({ kind: 'accepted' });
    },
  );
});

describe('a 5xx about the recipient', () => {
  it.each<Row>([
    ['rcpt', '550 5.1.1 <bob@x.example>: Recipient address rejected: User unknown in virtual mailbox table', 'user-unknown'],
    ['rcpt', '550-5.1.1 The email account that you tried to reach does not exist.\r\n550 5.1.1 Learn more', 'user-unknown'],
    ['rcpt', '550 No such user here', 'user-unknown'],
    ['rcpt', '550 Unknown local user bob', 'user-unknown'],
    ['rcpt', '553 5.3.0 <bob@x.example>... No such user here', 'user-unknown'],
    ['rcpt', '550 5.5.0 mailbox not found', 'user-unknown'],
    ['rcpt', "554 5.5.0 The account doesn't exist", 'user-unknown'],
    ['rcpt', '556 5.1.10 Recipient address rejected: Domain x.example does not accept mail (nullMX)', 'user-unknown'],
    ['rcpt', '550 5.1.2 <bob@x.invalid>: Host or domain name not found', 'host-unknown'],
    ['rcpt', '550 Host unknown', 'host-unknown'],
    ['rcpt', '551 5.1.6 The user has moved to bob@y.example', 'moved'],
    ['rcpt', '551 User not local; please try <bob@y.example>', 'moved'],
  ])('refuses a recipient who is gone: %s %j', (stage, wire, reason) => {
    expect(verdictOn(stage, wire)).toEqual({ kind: 'rejected', reason, isGone: true });
  });

  it.each<Row>([
    ['data-end', '550 5.1.1 unknown or illegal alias', 'user-unknown'],
    ['rcpt', '552 5.2.2 <bob@x.example>: Mailbox full', 'mailbox-full'],
    ['data-end', '552 5.2.2 <bob@x.example>: Quota exceeded (mailbox for user is full)', 'mailbox-full'],
    ['rcpt', '552-5.2.2 The email account that you tried to reach is over quota.\r\n552 5.2.2 Learn more', 'mailbox-full'],
    ['data-end', '552 Requested mail action aborted: exceeded storage allocation', 'mailbox-full'],
    ['rcpt', '550 5.2.1 The email account that you tried to reach is disabled.', 'mailbox-inactive'],
    ['data-end', '554 delivery error: dd This mailbox is disabled', 'mailbox-inactive'],
    ['data-end', '550-5.7.1 Our system has detected that this message is likely unsolicited mail.\r\n550 5.7.1 x', 'spam'],
    ['data-end', '554 5.7.1 Message identified as SPAM', 'spam'],
    ['data-end', '552 5.7.0 This message was blocked because its content presents a potential security issue.', 'policy'],
    ['rcpt', '550 5.7.1 Message refused by the recipient’s rules', 'policy'],
    ['rcpt', '550 5.4.1 Recipient address rejected: Access denied.', 'host-unreachable'],
    ['data-end', '554 5.4.6 Too many hops', 'other'],
    ['rcpt', '550 Requested action not taken: mailbox unavailable', 'other'],
    ['rcpt', '550 5.1.0 Address rejected', 'other'],
    ['rcpt', '550', 'other'],
    ['data-end', '554 Transaction failed', 'other'],
  ])('says nothing of an address being gone: %s %j', (stage, wire, reason) => {
    expect(verdictOn(stage, wire)).toEqual({ kind: 'rejected', reason, isGone: false });
  });
});

describe('a 4xx about the recipient', () => {
  it.each<Row>([
    ['rcpt', '450 4.2.0 <bob@x.example>: Recipient address rejected: Greylisted, see http://postgrey', 'greylisted'],
    ['rcpt', '451 4.7.1 Greylisting in action, please come back later', 'greylisted'],
    ['rcpt', '451 4.7.1 Please try again later', 'greylisted'],
    ['rcpt', '452 4.2.2 The email account that you tried to reach is over quota', 'mailbox-full'],
    ['rcpt', '450 4.1.1 <bob@x.example>: Recipient address rejected: unverified address', 'user-unknown'],
    ['rcpt', '450 4.1.2 <bob@x.example>: Host not found', 'host-unknown'],
    ['rcpt', '452 4.5.3 Too many recipients', 'other'],
    ['rcpt', '451 4.3.0 Temporary lookup failure', 'other'],
    ['data-end', '451 4.4.1 Could not reach the next hop', 'host-unreachable'],
    ['data-end', '451 Requested action aborted: local error in processing', 'other'],
  ])('is tried again later: %s %j', (stage, wire, reason) => {
    expect(verdictOn(stage, wire)).toEqual({ kind: 'deferred', reason });
  });
});

describe('a relay that asks everybody to wait', () => {
  it.each<[Stage, string]>([
    ['greeting', '421 4.3.2 System not accepting network messages'],
    ['ehlo', '421 4.4.2 mx.example Error: timeout exceeded'],
    ['mail', '421 4.7.0 Try again later, closing connection.'],
    ['rcpt', '421 Too many connections from your IP'],
    ['data-end', '421-4.7.28 Gmail has detected an unusual rate of mail\r\n421 4.7.28 x'],
    ['greeting', '450 4.3.2 Please wait'],
    ['auth', '454 4.7.0 Temporary authentication failure'],
    ['mail', '452 4.3.1 Insufficient system storage'],
    ['mail', '450 4.7.1 Error: too much mail from 192.0.2.1'],
    ['mail', '451 4.3.5 Server configuration error'],
    ['starttls', '454 4.7.0 TLS not available due to local problem'],
    ['data', '451 4.3.0 Queue file write error'],
  ])('says so at %s: %j', (stage, wire) => {
    expect(verdictOn(stage, wire).kind).toBe('relay-busy');
  });
});

describe('a reply that is not one', () => {
  it.each<[Stage, string, Verdict['kind']]>([
    ['rcpt', '', 'deferred'],
    ['data-end', '', 'deferred'],
    ['rcpt', 'Bye!', 'deferred'],
    ['data-end', 'Error: 550 5.1.1 unknown', 'deferred'],
    ['data-end', '2500 OK', 'deferred'],
    ['data-end', '354 Go on', 'deferred'],
    ['rcpt', '354 Go on', 'deferred'],
    ['rcpt', '199 What?', 'deferred'],
    ['data-end', '600 5.1.1 User unknown', 'deferred'],
    ['rcpt', '999 User unknown', 'deferred'],
    ['greeting', '', 'relay-busy'],
    ['greeting', 'HTTP/1.1 400 Bad Request', 'relay-busy'],
    ['mail', '354 Go on', 'relay-busy'],
    ['data', '600 What?', 'relay-busy'],
  ])('is never final: %s %j', (stage, wire, kind) => {
    expect(verdictOn(stage, wire).kind).toBe(kind);
  });
});
