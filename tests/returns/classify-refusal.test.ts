// Refusals that concern the relay or the sender: they stop the mailing and use up nobody's attempt.
import { describe, expect, it } from 'vitest';
import { parseReply, type Stage } from '../../src/domain/reply.ts';
import { classifyReply, type Verdict } from '../../src/returns/classify-reply.ts';
import type { Reason } from '../../src/returns/reason.ts';
import { REPLY_RULES } from '../../src/returns/reply-rules.ts';

type Row = readonly [stage: Stage, wire: string, reason: Reason];

const STAGES: readonly Stage[] = ['greeting', 'ehlo', 'starttls', 'auth', 'mail', 'rcpt', 'data', 'data-end'];

function verdictOn(stage: Stage, wire: string): Verdict {
  return classifyReply(parseReply(wire, stage));
}

describe('a refusal of the sender at RCPT or at the end of the data', () => {
  it.each<Row>([
    ['rcpt', '554 5.7.1 <bob@x.example>: Relay access denied', 'sender-not-allowed'],
    ['rcpt', '550 5.7.1 Unable to relay', 'sender-not-allowed'],
    ['rcpt', '550 relay not permitted', 'sender-not-allowed'],
    ['rcpt', '553 5.7.1 <news@x.example>: Sender address rejected: not owned by user press', 'sender-not-allowed'],
    ['rcpt', '550 5.1.8 <news@x.example>: Sender address rejected: Domain not found', 'sender-not-allowed'],
    ['rcpt', '550 5.7.1 Authentication required', 'sender-not-allowed'],
    [
      'data-end',
      '554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: bob@x.example',
      'sender-not-allowed',
    ],
    ['data-end', '554 Sending paused for this account.', 'sender-not-allowed'],
    ['data-end', '554 Sandbox subdomains are for test purposes only', 'sender-not-allowed'],
    ['data-end', '550 5.7.1 Your account is not authorized to send from this device', 'sender-not-allowed'],
    ['rcpt', '550 5.4.5 Daily user sending quota exceeded.', 'sender-quota'],
    ['data-end', '550 5.4.5 Daily sending limit exceeded', 'sender-quota'],
    ['rcpt', "550 5.1.90 Your message can't be sent because you've reached your daily limit for recipients", 'sender-quota'],
    ['data-end', '554 5.7.1 You have exceeded your sending limit', 'sender-quota'],
    ['data-end', '550 5.7.26 This mail is unauthenticated, which poses a security risk', 'sender-authentication'],
    ['data-end', '550 5.7.1 Rejected by DMARC policy of example.org', 'sender-authentication'],
    ['rcpt', '550 5.7.23 SPF validation failed', 'sender-authentication'],
    ['data-end', '550 5.7.25 The IP address sending this message does not have a PTR record', 'sender-authentication'],
    ['rcpt', '550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org', 'sender-reputation'],
    ['rcpt', '554 5.7.1 The server sending this message is on our blocklist', 'sender-reputation'],
    ['data-end', '554 Message not accepted: poor reputation', 'sender-reputation'],
    ['data-end', '552 5.3.4 Error: message file too big', 'too-big'],
    ['data-end', '552 5.2.3 Message exceeds maximum fixed size (10000)', 'too-big'],
  ])('stops the mailing: %s %j', (stage, wire, reason) => {
    expect(verdictOn(stage, wire)).toEqual({ kind: 'relay-refused', reason });
  });
});

describe('a 5xx where no recipient has been named, or to the login', () => {
  it.each<Row>([
    ['greeting', '554 No SMTP service here', 'relay'],
    ['ehlo', '550 5.7.1 Go away', 'policy'],
    ['starttls', '554 5.7.3 Unable to initialize security subsystem', 'policy'],
    ['auth', '535 5.7.8 Error: authentication failed', 'relay'],
    ['auth', '535-5.7.8 Username and Password not accepted.\r\n535 5.7.8 x', 'relay'],
    ['auth', '534 5.7.9 Application-specific password required', 'relay'],
    ['mail', '530 5.7.0 Must issue a STARTTLS command first', 'sender-not-allowed'],
    ['mail', '530 5.7.0 Authentication Required.', 'sender-not-allowed'],
    ['mail', '552 5.3.4 Message size exceeds fixed limit', 'too-big'],
    ['mail', '550 5.1.1 User unknown', 'user-unknown'],
    ['data', '554 5.5.1 Error: no valid recipients', 'relay'],
  ])('stops the mailing: %s %j', (stage, wire, reason) => {
    expect(verdictOn(stage, wire)).toEqual({ kind: 'relay-refused', reason });
  });
});

describe('what is about us wherever it comes', () => {
  it.each([
    '500 5.5.2 Error: command not recognized',
    '501 5.5.4 Syntax error in parameters',
    '502 5.5.1 Command not implemented',
    '503 5.5.1 Error: nested MAIL command',
    '504 5.5.2 Command parameter not implemented',
    '530 5.7.0 Authentication required',
    '534 5.7.9 Authentication mechanism is too weak',
    '535 5.7.8 Authentication credentials invalid',
    '538 5.7.11 Encryption required',
  ])('stops the mailing at every stage: %j', (wire) => {
    for (const stage of STAGES) expect(verdictOn(stage, wire).kind).toBe('relay-refused');
  });

  it.each([500, 501, 502, 503, 504, 530, 534, 535, 538])('is told by its code, whatever the words: %d', (code) => {
    for (const stage of STAGES) {
      expect(verdictOn(stage, `${code}`).kind).toBe('relay-refused');
      expect(verdictOn(stage, `${code} No`)).toEqual({ kind: 'relay-refused', reason: 'relay' });
    }
  });

  it('stops the mailing even in words that name a user', () => {
    expect(verdictOn('rcpt', '503 5.5.1 bob@x.example: user unknown').kind).toBe('relay-refused');
    expect(verdictOn('rcpt', '501 5.1.1 user unknown').kind).toBe('relay-refused');
  });
});

describe('a 5xx in words that no rule knows', () => {
  it('is about the recipient at RCPT and at the end of the data, and about the relay everywhere else', () => {
    for (const code of ['550', '551', '552', '553', '554', '571']) {
      for (const stage of STAGES) {
        const isTheirs = stage === 'rcpt' || stage === 'data-end';
        expect(verdictOn(stage, `${code} No`).kind).toBe(isTheirs ? 'rejected' : 'relay-refused');
      }
    }
  });
});

describe('the rules', () => {
  it('each have something to be found by', () => {
    for (const rule of REPLY_RULES) expect(rule.status?.length ?? rule.text?.source.length ?? 0).toBeGreaterThan(0);
  });

  it('keep no state between two replies', () => {
    for (const { text } of REPLY_RULES) expect(text?.flags ?? '').not.toMatch(/[gy]/);
  });

  it('do not stumble over a very long reply', () => {
    for (const word of ['user ', 'address ', 'message ', 'exceeded your ', 'client', 'a'])
      expect(verdictOn('rcpt', `450 ${word.repeat(20_000)}`).kind).toBe('deferred');
  });
});
