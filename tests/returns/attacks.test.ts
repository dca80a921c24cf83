// Returned mail that is broken, or means harm: it is read as far as it goes, in bounded time, and nothing throws.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readReturn } from '../../src/returns/read-return.ts';
import { plainBounce, statusNotification } from './returned-mail.ts';

const WHOLE = statusNotification([{ address: 'ada@example.org' }]);

async function timed(message: string | Uint8Array) {
  const startedAt = performance.now();
  const { reports } = await readReturn(Buffer.from(message));
  return { reports, seconds: (performance.now() - startedAt) / 1_000 };
}

describe('a returned message', () => {
  it('cut off anywhere still gives a report', async () => {
    for (let length = 0; length < WHOLE.length; length += 7)
      expect((await readReturn(Buffer.from(WHOLE.slice(0, length)))).reports.length).toBeGreaterThan(0);
  });

  it('of random bytes is ordinary mail', async () => {
    const bytes = Buffer.concat(Array.from({ length: 600 }, (_, index) => createHash('sha256').update(`${index}`).digest()));
    expect((await timed(bytes)).reports).toMatchObject([{ kind: 'other' }]);
  });

  it.each<[string, () => string | Uint8Array]>([
    [
      'of 100,000 parts',
      () =>
        `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: text/plain\r\n\r\nx\r\n'.repeat(100_000)}--b--`,
    ],
    [
      'nested a thousand deep',
      () =>
        Array.from(
          { length: 1_000 },
          (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`,
        ).join(''),
    ],
    ['of 100 MB', () => Buffer.concat([Buffer.from(plainBounce('')), Buffer.alloc(100_000_000, 'x ')])],
    ['of one line of a megabyte', () => plainBounce('a@'.repeat(500_000))],
    ['of spaces and line breaks', () => plainBounce(`${' '.repeat(300_000)}\r\n${'\r\n \t'.repeat(100_000)}`)],
    ['of headers without end', () => `${'X-Header: value\r\n'.repeat(200_000)}\r\n`],
    ['of header-like lines', () => plainBounce('From: a\r\n b\r\n'.repeat(20_000))],
    ['of brackets', () => plainBounce('<'.repeat(200_000))],
    ['of tags', () => plainBounce('<style'.repeat(50_000), ['Content-Type: text/html'])],
    [
      'of 100,000 recipients',
      () => statusNotification(Array.from({ length: 100_000 }, (_, index) => ({ address: `r${index}@example.org` }))),
    ],
    [
      'in a broken encoding',
      () =>
        plainBounce('=ZZ=\xff\xfe', ['Content-Transfer-Encoding: quoted-printable', 'Content-Type: text/plain; charset=no-such']),
    ],
    ['in broken base64', () => plainBounce('!!!!====', ['Content-Transfer-Encoding: base64'])],
  ])('%s is read within seconds', { timeout: 60_000 }, async (_, message) => {
    const { reports, seconds } = await timed(message());
    expect(reports.length).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(5);
  });
});
