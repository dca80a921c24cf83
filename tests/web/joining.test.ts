// Joining by the form: what a reader sees, what a stranger learns, and what it costs whose address is typed in.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { confirmToken } from '../../src/link/letter-links.ts';
import { ADDRESS, HOUR_MS, NOW, openPages, type ReaderPages, SECRET } from './reader-pages.ts';

const DAY_MS = 24 * HOUR_MS;

let pages: ReaderPages;
beforeEach(async () => {
  pages = await openPages();
});
afterEach(() => pages.close());

/** Opens the form and sends it three seconds later. */
async function join(fields: Readonly<Record<string, string>>, from: ReaderPages = pages) {
  const { text } = await from.request('/');
  const stamp = /name="stamp" value="([^"]+)"/.exec(text)?.[1] ?? '';
  from.clock.now += 3_000;
  return from.post('/join', { list: 'monthly', stamp, ...fields });
}

const letters = async () => pages.ledger.letters.due(pages.clock.now, 1_000);

async function subscriptionsOf(address: string, from: ReaderPages = pages) {
  const found = await from.ledger.subscribers.find(address);
  return (found?.subscriptions ?? []).map(({ list, state }) => `${list} ${state}`);
}

async function linkTo(address: string, lists = ['monthly'], askedAt = pages.clock.now): Promise<string> {
  const numbers = await Promise.all(lists.map((list) => pages.ledger.lists.ensure(list, 0)));
  const subscriber = (await pages.ledger.subscribers.find(address))?.id ?? 0;
  return `/c/${confirmToken({ subscriber, askedAt, lists: numbers }, [SECRET])}`;
}

describe('the form', () => {
  it('waits for the owner of the address, who gets one letter', async () => {
    const { status, text } = await join({ address: ' Grace@Navy.example ' });
    expect([status, text.includes('Look into your mailbox')]).toEqual([200, true]);
    expect(await subscriptionsOf('grace@navy.example')).toEqual(['monthly pending']);
    expect(await letters()).toMatchObject([{ kind: 'confirm', address: 'Grace@navy.example', lists: ['monthly'] }]);
  });

  it('answers the same, whether the address is new, waits, is subscribed, has left or is suppressed', async () => {
    await pages.ledger.suppressions.add({
      key: 'gone@x.example',
      address: 'gone@x.example',
      reason: 'gone',
      note: '',
      since: NOW,
    });
    const answers = [];
    for (const address of ['new@x.example', 'new@x.example', ADDRESS, 'gone@x.example']) answers.push(await join({ address }));
    await pages.ledger.subscribers.end(ADDRESS, 'monthly', 'unsubscribed', pages.clock.now);
    answers.push(await join({ address: ADDRESS }));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  });

  it('tells a subscriber so by mail, and mails nobody whose address is gone', async () => {
    await pages.ledger.suppressions.add({
      key: 'gone@x.example',
      address: 'gone@x.example',
      reason: 'gone',
      note: '',
      since: NOW,
    });
    await join({ address: ADDRESS });
    await join({ address: 'gone@x.example' });
    expect(await letters()).toMatchObject([{ kind: 'already', address: ADDRESS }]);
    expect(await pages.state()).toBe('active');
  });

  it.each([
    ['no address', { address: 'nobody' }, 400, 'not an email address'],
    ['no list', { address: 'a@x.example', list: '' }, 400, 'choose at least one'],
    ['a list that is not there', { address: 'a@x.example', list: 'secret' }, 400, 'choose at least one'],
    ['a forged stamp', { address: 'a@x.example', stamp: 'aaaaaaaaaaaaaaaaaaaaaaa' }, 400, 'open for a long time'],
  ])('with %s comes back with a sentence, and nothing is kept', async (_, fields, status, words) => {
    const answer = await join(fields);
    expect([answer.status, answer.text.includes(words)]).toEqual([status, true]);
    expect(await letters()).toEqual([]);
  });

  it.each([
    ['the field that people do not see', { website: 'https://spam.example' }],
    ['less time than a person needs', {}],
  ])('filled in with %s is answered as ever, and nothing is done', async (what, fields) => {
    const { text } = await pages.request('/');
    const stamp = /name="stamp" value="([^"]+)"/.exec(text)?.[1] ?? '';
    pages.clock.now += what.startsWith('less') ? 1_999 : 3_000;
    const answer = await pages.post('/join', { address: 'a@x.example', list: 'monthly', stamp, ...fields });
    expect([answer.status, answer.text.includes('Look into your mailbox')]).toEqual([200, true]);
    expect(await subscriptionsOf('a@x.example')).toEqual([]);
  });

  it('shows what somebody typed as text only', async () => {
    const { text } = await join({ address: '"><script>alert(1)</script>{{constructor}}' });
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('&lt;script&gt;');
  });

  it('on another site does nothing', async () => {
    const { text } = await pages.request('/');
    const stamp = /name="stamp" value="([^"]+)"/.exec(text)?.[1] ?? '';
    pages.clock.now += 3_000;
    const body = new URLSearchParams({ address: 'a@x.example', list: 'monthly', stamp });
    const answer = await pages.request('/join', { method: 'POST', body, headers: { 'sec-fetch-site': 'cross-site' } });
    expect([answer.status, (await letters()).length]).toEqual([403, 0]);
  });
});

