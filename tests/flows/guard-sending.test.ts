// What is looked at before a mailing begins: the one click through a real web, the web version, the last mailing's size.
import { mkdtempSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/app.ts';
import { type Guarding, guardSending, probeOneClick } from '../../src/flows/guard-sending.ts';
import { openMailing } from '../../src/flows/open-mailing.ts';
import { cancelMailing } from '../../src/flows/steer-mailing.ts';
import { ASKING } from '../../src/reach/ask-links.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { startWeb } from '../reach/a-web-of-ones-own.ts';
import { openPages, SECRET } from '../web/reader-pages.ts';
import { memoryLedger, NOW, openTo, request } from './mailing-to.ts';

const OLD = 'an-old-secret-of-these-tests';
const NEW = 'a-new-secret-of-these-tests';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function webOf(secrets: readonly string[], baseUrl = 'https://news.example') {
  const pages = await openPages({ secrets, baseUrl });
  open.push(pages);
  return { ledger: pages.ledger, baseUrl: `http://127.0.0.1:${pages.web.port}${new URL(baseUrl).pathname.replace(/\/$/, '')}` };
}

async function siteThat(answer: RequestListener): Promise<string> {
  const web = await startWeb(answer);
  open.push(web);
  return web.url;
}

const probe = (place: { readonly baseUrl: string; readonly ledger: Ledger }, secrets: readonly string[] = [SECRET]) =>
  probeOneClick({ ...place, secrets, random: systemRandom });

describe('the one click', () => {
  it('is ours where the web has this ledger and secret', async () => {
    expect(await probe(await webOf([SECRET]))).toEqual({ kind: 'ours' });
  });

  it('is ours below a path', async () => {
    expect(await probe(await webOf([SECRET], 'https://engine.dev/news'))).toEqual({ kind: 'ours' });
  });

  it.each([
    ['on both sides in another order', [NEW, OLD], [OLD, NEW]],
    ['on the web only', [NEW, OLD], [OLD]],
    ['here only, with the web on the new one already', [NEW], [NEW, OLD]],
  ])('is ours while secrets are changed: %s', async (_what, there, here) => {
    expect(await probe(await webOf(there), here)).toEqual({ kind: 'ours' });
  });

  it('is a stranger’s where the web does not know the secret that mails are signed with', async () => {
    expect(await probe(await webOf([OLD]), [NEW, OLD])).toEqual({ kind: 'stranger', status: 404 });
    expect(await probe(await webOf([NEW]), [OLD])).toEqual({ kind: 'stranger', status: 404 });
  });

  it('is a stranger’s where the web has another ledger, though it has the secret', async () => {
    const [here, there] = [await webOf([SECRET]), await webOf([SECRET])];
    expect(here.ledger.identity.id).not.toBe(there.ledger.identity.id);
    expect(await probe({ ...here, baseUrl: there.baseUrl })).toEqual({ kind: 'stranger', status: 200 });
  });

  it('is a stranger’s where the pages are below another path', async () => {
    const { ledger, baseUrl } = await webOf([SECRET], 'https://engine.dev/news');
    expect(await probe({ ledger, baseUrl: baseUrl.replace('/news', '') })).toEqual({ kind: 'stranger', status: 404 });
  });

  it.each([
    ['nothing', ''],
    ['what a reader who left is told', 'You are unsubscribed\n'],
    ['what was asked', 'List-Unsubscribe=One-Click'],
    ['more than anybody would read', 'x'.repeat(1_000_000)],
    ['a proof of something else', 'a'.repeat(64)],
  ])('is a stranger’s where a site answers everything with %s', async (_what, text) => {
    const baseUrl = await siteThat((_request, response) => response.end(text));
    expect(await probe({ ledger: await memoryLedger(), baseUrl })).toEqual({ kind: 'stranger', status: 200 });
  });

  it('is a stranger’s where a site gives back the link', async () => {
    const baseUrl = await siteThat(({ url }, response) => response.end(url?.split('/').at(-1)));
    expect(await probe({ ledger: await memoryLedger(), baseUrl })).toEqual({ kind: 'stranger', status: 200 });
  });

  it('is not answered by what the web answered to another', async () => {
    const { ledger, baseUrl } = await webOf([SECRET]);
    let kept: string | undefined;
    const parrot = await siteThat(async ({ url = '' }, response) => {
      const asked = { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) };
      kept ??= await (await fetch(baseUrl + url, asked)).text();
      response.end(kept);
    });
    expect(await probe({ ledger, baseUrl: parrot })).toEqual({ kind: 'ours' });
    expect(await probe({ ledger, baseUrl: parrot })).toEqual({ kind: 'stranger', status: 200 });
  });

  it('leads on where the web does, though it leads to the right place', async () => {
    const { ledger, baseUrl } = await webOf([SECRET]);
    const before = await siteThat(({ url }, response) => response.writeHead(301, { location: baseUrl + url }).end());
    expect(await probe({ ledger, baseUrl: before })).toMatchObject({ kind: 'redirect', to: expect.stringContaining(baseUrl) });
  });

  it('is silence where nobody listens', async () => {
    const { ledger, baseUrl } = await webOf([SECRET]);
    await Promise.all(open.splice(0).map((each) => each.close()));
    expect(await probe({ ledger, baseUrl })).toEqual({ kind: 'silence', why: expect.stringContaining('ECONNREFUSED') });
  });

  it('cannot be tried without a secret', async () => {
    expect(await probe({ ledger: await memoryLedger(), baseUrl: 'http://127.0.0.1:1' }, [])).toEqual({ kind: 'no-secret' });
  });
});

