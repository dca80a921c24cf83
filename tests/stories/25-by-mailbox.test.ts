// Returned mail lies in two mailboxes of a real IMAP server, in a Maildir, or comes by a pipe: it is fetched, counted once,
// and moved only when the ledger has it. What people write stays where it is.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dovecot, startDovecot } from '../services/dovecot.ts';
import { findCommand } from '../services/install.ts';
import { postrider } from './cli.ts';
import { type ReaderSite, startSite, stateOf } from './reader-site.ts';
import { bounceOf, headOf, jsonOf, reportOf } from './returned.ts';
import { endAll, SEND, until } from './several.ts';

const LIMIT = { timeout: 120_000 };
const PERSON = 'From: Ada <ada@example.org>\r\nTo: editors@example.org\r\nSubject: Thank you\r\n\r\nA lovely issue.\r\n';

function reader(index: number): string {
  return `reader${index}@example.org`;
}

describe.skipIf(findCommand('dovecot') === undefined)('a mailbox behind IMAP', () => {
  let site: ReaderSite;
  let dovecot: Dovecot;

  beforeAll(async () => {
    dovecot = await startDovecot();
    // Its address names nobody's delivery: a plain return path.
    site = await startSite(6, undefined, { RETURNS_IMAP: `${dovecot.url('returns')} ${dovecot.url('second')}` });
    expect((await postrider(SEND, site.place)).code).toBe(0);
  }, 120_000);
  afterAll(async () => {
    await site?.stop();
    await dovecot?.stop();
    await endAll();
  });

  async function bounced(): Promise<number> {
    return (await reportOf(site.place)).bounced;
  }

  it('is emptied into the ledger, and both are', LIMIT, async () => {
    await dovecot.put('returns', bounceOf(site, reader(0)));
    await dovecot.put('second', bounceOf(site, reader(1)));
    await dovecot.put('returns', PERSON);
    await until(async () => (await bounced()) === 2);
    await until(async () => (await dovecot.messages('returns', 'Postrider')).length === 1);
    expect((await dovecot.messages('second', 'INBOX')).length).toBe(0);
    expect(await stateOf(site, reader(0))).toBe('ended');
  });

  it('keeps what a person wrote, unread', LIMIT, async () => {
    const [left, ...others] = await dovecot.messages('returns', 'INBOX');
    expect({ content: left?.content, others }).toEqual({ content: PERSON, others: [] });
    expect(left?.flags).not.toContain('S');
  });

  it('vanishes and comes back, and nothing is lost or counted twice', LIMIT, async () => {
    await dovecot.pause();
    for (const index of [2, 3]) await dovecot.put('returns', bounceOf(site, reader(index)));
    // The same again, by another mailbox.
    await dovecot.put('second', bounceOf(site, reader(2)));
    await site.kill();
    await dovecot.resume();
    await site.startAgain();
    await until(async () => (await dovecot.messages('second', 'Postrider')).length === 2);
    await until(async () => (await dovecot.messages('returns', 'Postrider')).length === 3);
    expect(await bounced()).toBe(4);
  });
});

describe('without a mail server of its own', () => {
  let site: ReaderSite;
  let folder: string;

  beforeAll(async () => {
    site = await startSite(6, undefined, { RETURNS_MAILDIR: 'returned' });
    folder = join(site.place.cwd, 'returned');
    for (const name of ['new', 'cur', 'tmp']) mkdirSync(join(folder, name), { recursive: true });
    expect((await postrider(SEND, site.place)).code).toBe(0);
  }, 60_000);
  afterAll(async () => {
    await site?.stop();
    await endAll();
  });

  it('a Maildir is looked into, and what was taken is marked as read', LIMIT, async () => {
    writeFileSync(join(folder, 'new/1.a'), bounceOf(site, reader(0)));
    writeFileSync(join(folder, 'new/2.b'), PERSON);
    await until(() => readdirSync(join(folder, 'new')).length === 0);
    expect(readdirSync(join(folder, 'cur')).toSorted()).toEqual(['1.a:2,S', '2.b:2,']);
    expect((await reportOf(site.place)).bounced).toBe(1);
  });

  it('a pipe brings it, and twice is once', LIMIT, async () => {
    const bounce = bounceOf(site, reader(1), '452 4.2.2 Mailbox full');
    for (const words of [/ yes /, / before /]) {
      const { code, stdout } = await postrider(['returns', 'read', '--apply', '-'], site.place, bounce);
      expect(code).toBe(0);
      expect(stdout).toMatch(words);
    }
    const { bounced, returned } = await reportOf(site.place);
    expect({ bounced, full: returned.find(({ reason }) => reason === 'mailbox-full')?.count }).toEqual({ bounced: 2, full: 1 });
    expect(await stateOf(site, reader(1))).toBe('active');
  });

  it('a complaint ends the subscription, and only the reader can lift that', LIMIT, async () => {
    const { feedbackReport } = await import('../returns/returned-mail.ts');
    const complaint = feedbackReport('Feedback-Type: abuse\r\nVersion: 1\r\n', headOf(site, reader(2)));
    expect((await postrider(['returns', 'read', '--apply', '-'], site.place, complaint)).code).toBe(0);
    expect((await reportOf(site.place)).complained).toBe(1);
    expect(await stateOf(site, reader(2))).toBe('ended');
    const { code, stderr } = await postrider(['suppressions', 'remove', reader(2)], site.place);
    expect(code).toBe(1);
    expect(stderr).toMatch(/only the reader can lift that/);
  });

  it('is listed with what it led to', LIMIT, async () => {
    const { stdout } = await postrider(['returns', 'ls'], site.place);
    expect(stdout).toMatch(/^at +by +kind +recipient +why +what it led to/);
    expect(stdout).toMatch(/pipe +complaint .*complained, complaint/);
    const records = await jsonOf<{ kind: string }[]>(['returns', 'ls'], site.place);
    expect(records.map(({ kind }) => kind)).toEqual(['complaint', 'bounce', 'bounce']);
  });
});