describe('the form of a list that asks for no confirmation', () => {
  const OLD = 'left@x.example';
  const GONE = 'gone@x.example';
  let open: ReaderPages;
  beforeEach(async () => {
    open = await openPages({ lists: [{ id: 'monthly', title: 'Monthly', description: null, isConfirmed: false }] });
    await open.ledger.subscribers.import([{ address: OLD, key: OLD, name: '', attributes: {} }], 'monthly', 0);
    await open.ledger.subscribers.end(OLD, 'monthly', 'unsubscribed', NOW);
    await open.ledger.suppressions.add({ key: GONE, address: GONE, reason: 'gone', note: '', since: NOW });
  });
  afterEach(() => open.close());

  it('answers the same, whether the address is new, subscribed, has left or is suppressed', async () => {
    const answers = [];
    for (const address of ['new@x.example', ADDRESS, OLD, GONE]) answers.push(await join({ address }, open));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect([answers[0]?.status, answers[0]?.text.includes('Look into your mailbox')]).toEqual([200, false]);
  });

  it('subscribes the new address alone, and sends it no letter', async () => {
    for (const address of ['new@x.example', OLD, GONE]) await join({ address }, open);
    expect(await subscriptionsOf('new@x.example', open)).toEqual(['monthly active']);
    expect(await subscriptionsOf(OLD, open)).toEqual(['monthly ended']);
    expect(await subscriptionsOf(GONE, open)).toEqual([]);
    expect(await open.ledger.letters.due(open.clock.now, 10)).toMatchObject([{ kind: 'confirm', address: OLD }]);
  });

  it('keeps who said spam waiting for a letter', async () => {
    await open.ledger.suppressions.add({
      key: 'spam@x.example',
      address: 'spam@x.example',
      reason: 'complaint',
      note: '',
      since: NOW,
    });
    await join({ address: 'spam@x.example' }, open);
    expect(await subscriptionsOf('spam@x.example', open)).toEqual(['monthly pending']);
    expect(await open.ledger.letters.due(open.clock.now, 10)).toMatchObject([{ kind: 'confirm', address: 'spam@x.example' }]);
  });
});

describe('what it costs', () => {
  it('one victim, asked for from everywhere: one letter a day', async () => {
    const { text } = await pages.request('/');
    const stamp = /name="stamp" value="([^"]+)"/.exec(text)?.[1] ?? '';
    pages.clock.now += 3_000;
    const wide = await openPages({ trustProxy: 1 });
    wide.clock.now += 3_000;
    for (let turn = 0; turn < 10; turn++)
      await Promise.all(
        Array.from({ length: 15 }, (_, index) =>
          wide.request('/join', {
            method: 'POST',
            body: new URLSearchParams({ address: 'victim@x.example', list: 'monthly', stamp }),
            headers: { 'x-forwarded-for': `10.${turn}.${index}.1` },
          }),
        ),
      );
    expect(await wide.ledger.letters.due(wide.clock.now, 100)).toHaveLength(1);
    wide.clock.now += DAY_MS - 3_000;
    await join({ address: 'victim@x.example' }, wide);
    expect(await wide.ledger.letters.due(wide.clock.now, 100)).toHaveLength(2);
    await wide.close();
  });

  it('many victims from one address: ten an hour, then a sentence', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 12; index++) statuses.push((await join({ address: `v${index}@x${index}.example` })).status);
    expect(statuses).toEqual([...Array(10).fill(200), 429, 429]);
    expect(await letters()).toHaveLength(10);
  });
});

