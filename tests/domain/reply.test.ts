// Replies: the code and the enhanced status, read from what came over the wire.
import { describe, expect, it } from 'vitest';
import { enhancedStatus, parseReply } from '../../src/domain/reply.ts';

describe('parseReply', () => {
  it.each([
    ['250 OK', 250, '250 OK'],
    ['250', 250, '250'],
    ['250 2.0.0 Ok: queued as 4F1B\r\n', 250, '250 2.0.0 Ok: queued as 4F1B'],
    ['550-5.1.1 No such\r\n550 5.1.1 user\r\n', 550, '550-5.1.1 No such 550 5.1.1 user'],
    ['550-first\n550 last', 550, '550-first 550 last'],
    ['421-\r\n421 Bye', 421, '421- 421 Bye'],
    ['', 0, ''],
    ['Connection closed', 0, 'Connection closed'],
    ['25 OK', 0, '25 OK'],
    ['2500 OK', 0, '2500 OK'],
    ['250OK', 0, '250OK'],
    ['Error: 550 5.1.1 unknown', 0, 'Error: 550 5.1.1 unknown'],
  ])('reads %j', (wire, code, text) => {
    expect(parseReply(wire, 'rcpt')).toEqual({ code, text, stage: 'rcpt' });
  });

  it('keeps the stage at which the reply came', () => {
    expect(parseReply('250 OK', 'data-end').stage).toBe('data-end');
  });
});

describe('enhancedStatus', () => {
  it.each([
    ['550 5.1.1 User unknown', '5.1.1'],
    ['550-5.1.1 User\r\n550 5.1.1 unknown', '5.1.1'],
    ['450 4.7.1', '4.7.1'],
    ['250 2.0.0 Ok', '2.0.0'],
    ['550 5.7.509 Access denied', '5.7.509'],
    ['550 User unknown', undefined],
    ['550 1.2.3.4 is blocked', undefined],
    ['550 5.1 User unknown', undefined],
    ['550 5.1.1.1 User unknown', undefined],
    ['550 3.1.1 User unknown', undefined],
    ['550 5.1.1234 User unknown', undefined],
    ['550 User unknown 5.1.1', undefined],
    ['5.1.1 User unknown', undefined],
  ])('of %j is %j', (wire, status) => {
    expect(enhancedStatus(parseReply(wire, 'rcpt'))).toBe(status);
  });
});
