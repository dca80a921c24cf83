// What each kind of submission means for its delivery and for the mailing.
import { describe, expect, it } from 'vitest';
import type { ClaimedDelivery } from '../../src/domain/delivery.ts';
import { parseReply, type Stage } from '../../src/domain/reply.ts';
import { BUSY_DELAY_MS, type Judgement, judgeSubmission } from '../../src/flows/judge-submission.ts';
import { PATIENCE } from '../../src/policy/next-attempt.ts';
import type { Submission } from '../../src/relay/relay.ts';

const NOW = Date.UTC(2023, 1, 7, 10);
const HOUR_MS = 3_600_000;

function claimed(changes: Partial<ClaimedDelivery> = {}): ClaimedDelivery {
  return {
    mailing: 7,
    sequence: 42,
    claim: 'c1',
    edition: 1,
    openedAt: NOW - 1_000,
    attempts: 0,
    firstTriedAt: null,
    subscriber: { id: 1, address: 'ada@example.org', name: 'Ada', attributes: {} },
    standing: { state: 'active', endedReason: null, suppression: null },
    ...changes,
  };
}

function judge(submission: Submission, changes: Partial<ClaimedDelivery> = {}): Judgement {
  return judgeSubmission(claimed(changes), submission, NOW, PATIENCE);
}

function judgeReply(stage: Stage, wire: string, changes: Partial<ClaimedDelivery> = {}): Judgement {
  return judge({ kind: 'replied', reply: parseReply(wire, stage) }, changes);
}

/** Every field of a settlement that nothing is said about. */
const SETTLED = { mailing: 7, sequence: 42, claim: 'c1', at: NOW, reason: null, reply: null, dueAt: null, countsAsAttempt: true };
const QUIET = { trouble: null, holdUntil: null, isSuspicious: false };

describe('a submission without a reply', () => {
  it('that is unknown settles the delivery as unknown, and is suspicious', () => {
    expect(judge({ kind: 'unknown', why: 'Connection closed' })).toEqual({
      ...QUIET,
      settlement: { ...SETTLED, outcome: 'unknown', reason: 'no-reply', reply: 'Connection closed' },
      isSuspicious: true,
    });
  });

  it('that is unended is tried again after a minute, and is suspicious', () => {
    expect(judge({ kind: 'unended', why: 'Connection closed' })).toEqual({
      ...QUIET,
      settlement: {
        ...SETTLED,
        outcome: 'deferred',
        reason: 'connection-lost',
        reply: 'Connection closed',
        dueAt: NOW + 60_000,
      },
      isSuspicious: true,
    });
  });

  it('that is unended expires when patience is over', () => {
    const judgement = judge({ kind: 'unended', why: 'x' }, { attempts: 11, firstTriedAt: NOW - 44.6 * HOUR_MS });
    expect(judgement.settlement).toEqual({ ...SETTLED, outcome: 'expired', reason: 'connection-lost', reply: 'x' });
  });

  it('that is fenced records nothing: the delivery is somebody else’s', () => {
    expect(judge({ kind: 'fenced' })).toEqual({ ...QUIET, settlement: null });
  });

  it('that is unsupported refuses the address for good, and is nobody’s fault', () => {
    expect(judge({ kind: 'unsupported', why: 'no SMTPUTF8' })).toEqual({
      ...QUIET,
      settlement: { ...SETTLED, outcome: 'rejected', reason: 'address-not-supported', reply: 'no SMTPUTF8' },
    });
  });

  it('that found the relay unreachable stops the mailing and uses up nobody’s attempt', () => {
    expect(judge({ kind: 'unreachable', why: 'connect ECONNREFUSED 127.0.0.1:25' }, { attempts: 3 })).toEqual({
      ...QUIET,
      settlement: { ...SETTLED, outcome: 'due', dueAt: NOW, countsAsAttempt: false },
      trouble: {
        kind: 'unreachable',
        message: 'The relay cannot be reached: connect ECONNREFUSED 127.0.0.1:25.',
        advice: expect.stringContaining('SMTP_URL'),
      },
    });
  });
});

