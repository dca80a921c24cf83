// All that a reader gets, behind a fresh link by mail: asked for, seen, changed, taken along, erased.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { preferencesUrl } from '../../src/link/delivery-links.ts';
import { confirmToken, formStamp, manageToken } from '../../src/link/letter-links.ts';
import { ADDRESS, HOUR_MS, NOW, openPages, type ReaderPages, SECRET } from './reader-pages.ts';

let pages: ReaderPages;
beforeEach(async () => {
  pages = await openPages();
});
afterEach(() => pages.close());

const SENT = 'Look into your mailbox';
const stamp = () => formStamp(pages.clock.now - 10_000, [SECRET]);
const ask = (address: string, more: object = {}) => pages.post('/me', { address, stamp: stamp(), ...more });
const letters = () => pages.ledger.letters.due(pages.clock.now, 100);
const link = (askedAt = NOW, subscriber = 1) => `/m/${manageToken({ subscriber, askedAt }, [SECRET])}`;
const subscriptions = async () =>
  Object.fromEntries(
    ((await pages.ledger.subscribers.find(ADDRESS))?.subscriptions ?? []).map(({ list, state }) => [list, state]),
  );

describe('a link that is asked for', () => {
  it('comes by mail to a reader, and to nobody else, and the page does not tell', async () => {
    const [known, unknown] = [await ask(ADDRESS.toUpperCase()), await ask('nobody@x.example')];
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
    expect(known.text).toContain(SENT);
    expect(await letters()).toMatchObject([{ kind: 'manage', address: ADDRESS, lists: [] }]);
  });

  it('comes once a day, however often and by whatever way it is asked for', async () => {
    const path = preferencesUrl({ subscriber: 1, list: 1 }, { baseUrl: '', secrets: [SECRET] });
    await Promise.all([ask(ADDRESS), ask(ADDRESS), pages.post(`${path}/link`, {}), pages.post(`${path}/link`, {})]);
    expect(await letters()).toHaveLength(1);
    pages.clock.now += 25 * HOUR_MS;
    await ask(ADDRESS);
    expect(await letters()).toHaveLength(2);
  });

  it('does not come to a stranger whose address somebody typed into the form, who has one letter already', async () => {
    const form = { address: 'victim@x.example', list: 'monthly', stamp: stamp() };
    await pages.post('/join', form);
    await ask('victim@x.example');
    expect((await letters()).map(({ kind }) => kind)).toEqual(['confirm']);
  });

  it('does not come to an address that must not be mailed', async () => {
    await pages.ledger.suppressions.add({ key: ADDRESS, address: ADDRESS, reason: 'gone', note: '', since: NOW });
    expect((await ask(ADDRESS)).text).toContain(SENT);
    expect(await letters()).toEqual([]);
  });

  it.each<[string, object, number]>([
    ['without an address', { address: 'ada' }, 400],
    ['from a form that was open for days', { stamp: formStamp(NOW - 25 * HOUR_MS, [SECRET]) }, 400],
    ['with a stamp that is not ours', { stamp: 'aaaa' }, 400],
    ['by a program that fills in all fields', { website: 'x' }, 200],
    ['by a program that is quicker than a person', { stamp: formStamp(NOW, [SECRET]) }, 200],
  ])('%s is not written', async (_, more, status) => {
    expect((await ask(ADDRESS, more)).status).toBe(status);
    expect(await letters()).toEqual([]);
  });
});

describe('the page behind it', () => {
  it('shows the address, the name as text, and what is chosen, and changes nothing', async () => {
    const { status, text } = await pages.request(link());
    expect([status, await pages.state()]).toEqual([200, 'active']);
    expect(text).toContain(ADDRESS);
    expect(text).toContain('value="&lt;b&gt;Ada&lt;/b&gt; {{name}}"');
    expect(text).toMatch(/value="monthly" checked>[\s\S]*value="weekly">/);
  });

  it('changes name and newsletters, and the log says so', async () => {
    const answer = await pages.post(link(), { choose: 'yes', name: ' Ada\r\nLovelace ', list: 'weekly' });
    expect(answer.text).toContain('Saved. You get: Weekly.');
    expect(await subscriptions()).toEqual({ monthly: 'ended', weekly: 'active' });
    expect((await pages.ledger.subscribers.find(ADDRESS))?.name).toBe('Ada Lovelace');
    expect((await pages.log()).map(({ kind, list }) => [kind, list])).toEqual([
      ['renamed', ''],
      ['left', 'monthly'],
      ['confirmed', 'weekly'],
    ]);
  });

  it('leaves all where nothing is chosen, and lists that are not offered stay out of reach', async () => {
    await pages.ledger.lists.ensure('secret', 0);
    expect((await pages.post(link(), { choose: 'yes', list: 'secret' })).text).toContain('You get nothing any more');
    expect(await subscriptions()).toEqual({ monthly: 'ended' });
  });

  it('lifts a complaint where something is chosen again', async () => {
    await pages.ledger.suppressions.add({ key: ADDRESS, address: ADDRESS, reason: 'complaint', note: '', since: NOW });
    await pages.post(link(), { choose: 'yes', list: 'monthly' });
    expect(await pages.ledger.suppressions.find(ADDRESS)).toBeUndefined();
  });

  it('hands out all that is known', async () => {
    const { text, headers } = await pages.request(`${link()}/data`);
    expect(headers.get('content-disposition')).toMatch(/^attachment/);
    expect(JSON.parse(text)).toMatchObject({ address: ADDRESS, subscriptions: [{ list: 'monthly', state: 'active' }] });
  });

  it('erases everything after a second thought only', async () => {
    expect((await pages.post(`${link()}/erase`, {})).status).toBe(400);
    expect(await pages.state()).toBe('active');
    expect((await pages.post(`${link()}/erase`, { erase: 'yes' })).text).toContain('Everything is erased');
    expect([await pages.ledger.subscribers.find(ADDRESS), await pages.ledger.subscribers.isErased(ADDRESS)]).toEqual([
      undefined,
      true,
    ]);
  });

  it('works for a day, and for no other reader', async () => {
    const broken = (await pages.request('/m/aaaa')).text;
    for (const path of [
      link(NOW - 25 * HOUR_MS),
      link(NOW, 2),
      `${link()}a`,
      link().toUpperCase().replace('/M/', '/m/'),
      `/m/${pages.token}`,
      `/m/${confirmToken({ subscriber: 1, askedAt: NOW, lists: [1] }, [SECRET])}`,
    ])
      for (const answer of [
        await pages.request(path),
        await pages.request(`${path}/data`),
        await pages.post(path, { choose: 'yes', name: 'Eve' }),
        await pages.post(`${path}/erase`, { erase: 'yes' }),
      ])
        expect([answer.status, answer.text]).toEqual([404, broken]);
    expect(await pages.state()).toBe('active');
  });
});

describe('a friend with a forwarded mail', () => {
  it('sees no address and no name, and can change neither', async () => {
    const path = preferencesUrl({ subscriber: 1, list: 1 }, { baseUrl: '', secrets: [SECRET] });
    for (const page of [
      await pages.request(path),
      await pages.request(`/u/${pages.token}`),
      await pages.post(`${path}/link`, {}),
    ])
      expect(page.text).not.toMatch(/ada\.lovelace|engine\.example|Ada/);
    expect((await pages.post(path, { choose: 'yes', name: 'Eve' })).status).toBe(404);
    expect((await pages.ledger.subscribers.find(ADDRESS))?.name).toContain('Ada');
  });
});
