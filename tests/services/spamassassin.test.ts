// The SpamAssassin that other tests lean on: what they take for granted of it. Left out where it is not installed.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findCommand } from './install.ts';
import { scoreOf } from './spamassassin.ts';

const SPAM = 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X';

function message(body: string, more = ''): Uint8Array {
  return Buffer.from(`${more}From: a@example.net\r\nTo: b@example.org\r\nSubject: Hello\r\n\r\n${body}\r\n`);
}

describe.skipIf(findCommand('spamassassin') === undefined)('SpamAssassin', () => {
  it('names the rules that hit, and their scores add up', async () => {
    const { score, rules } = await scoreOf(message(SPAM));
    expect(rules).toContainEqual({ name: 'GTUBE', score: 1_000 });
    expect(rules.reduce((sum, rule) => sum + rule.score, 0)).toBeCloseTo(score, 0);
  });

  it('is not told by a message what to make of it', async () => {
    const { score } = await scoreOf(message(SPAM, 'X-Spam-Score: -5.0\r\nX-Spam-Rules: none\r\n'));
    expect(score).toBeGreaterThan(1_000);
  });

  // Both give points, or take them, for what is known of other mail.
  it('asks no network and learns nothing', async () => {
    const text = message('A letter with https://example.com/ in it.');
    const [first, second] = [await scoreOf(text), await scoreOf(text)];
    expect(second).toEqual(first);
    expect(first.rules.map(({ name }) => name).filter((name) => /^(BAYES|RCVD_IN|URIBL|SPF|DKIM)_/.test(name))).toEqual([]);
  });

  it('leaves no folder behind', async () => {
    // A place of our own: other tests score at the same time.
    const place = mkdtempSync(join(tmpdir(), 'postrider-place-'));
    vi.stubEnv('TMPDIR', place);
    onTestFinished(() => {
      vi.unstubAllEnvs();
      rmSync(place, { recursive: true });
    });
    await scoreOf(message('Hello.'));
    expect(readdirSync(place)).toEqual([]);
  });
});
