// What each kind of submission means for its delivery and for the mailing.
import { describe, expect, it } from 'vitest';
import { HOUR_MS, judge, NOW, QUIET, SETTLED } from './sample-delivery.ts';

describe('a submission without a reply', () => {
  it('that is unknown settles the delivery as unknown, and is suspicious', () => {
    expect(judge({ kind: 'unknown', why: 'Connection closed' })).toEqual({
      ...QUIET,
      settlement: { ...SETTLED, outcome: 'unknown', reason: 'no-reply', reply: 'Connection closed' },
      suspicion: 2,
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
      suspicion: 1,
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
