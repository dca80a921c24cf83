// What the pages are attacked with, as a list: each line is one attack, and what comes of it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { preferencesUrl, unsubscribeToken } from '../../src/link/delivery-links.ts';
import { openPages, type ReaderPages, SECRET } from './reader-pages.ts';

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
