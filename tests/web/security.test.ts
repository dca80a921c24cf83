// What the pages are attacked with, as a list: each line is one attack, and what comes of it.
import PostalMime from 'postal-mime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeDelivery, pressEdition } from '../../src/flows/compose-delivery.ts';
import { preferencesUrl, unsubscribeToken } from '../../src/link/delivery-links.ts';
import { confirmToken, formStamp, manageToken } from '../../src/link/letter-links.ts';
import { sampleContent } from '../message/sample-content.ts';
import { ADDRESS, HOUR_MS, NOW, openPages, type ReaderPages, SECRET } from './reader-pages.ts';

let pages: ReaderPages;
beforeEach(async () => {
  pages = await openPages();
});
afterEach(() => pages.close());

const preferences = () => preferencesUrl({ subscriber: 1, list: 1 }, { baseUrl: '', secrets: [SECRET] }).replace('/p/', '');
const flip = (token: string): string => `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`;

describe('a link that is not ours', () => {
  it.each<[string, () => string]>([
    ['forged', () => 'aaaaaaaaaaaaaaaaaaaaaaaa'],
    ['with one letter changed', () => flip(pages.token)],
    ['cut', () => pages.token.slice(0, -3)],
    ['made longer', () => `${pages.token}a`],
    ['in capitals', () => pages.token.toUpperCase()],
    ['signed for another purpose', preferences],
    ['signed with a key that is not ours', () => unsubscribeToken({ subscriber: 1, list: 1 }, ['another-secret-altogether'])],
    ['of a subscriber who is not there', () => unsubscribeToken({ subscriber: 99, list: 1 }, [SECRET])],
    ['of a list that is not there', () => unsubscribeToken({ subscriber: 1, list: 99 }, [SECRET])],
    ['with a path in it', () => '..%2f..%2fetc%2fpasswd'],
    ['with a zero byte', () => 'a%00b'],
    ['of ten thousand letters', () => 'a'.repeat(10_000)],
  ])('%s: one and the same page, and nothing is changed', async (_, token) => {
    const known = await pages.request('/u/aaaa');
    for (const answer of [
      await pages.request(`/u/${token()}`),
      await pages.post(`/u/${token()}`, { leave: 'yes' }),
      await pages.post(`/u/${token()}`, { 'List-Unsubscribe': 'One-Click' }),
      await pages.post(`/u/${token()}/back`, {}),
      await pages.post(`/u/${token()}/reason`, { reason: 'x' }),
    ])
      expect([answer.status, answer.text]).toEqual([404, known.text]);
    expect(await pages.state()).toBe('active');
  });

  it('signed with an old key works as long as the key is kept', async () => {
    const { ledger } = pages;
    const clock = { now: () => 0, sleep: () => Promise.resolve() };
    const readers = { ledger, clock, mayAsk: () => Promise.resolve(true) };
    const kept = await openPages({ readers: { ...readers, secrets: ['a-newer-secret-in-front', SECRET] } });
    expect((await kept.request(`/u/${pages.token}`)).status).toBe(200);
    await kept.close();
    const lost = await openPages({ readers: { ...readers, secrets: ['a-newer-secret-in-front'] } });
    expect((await lost.request(`/u/${pages.token}`)).status).toBe(404);
    await lost.close();
  });

  it('is refused before the ledger is asked', async () => {
    const { find } = pages.ledger.subscriptions;
    let asked = 0;
    pages.ledger.subscriptions.find = (ref) => {
      asked++;
      return find(ref);
    };
    await pages.post(`/u/${flip(pages.token)}`, { 'List-Unsubscribe': 'One-Click' });
    expect(asked).toBe(0);
  });
});

describe('a link of each kind, broken in each way', () => {
  const links: Readonly<Record<string, () => string>> = {
    '/u/': () => pages.token,
    '/p/': preferences,
    '/c/': () => confirmToken({ subscriber: 1, askedAt: NOW, lists: [1] }, [SECRET]),
    '/m/': () => manageToken({ subscriber: 1, askedAt: NOW }, [SECRET]),
  };
  const others = (path: string) => Object.keys(links).filter((other) => other !== path);

  it.each(Object.keys(links))('%s is the same page, whatever is wrong with it', async (path) => {
    const token = links[path]?.() ?? '';
    expect((await pages.request(path + token)).status).toBe(200);
    const swapped = others(path).map((other) => links[other]?.() ?? '');
    const known = (await pages.request(`${path}a`)).text;
    for (const wrong of [flip(token), token.slice(0, -4), token.slice(4), `${token}a`, token.toUpperCase(), ...swapped]) {
      const { status, text } = await pages.request(path + wrong);
      expect([status, text]).toEqual([404, known]);
    }
  });

  it.each(['/c/', '/m/'])('%s is the same page once it has expired', async (path) => {
    const token = links[path]?.() ?? '';
    pages.clock.now += 8 * 24 * HOUR_MS;
    expect((await pages.request(path + token)).status).toBe(404);
  });
});