describe('the link in the letter', () => {
  beforeEach(() => join({ address: 'grace@navy.example' }));

  it('shows a page, and only its button subscribes', async () => {
    const link = await linkTo('grace@navy.example');
    const { status, text } = await pages.request(link);
    expect([status, await subscriptionsOf('grace@navy.example')]).toEqual([200, ['monthly pending']]);
    expect(text).toContain('Shall Monthly &lt;News&gt; be sent to g***@n***.example?');
    const done = await pages.post(link, { confirm: 'yes' });
    expect([done.status, await subscriptionsOf('grace@navy.example')]).toEqual([200, ['monthly active']]);
    expect(done.text).toContain('<a href="https://site.example/2023-01/">Until then, the latest issue: The &lt;latest&gt;</a>');
    expect((await pages.post(link, { confirm: 'yes' })).status).toBe(200);
    const id = (await pages.ledger.subscribers.find('grace@navy.example'))?.id ?? 0;
    expect((await pages.ledger.subscriptions.history(id)).map(({ kind }) => kind)).toEqual(['asked', 'confirmed']);
  });

  it('works for a week', async () => {
    const link = await linkTo('grace@navy.example');
    pages.clock.now += 7 * DAY_MS;
    expect((await pages.request(link)).status).toBe(200);
    pages.clock.now += 1;
    expect((await pages.request(link)).status).toBe(404);
    expect((await pages.post(link, { confirm: 'yes' })).status).toBe(404);
    expect(await subscriptionsOf('grace@navy.example')).toEqual(['monthly pending']);
  });

  it('from before a leaving brings nobody back, and one from after it does', async () => {
    const old = await linkTo('grace@navy.example');
    await pages.post(old, { confirm: 'yes' });
    pages.clock.now += 10;
    await pages.ledger.subscribers.end('grace@navy.example', 'monthly', 'unsubscribed', pages.clock.now);
    expect((await pages.post(old, { confirm: 'yes' })).status).toBe(404);
    expect(await subscriptionsOf('grace@navy.example')).toEqual(['monthly ended']);
    pages.clock.now += DAY_MS;
    await join({ address: 'grace@navy.example' });
    await pages.post(await linkTo('grace@navy.example'), { confirm: 'yes' });
    expect(await subscriptionsOf('grace@navy.example')).toEqual(['monthly active']);
  });

  it('lifts a complaint, which is the reader’s own, and nothing that an admin set', async () => {
    const link = await linkTo('grace@navy.example');
    await pages.ledger.suppressions.add({
      key: 'grace@navy.example',
      address: 'grace@navy.example',
      reason: 'complaint',
      note: '',
      since: NOW,
    });
    await pages.post(link, { confirm: 'yes' });
    expect((await pages.ledger.subscribers.find('grace@navy.example'))?.suppression).toBeNull();
    await join({ address: 'other@navy.example' });
    await pages.ledger.suppressions.add({
      key: 'other@navy.example',
      address: 'other@navy.example',
      reason: 'manual',
      note: '',
      since: NOW,
    });
    await pages.post(await linkTo('other@navy.example'), { confirm: 'yes' });
    expect((await pages.ledger.subscribers.find('other@navy.example'))?.suppression?.reason).toBe('manual');
  });

  it('leads nowhere once whoever never answered is forgotten', async () => {
    const link = await linkTo('grace@navy.example');
    expect(await pages.ledger.subscriptions.forgetPending(pages.clock.now + 1)).toBe(1);
    expect(await pages.ledger.subscribers.find('grace@navy.example')).toBeUndefined();
    expect((await pages.request(link)).status).toBe(404);
    expect(await pages.state()).toBe('active');
  });
});
