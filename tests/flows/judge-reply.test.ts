// What a relay's reply means for its delivery and for the mailing.
import { describe, expect, it } from 'vitest';
import type { Stage } from '../../src/domain/reply.ts';
import { BUSY_DELAY_MS } from '../../src/flows/judge-submission.ts';
import { HOUR_MS, judgeReply, NOW, QUIET, SETTLED } from './sample-delivery.ts';

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
      refusal: { reason: 'user-unknown', isGone: true },
    });
  });

  it('that refuses a recipient for another reason rejects it, and is suspicious', () => {
    expect(judgeReply('data-end', '554 5.7.1 Spam')).toEqual({
      ...QUIET,
      settlement: { ...SETTLED, outcome: 'rejected', reason: 'spam', reply: '554 5.7.1 Spam' },
      refusal: { reason: 'spam', isGone: false },
      suspicion: 1,
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
      refusal: null,
      holdUntil: NOW + 60_000,
      suspicion: 1,
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
    const kind = stage === 'auth' ? 'login-refused' : 'refused';
    expect(judgement).toMatchObject({ holdUntil: null, suspicion: 0, trouble: { kind } });
    expect(judgement.trouble?.message).toContain(message);
    expect(judgement.trouble?.advice).toContain(advice);
  });

  it('that cannot be read is tried again, never final', () => {
    expect(judgeReply('data-end', 'Hm?').settlement?.outcome).toBe('deferred');
  });
});