describe('what is typed into a field', () => {
  const EVIL = `"><script>alert(1)</script>\r\nBcc: eve@x.example\r\n\r\n{{unsubscribeUrl}} {{#each this}} *b* [l](https://evil.example) <b>`;
  const stamp = () => formStamp(pages.clock.now - 10_000, [SECRET]);
  const manage = () => `/m/${manageToken({ subscriber: 1, askedAt: NOW }, [SECRET])}`;

  it.each<[string, () => Parameters<ReaderPages['post']>]>([
    ['the address of the form', () => ['/join', { address: EVIL, list: 'monthly', stamp: stamp() }]],
    ['its list', () => ['/join', { address: 'a@x.example', list: EVIL, stamp: stamp() }]],
    ['its stamp', () => ['/join', { address: 'a@x.example', list: 'monthly', stamp: EVIL }]],
    [
      'the field that people do not see',
      () => ['/join', { address: 'a@x.example', list: 'monthly', stamp: stamp(), website: EVIL }],
    ],
    ['the address for a link', () => ['/me', { address: EVIL, stamp: stamp() }]],
    ['the reason', () => [`/u/${pages.token}/reason`, { reason: EVIL }]],
    ['the name', () => [manage(), { choose: 'yes', name: EVIL, list: 'monthly' }]],
    ['a chosen list', () => [manage(), { choose: 'yes', name: 'Ada', list: EVIL }]],
    ['a field of no form', () => [`/u/${pages.token}`, { leave: 'yes', [EVIL]: EVIL, __proto__: 'x' }]],
  ])('%s is text on the page, and in no header', async (_, call) => {
    const { text, headers } = await pages.post(...call());
    expect(text).not.toMatch(/<script|<b>(?!Ada)|href="https:\/\/evil/);
    expect([...headers.values()].join()).not.toMatch(/eve@|alert/);
    expect(pages.faults).toEqual([]);
  });

  it('as a name arrives in the mail as text: no template, no Markdown, no HTML, no header', async () => {
    await pages.post(manage(), { choose: 'yes', name: EVIL, list: 'monthly' });
    const reader = await pages.ledger.subscribers.find(ADDRESS);
    const greeting = { name: 'name', fallback: '' };
    const edition = pressEdition(
      sampleContent({ html: ['<p>', { ...greeting, context: 'html' }, '</p>'], text: [{ ...greeting, context: 'text' }] }),
      1,
    );
    const subscriber = { id: 1, address: ADDRESS, name: reader?.name ?? '', attributes: {} };
    const { bytes } = composeDelivery({ mailing: 1, sequence: 1, openedAt: 0, subscriber }, edition, [SECRET]);
    const parsed = await PostalMime.parse(bytes);
    expect(parsed.headers.map(({ key }) => key)).not.toContain('bcc');
    expect(parsed.to).toMatchObject([{ address: ADDRESS }]);
    expect(parsed.text).toContain('{{unsubscribeUrl}} {{#each this}} *b* [l](https://evil.example) <b>');
    expect(parsed.html).toContain('&lt;script&gt;');
    expect(parsed.html).not.toMatch(/<script|<b>|<a /);
  });
});

describe('a form on another site', () => {
  it.each(['/join', '/me'])('cannot use %s for whoever looks at it', async (path) => {
    const body = new URLSearchParams({ address: ADDRESS, list: 'monthly', stamp: formStamp(NOW - 10_000, [SECRET]) });
    const answer = await pages.request(path, { method: 'POST', body, headers: { 'sec-fetch-site': 'cross-site' } });
    expect([answer.status, await pages.ledger.letters.due(NOW, 10)]).toEqual([403, []]);
  });
});

describe('ten thousand posts', () => {
  const POSTS = 10_000;
  const AT_ONCE = 50;

  /** How often each status was answered. */
  async function postAll(at: ReaderPages, formOf: (index: number) => { address: string; client: string; path?: string }) {
    const statuses: Record<number, number> = {};
    const stamp = formStamp(at.clock.now - 10_000, [SECRET]);
    for (let first = 0; first < POSTS; first += AT_ONCE)
      await Promise.all(
        Array.from({ length: AT_ONCE }, async (_, index) => {
          const { address, client, path = '/join' } = formOf(first + index);
          const body = new URLSearchParams({ address, list: 'monthly', stamp });
          const { status } = await at.request(path, { method: 'POST', body, headers: { 'x-forwarded-for': client } });
          statuses[status] = (statuses[status] ?? 0) + 1;
        }),
      );
    return statuses;
  }

  it('for one victim, from as many addresses and by both forms, are one mail', { timeout: 120_000 }, async () => {
    const behind = await openPages({ trustProxy: 1 });
    const statuses = await postAll(behind, (index) => ({
      address: 'victim@x.example',
      client: `10.${index >> 8}.${index & 255}.1`,
      path: index % 2 === 0 ? '/join' : '/me',
    }));
    // One domain is asked for a thousand times an hour at most.
    expect(statuses).toEqual({ 200: 1_000, 429: 9_000 });
    expect(await behind.ledger.letters.due(behind.clock.now, 100)).toHaveLength(1);
    expect((await behind.ledger.subscribers.page('monthly', 0, 100)).map(({ state }) => state)).toEqual(['active', 'pending']);
    await behind.close();
  });

  it('for as many victims from one address are ten mails, and bounded work', { timeout: 120_000 }, async () => {
    const statuses = await postAll(pages, (index) => ({ address: `v${index}@x${index % 50}.example`, client: '' }));
    expect(statuses).toEqual({ 200: 10, 429: POSTS - 10 });
    expect(await pages.ledger.letters.due(NOW, 100)).toHaveLength(10);
    expect(await pages.ledger.subscribers.page('monthly', 0, 100)).toHaveLength(11);
  });
});

describe('a request that is no form of ours', () => {
  it.each<[string, RequestInit, number]>([
    ['an empty POST', { method: 'POST' }, 400],
    ['a POST with other fields', { method: 'POST', body: new URLSearchParams({ leave: 'no' }) }, 400],
    ['the field twice', { method: 'POST', body: new URLSearchParams('leave=yes&leave=yes') }, 400],
    ['JSON', { method: 'POST', body: '{"leave":"yes"}', headers: { 'content-type': 'application/json' } }, 415],
    ['broken JSON', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }, 415],
    ['plain text', { method: 'POST', body: 'leave=yes', headers: { 'content-type': 'text/plain' } }, 415],
    ['a content type that is none', { method: 'POST', body: 'leave=yes', headers: { 'content-type': 'x' } }, 415],
    ['a body of a megabyte', { method: 'POST', body: new URLSearchParams({ leave: 'y'.repeat(1_000_000) }) }, 413],
    ['PUT', { method: 'PUT', body: new URLSearchParams({ leave: 'yes' }) }, 404],
    ['DELETE', { method: 'DELETE' }, 404],
  ])('%s: a page that says so, and nothing is changed', async (_, init, status) => {
    const answer = await pages.request(`/u/${pages.token}`, init);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
    expect(await pages.state()).toBe('active');
  });
});