/** All that speaks against it, but for the link, which is tried above: without a secret nobody is asked at the public address. */
async function told(rest: Partial<Guarding>): Promise<string[]> {
  const ledger = rest.ledger ?? (await memoryLedger());
  const found = await guardSending({
    ...{ list: 'monthly', ledgerName: 'ledger', baseUrl: 'https://letters.engine.dev', secrets: [] },
    ...{ senderDomain: 'engine.dev', isCi: false, isDefaultLedger: true, url: 'https://engine.dev/2023-01/', asking: null },
    ...{ recipients: 3, isSizeExpected: false, root: mkdtempSync(join(tmpdir(), 'postrider-plain-')), random: systemRandom },
    ...rest,
    ledger,
  });
  return found.map(({ message }) => message).filter((message) => !message.includes('POSTRIDER_SECRET'));
}

describe('the web version', () => {
  const asking = { ...ASKING, allowsPrivate: true, timeoutMs: 400 };
  const answering = (status: number) => siteThat((_request, response) => response.writeHead(status).end());

  it('that is there speaks for nothing', async () => {
    expect(await told({ asking, url: `${await answering(200)}/2023-01/` })).toEqual([]);
  });

  it.each([404, 410, 403, 500])('that is answered with %i is not there', async (status) => {
    const url = `${await answering(status)}/2023-01/`;
    expect(await told({ asking, url })).toEqual([`The issue is not at ${url}: it answers ${status}.`]);
  });

  it('that cannot be reached is not there, in one sentence', async () => {
    const url = await answering(200);
    await Promise.all(open.splice(0).map((each) => each.close()));
    expect(await told({ asking, url })).toEqual([`The issue is not at ${url}: it cannot be reached (ECONNREFUSED).`]);
  });

  it('that does not answer is not there', async () => {
    const url = await siteThat(() => undefined);
    expect(await told({ asking, url })).toEqual([`The issue is not at ${url}: it does not answer in time.`]);
  });

  it('in a private network is nobody’s', async () => {
    const url = await answering(200);
    expect(await told({ asking: ASKING, url })).toEqual([`The issue is not at ${url}: that is in a private network.`]);
  });

  it('is not asked for where that is not wished', async () => {
    expect(await told({ asking: null, url: 'https://nobody.invalid/' })).toEqual([]);
  });
});

describe('the size of the list', () => {
  const TOO_MANY = { recipients: 80 };
  const ledgerWith = async (count: number) => {
    const ledger = await memoryLedger(count);
    open.push(ledger);
    return ledger;
  };

  it('is held against the last mailing to this list', async () => {
    const ledger = await ledgerWith(20);
    await openTo(ledger, { issue: '2022-12' });
    expect(await told({ ...TOO_MANY, ledger })).toEqual(['monthly has 80 recipients, and the last issue went to 20 recipients.']);
    expect(await told({ ...TOO_MANY, ledger, isSizeExpected: true })).toEqual([]);
    expect(await told({ recipients: 25, ledger })).toEqual([]);
  });

  it('is held against nothing where there was none', async () => {
    expect(await told({ ...TOO_MANY, ledger: await ledgerWith(20) })).toEqual([]);
  });

  it('is not held against another list', async () => {
    const ledger = await ledgerWith(20);
    await openTo(ledger, { issue: '2022-12' });
    expect(await told({ ...TOO_MANY, ledger, list: 'weekly' })).toEqual([]);
  });

  it('is held against the last, and not one before', async () => {
    const ledger = await ledgerWith(20);
    await openTo(ledger, { issue: '2022-11' });
    await ledger.subscribers.import(many(60), 'monthly', 0);
    await openTo(ledger, { issue: '2022-12' });
    expect(await told({ ...TOO_MANY, ledger })).toEqual([]);
  });

  it('is not held against one that was cancelled', async () => {
    const ledger = await ledgerWith(20);
    await openTo(ledger, { issue: '2022-11' });
    await ledger.subscribers.import(many(60), 'monthly', 0);
    await cancelMailing(ledger, await openTo(ledger, { issue: '2022-12' }), NOW);
    expect(await told({ ...TOO_MANY, ledger })).toEqual([expect.stringContaining('went to 20 recipients')]);
  });

  // Its recipients are written down when it begins: until then it had none, and any list would be too many.
  it('is not held against one that is to begin later', async () => {
    const ledger = await ledgerWith(80);
    await openTo(ledger, { issue: '2022-12' });
    await openMailing(ledger, request({ issue: '2023-02', startsAt: NOW * 2 }));
    expect(await told({ ...TOO_MANY, ledger })).toEqual([]);
  });
});

function many(count: number) {
  return Array.from({ length: count }, (_, index) => {
    const address = `new${index}@example.org`;
    return { address, key: address, name: '', attributes: {} };
  });
}
