// Leaving by the link in a mail: the one click of RFC 8058, the page, and what takes it back.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { preferencesUrl } from '../../src/link/delivery-links.ts';
import { ADDRESS, HOUR_MS, NOW, openPages, type ReaderPages, SECRET } from './reader-pages.ts';

const ONE_CLICK = { 'List-Unsubscribe': 'One-Click' };

let pages: ReaderPages;
beforeEach(async () => {
  pages = await openPages();
});
afterEach(() => pages.close());

function form(fields: Readonly<Record<string, string>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

describe('one click, as RFC 8058 has it', () => {
  it.each([
    ['urlencoded', new URLSearchParams(ONE_CLICK)],
    ['multipart', form(ONE_CLICK)],
  ])('unsubscribes by a %s POST, without cookie, login or redirect', async (_, body) => {
    const { status, headers } = await pages.request(`/u/${pages.token}`, { method: 'POST', body });
    expect([status, headers.get('location'), headers.get('set-cookie')]).toEqual([200, null, null]);
    expect(await pages.state()).toBe('ended');
  });

  it('done again is done already, and is written down once', async () => {
    const answers = [await pages.post(`/u/${pages.token}`, ONE_CLICK), await pages.post(`/u/${pages.token}`, ONE_CLICK)];
    expect(answers.map(({ status, text }) => [status, text])).toEqual(Array(2).fill([200, 'You are unsubscribed\n']));
    expect(await pages.log()).toMatchObject([
      { kind: 'left', origin: 'one-click', at: NOW, list: 'monthly', ip: '127.0.0.1', words: 'List-Unsubscribe=One-Click' },
    ]);
  });

  it('by ten at once is one leaving', async () => {
    await Promise.all(Array.from({ length: 10 }, () => pages.post(`/u/${pages.token}`, ONE_CLICK)));
    expect(await pages.log()).toHaveLength(1);
  });
});

describe('the page', () => {
  it('asks, and changes nothing, however often it is got', async () => {
    for (const method of ['GET', 'HEAD']) expect((await pages.request(`/u/${pages.token}`, { method })).status).toBe(200);
    const { text } = await pages.request(`/u/${pages.token}`);
    expect(text).toContain('Shall Monthly &lt;News&gt; no longer be sent to a***@e***.example?');
    expect(text).not.toContain(ADDRESS);
    expect(await pages.state()).toBe('active');
  });

  it('unsubscribes by its button, and says so ever after', async () => {
    const { status, text } = await pages.post(`/u/${pages.token}`, { leave: 'yes' });
    expect([status, await pages.state()]).toEqual([200, 'ended']);
    expect(text).toContain('You are unsubscribed');
    expect((await pages.request(`/u/${pages.token}`)).text).toContain('You are unsubscribed');
  });

  it('takes it back within the hour, and not after', async () => {
    await pages.post(`/u/${pages.token}`, { leave: 'yes' });
    pages.clock.now += HOUR_MS;
    expect((await pages.post(`/u/${pages.token}/back`, {})).text).toContain('You are subscribed again');
    expect(await pages.state()).toBe('active');
    await pages.post(`/u/${pages.token}`, { leave: 'yes' });
    pages.clock.now += HOUR_MS + 1;
    expect((await pages.request(`/u/${pages.token}`)).text).not.toContain('mistake');
    expect((await pages.post(`/u/${pages.token}/back`, {})).text).not.toContain('subscribed again');
    expect(await pages.state()).toBe('ended');
  });

  it('brings nobody back whose subscription an admin ended', async () => {
    await pages.ledger.subscribers.end(ADDRESS, 'monthly', 'removed', NOW);
    await pages.post(`/u/${pages.token}/back`, {});
    expect(await pages.state()).toBe('ended');
  });

  it('takes a reason, once for each leaving, as text', async () => {
    const say = (reason: string) => pages.post(`/u/${pages.token}/reason`, { reason });
    await say('too early');
    await pages.post(`/u/${pages.token}`, { leave: 'yes' });
    await say('  ');
    expect((await say('<script>too\r\nmany</script>')).text).toContain('Thank you');
    await say('another');
    expect((await pages.log()).map(({ kind, detail }) => [kind, detail])).toEqual([
      ['left', 'active'],
      ['reason', '<script>too many</script>'],
    ]);
  });

  it('to change what one gets leads to the same place, and changes nothing', async () => {
    const reader = await pages.ledger.subscribers.find(ADDRESS);
    const url = preferencesUrl({ subscriber: reader?.id ?? 0, list: 1 }, { baseUrl: '', secrets: [SECRET] });
    const { status, text } = await pages.request(url);
    expect([status, await pages.state()]).toEqual([200, 'active']);
    expect(text).toContain(`href="/u/${pages.token}"`);
    expect(text).not.toContain(ADDRESS);
  });
});

it('stands below the path of BASE_URL where that has one', async () => {
  const below = await openPages({ baseUrl: 'https://example.org/news' });
  expect((await below.request(`/u/${below.token}`)).status).toBe(404);
  const { status, text } = await below.request(`/news/u/${below.token}`);
  expect([status, text.includes(`action="/news/u/${below.token}"`)]).toEqual([200, true]);
  await below.close();
});