describe('every page', () => {
  it.each(['/u/TOKEN', '/u/wrong', '/nowhere'])('%s runs, loads and frames nothing, and is told to nobody', async (path) => {
    const { headers, text } = await pages.request(path.replace('TOKEN', pages.token));
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; frame-ancestors 'none'/,
    );
    expect([headers.get('referrer-policy'), headers.get('cache-control'), headers.get('x-robots-tag')]).toEqual([
      'no-referrer',
      'no-store',
      'noindex',
    ]);
    expect(text).not.toMatch(/<script|https?:\/\//);
    expect(Buffer.byteLength(text)).toBeLessThan(30_000);
  });
});

describe('an address that a client claims', () => {
  const leaveAs = async (each: ReaderPages, forwarded: string) => {
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
    await each.request(`/u/${each.token}`, { method: 'POST', body, headers: { 'x-forwarded-for': forwarded } });
    return (await each.ledger.subscriptions.history(1)).at(-1)?.ip;
  };

  it.each<[string, number | string[] | null, string, string]>([
    ['is not believed', null, '203.0.113.9', '127.0.0.1'],
    ['is believed from as many proxies as are said to be there', 1, '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['is believed from the networks that are named', ['127.0.0.0/8'], '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['is not believed from other networks', ['10.0.0.0/8'], '203.0.113.9', '127.0.0.1'],
  ])('%s', async (_, trustProxy, forwarded, seen) => {
    const behind = await openPages({ trustProxy });
    expect(await leaveAs(behind, forwarded)).toBe(seen);
    await behind.close();
  });
});

it('tells a reader that it is our fault where the ledger fails, and nothing about it', async () => {
  pages.ledger.subscriptions.find = () => Promise.reject(new Error('secret detail'));
  const { status, text } = await pages.request(`/u/${pages.token}`);
  expect([status, text.includes('secret detail'), pages.faults[0]?.message]).toEqual([500, false, 'secret detail']);
});