describe('a reply', () => {
  it('that accepts settles the delivery with the relay’s words', () => {
    expect(judgeReply('data-end', '250 2.0.0 Ok: queued as 4F1B')).toEqual({
      ...QUIET,
      settlement: { ...SETTLED, outcome: 'accepted', reply: '250 2.0.0 Ok: queued as 4F1B' },
    });
  });

  it('that an address is gone rejects it without suspicion: old lists are full of them', () => {
    expect(judgeReply('rcpt', '550 5.1.1 User unknown')).toEqual({
      ...QUIET,
      settlement: { ...SETTLED, outcome: 'rejected', reason: 'user-unknown', reply: '550 5.1.1 User unknown' },
    });
  });

  it('that refuses a recipient for another reason rejects it, and is suspicious', () => {
    expect(judgeReply('data-end', '554 5.7.1 Spam')).toEqual({
      ...QUIET,
      settlement: { ...SETTLED, outcome: 'rejected', reason: 'spam', reply: '554 5.7.1 Spam' },
      isSuspicious: true,
    });
  });

  it('that defers counts the attempt, and the delays grow with the attempts before it', () => {
    const deferred = (attempts: number) => judgeReply('rcpt', '450 4.2.0 Greylisted', { attempts, firstTriedAt: NOW - 1_000 });
    expect(deferred(0)).toEqual({
      ...QUIET,
      settlement: {
        ...SETTLED,
        outcome: 'deferred',
        reason: 'greylisted',
        reply: '450 4.2.0 Greylisted',
        dueAt: NOW + 60_000,
      },
    });
    expect([1, 2, 3, 4, 9].map((attempts) => deferred(attempts).settlement?.dueAt)).toEqual(
      [5 / 60, 0.5, 2, 6, 6].map((hours) => NOW + hours * HOUR_MS),
    );
  });

  it('that defers for too long expires, with the last words kept', () => {
    const late = { attempts: 11, firstTriedAt: NOW - 44.6 * HOUR_MS };
    expect(judgeReply('rcpt', '450 4.2.0 Greylisted', late).settlement).toEqual({
      ...SETTLED,
      outcome: 'expired',
      reason: 'greylisted',
      reply: '450 4.2.0 Greylisted',
    });
  });

  it('that asks everybody to wait holds the mailing for a minute and uses up nobody’s attempt', () => {
    expect(BUSY_DELAY_MS).toBe(60_000);
    expect(judgeReply('mail', '421 4.3.2 Busy', { attempts: 11, firstTriedAt: NOW - 100 * HOUR_MS })).toEqual({
      settlement: {
        ...SETTLED,
        outcome: 'due',
        reason: 'relay',
        reply: '421 4.3.2 Busy',
        dueAt: NOW + 60_000,
        countsAsAttempt: false,
      },
      trouble: null,
      holdUntil: NOW + 60_000,
      isSuspicious: true,
    });
  });

  it.each<[Stage, string, string, string]>([
    ['greeting', '554 Go away', 'will not take this mailing (at its greeting): 554 Go away', 'runs the relay'],
    ['ehlo', '550 No', 'will not take this mailing (at EHLO): 550 No', 'runs the relay'],
    ['starttls', '554 No', 'will not take this mailing (at STARTTLS): 554 No', 'runs the relay'],
    ['auth', '535 5.7.8 No', 'refused the login: 535 5.7.8 No', 'SMTP_USER and SMTP_PASSWORD'],
    ['mail', '550 No', 'will not take this mailing (at MAIL FROM): 550 No', 'runs the relay'],
    ['rcpt', '554 Relay access denied', 'mailing (at RCPT TO): 554 Relay access denied', 'runs the relay'],
    ['data', '554 No', 'will not take this mailing (at DATA): 554 No', 'runs the relay'],
    ['data-end', '550 Daily sending quota', 'mailing (at the end of the message): 550 Daily', 'runs the relay'],
  ])('that refuses us at %s stops the mailing: %s', (stage, wire, message, advice) => {
    const judgement = judgeReply(stage, wire, { attempts: 2 });
    expect(judgement.settlement).toEqual({ ...SETTLED, outcome: 'due', reply: wire, dueAt: NOW, countsAsAttempt: false });
    expect(judgement).toMatchObject({ holdUntil: null, isSuspicious: false, trouble: { kind: 'refused' } });
    expect(judgement.trouble?.message).toContain(message);
    expect(judgement.trouble?.advice).toContain(advice);
  });

  it('that cannot be read is tried again, never final', () => {
    expect(judgeReply('data-end', 'Hm?').settlement?.outcome).toBe('deferred');
  });
});
