// What was once wrong here: each of these failed before it was mended.
import { describe, expect, it } from 'vitest';
import { mailboxHeader, textHeader } from '../../src/message/headers.ts';
import { composeRaw } from './sample-content.ts';

describe('a line with an encoded word', () => {
  it('has at most 76 characters (RFC 2047 2)', () => {
    for (const field of [
      textHeader('Subject', 'ü'.repeat(50)),
      mailboxHeader('List-Id', { name: '漢'.repeat(40), address: 'a.example' }),
    ]) {
      for (const line of field.split('\r\n')) expect(line.length).toBeLessThanOrEqual(76);
    }
  });
});
describe('the header', () => {
  it.each([{ issue: 'märz-2023' }])('is 7-bit for %j', (content) => {
    expect(composeRaw(content)).toMatch(/^[\t\r\n\x20-\x7e]*$/);
  });
});
