// Nobody is removed without proof, and nothing is lost or counted twice: forged and replayed returns, webhooks with and
// without their signature, readers who leave by mail, and a kill in the middle of two hundred bounces.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statusNotification } from '../returns/returned-mail.ts';
import { freePorts } from '../services/ports.ts';
import { postrider } from './cli.ts';
import { headerOf, mailTo, type ReaderSite, startSite, stateOf } from './reader-site.ts';
import { bounceOf, bring, RETURNS_DOMAIN, reportOf, returnPathOf } from './returned.ts';
import { endAll, SEND } from './several.ts';

const LIMIT = { timeout: 120_000 };
const MAILGUN_KEY = 'key-0123456789abcdef';
const POSTMARK_PASSWORD = 'a password for postmark';

let site: ReaderSite;
let port: number;

beforeAll(async () => {
  [port = 0] = await freePorts(1);
  site = await startSite(210, (yaml) => `${yaml}returnsDomain: ${RETURNS_DOMAIN}\n`, {
    RETURNS_LISTEN: String(port),
    MAILGUN_SIGNING_KEY: MAILGUN_KEY,
    POSTMARK_WEBHOOK_PASSWORD: POSTMARK_PASSWORD,
  });
  expect((await postrider(SEND, site.place)).code).toBe(0);
}, 120_000);
afterAll(async () => {
  await site?.stop();
  await endAll();
});

function reader(index: number): string {
  return `reader${index}@example.org`;
}

describe('a forged bounce for a living reader', () => {
  it('is not even taken where its address is not signed', LIMIT, async () => {
    const forged = statusNotification([{ address: reader(0) }], { returned: 'Message-ID: <a@b.example>\r\n' });
    for (const to of [`r-aaaaaaaaaaaaaaaaaaaaaaaa@${RETURNS_DOMAIN}`, `bounces@${RETURNS_DOMAIN}`, reader(0)])
      await expect(bring(port, to, forged)).rejects.toThrow(/550 5\.7\.1/);
    expect(await stateOf(site, reader(0))).toBe('active');
  });

  it('counts against whoever signed for it, and nobody else', LIMIT, async () => {
    const forged = statusNotification([{ address: reader(1) }], { returned: 'Message-ID: <a@b.example>\r\n' });
    await bring(port, returnPathOf(site, reader(0)), forged);
    expect(await stateOf(site, reader(1))).toBe('active');
    // It came to the other's address, but tells of an address that is not the other's.
    expect(await stateOf(site, reader(0))).toBe('active');
    expect((await reportOf(site.place)).bounced).toBe(1);
  });

  it('by a pipe is shown and counted, and changes nothing', LIMIT, async () => {
    const forged = statusNotification([{ address: reader(2) }], { to: 'news@example.org', returned: 'Subject: x\r\n' });
    expect((await postrider(['returns', 'read', '--apply', '-'], site.place, forged)).code).toBe(0);
    expect(await stateOf(site, reader(2))).toBe('active');
    expect((await postrider(['returns', 'ls', '--limit', '1'], site.place)).stdout).toMatch(/reader2@example\.org/);
  });
});

it('a reader leaves by a mail, once, and an answer of a program is no such mail', LIMIT, async () => {
  const leave = /mailto:([^>]+)/.exec(headerOf(mailTo(site, reader(3)) ?? '', 'List-Unsubscribe'))?.[1] ?? '';
  const mail = (more: string) => `From: ${reader(3)}\r\nTo: ${leave}\r\nSubject: unsubscribe\r\n${more}\r\n\r\n`;
  await bring(port, leave, mail('Auto-Submitted: auto-replied\r\nX-Autoreply: yes'), reader(3));
  expect(await stateOf(site, reader(3))).toBe('active');
  // Mail systems may write it in capitals.
  const wish = mail('Message-ID: <wish@example.org>');
  await bring(port, leave.toUpperCase(), wish, reader(3));
  expect(await stateOf(site, reader(3))).toBe('ended');
  await bring(port, leave, wish, reader(3));
  expect((await reportOf(site.place)).left).toBe(1);
});

describe('a webhook', () => {
  const event = (recipient: string, head: string) => ({
    'event-data': {
      ...{ event: 'failed', severity: 'permanent', recipient },
      'delivery-status': { code: 550, message: '5.1.1 User unknown' },
      message: { headers: { 'message-id': /^Message-ID: <(.*)>/im.exec(head)?.[1] } },
    },
  });
  const signature = (key: string, token: string) => {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    return { timestamp, token, signature: createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex') };
  };
  const post = async (provider: string, body: object, headers: Record<string, string> = {}): Promise<number> => {
    const request = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
    return (await fetch(`${site.url}/webhooks/${provider}`, request)).status;
  };

  it('of Mailgun is believed by its signature, and once', LIMIT, async () => {
    const told = event(reader(4), mailTo(site, reader(4)) ?? '');
    expect(await post('mailgun', { ...told, signature: signature('another key of length', 'a') })).toBe(406);
    expect(await stateOf(site, reader(4))).toBe('active');
    const signed = { ...told, signature: signature(MAILGUN_KEY, 'b') };
    expect(await post('mailgun', signed)).toBe(200);
    expect(await stateOf(site, reader(4))).toBe('ended');
    const replayed = { ...event(reader(5), mailTo(site, reader(5)) ?? ''), signature: signed.signature };
    expect(await post('mailgun', replayed)).toBe(406);
    expect(await stateOf(site, reader(5))).toBe('active');
  });

  it('of Postmark is believed by its password', LIMIT, async () => {
    const told = { RecordType: 'SpamComplaint', ID: 7, Type: 'SpamComplaint', Email: reader(6), Details: '' };
    const basic = (password: string) => ({ authorization: `Basic ${Buffer.from(`postmark:${password}`).toString('base64')}` });
    expect(await post('postmark', told, basic('a guess'))).toBe(406);
    expect(await stateOf(site, reader(6))).toBe('active');
    expect(await post('postmark', told, basic(POSTMARK_PASSWORD))).toBe(200);
    expect(await stateOf(site, reader(6))).toBe('ended');
  });

  it('of a provider that nobody has set up is not there', LIMIT, async () => {
    expect(await post('amazon', { Type: 'SubscriptionConfirmation' })).toBe(404);
  });
});

it('a kill in the middle of two hundred bounces loses none and counts none twice', LIMIT, async () => {
  const before = (await reportOf(site.place)).bounced;
  const waiting = Array.from({ length: 200 }, (_, index) => reader(10 + index));
  const done = new Set<string>();
  const deliver = async (address: string): Promise<void> => {
    // A mail server keeps what was not taken, and brings it again.
    for (;;) {
      const isTaken = await bring(port, returnPathOf(site, address), bounceOf(site, address)).then(
        () => true,
        () => false,
      );
      if (isTaken) return void done.add(address);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const lines = Array.from({ length: 8 }, async () => {
    for (let address = waiting.pop(); address !== undefined; address = waiting.pop()) await deliver(address);
  });
  for (const count of [60, 130]) {
    while (done.size < count) await new Promise((resolve) => setTimeout(resolve, 5));
    await site.kill();
    await site.startAgain();
  }
  await Promise.all(lines);
  expect((await reportOf(site.place)).bounced - before).toBe(200);
  const { stdout } = await postrider(['suppressions', 'ls', '--json'], site.place);
  const gone = stdout
    .trim()
    .split('\n')
    .filter((line) => line.includes('"gone"'));
  expect(gone).toHaveLength(201);
});
