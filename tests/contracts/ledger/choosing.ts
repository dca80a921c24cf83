// What readers choose among all lists, the link that leads there, lists without a confirmation, and who is on several.
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/domain/consent.ts';
import type { Choice, JoinRequest, LinkRequest } from '../../../src/store/people.ts';
import { openAll } from '../../flows/open-all.ts';
import { claim, type LedgerOf, LIST, mailingOf, people, request } from './setting.ts';

const EVIDENCE: Evidence = { origin: 'web', form: '/m/:token', words: 'Save', ip: '203.0.113.9' };
const ADDRESS = 'reader0@example.org';
const NAME = 'Reader 0';
const WEEKLY = 'weekly';

export function choosingContract(of: LedgerOf): void {
  const find = (key = ADDRESS) => of().subscribers.find(key);
  const idOf = async (key = ADDRESS) => (await find(key))?.id ?? 0;
  const statesOf = async (key = ADDRESS) => (await find(key))?.subscriptions.map(({ list, state }) => `${list} ${state}`);
  const refOf = async (key = ADDRESS) => ({ subscriber: await idOf(key), list: await of().lists.ensure(LIST, 1) });
  const suppress = (key: string, reason: string) => of().suppressions.add({ key, address: key, reason, note: '', since: 50 });
  const ask = (key: string, at: number, rest: Partial<JoinRequest> = {}) =>
    of().subscriptions.ask({
      ...{ address: key, key, lists: [LIST], evidence: EVIDENCE, at, noLetterSince: at - 1_000 },
      mayGetLetter: (suppression) => suppression === null || suppression === 'complaint',
      ...rest,
    });
  const askForLink = (at: number, rest: Partial<LinkRequest> = {}) =>
    of().subscriptions.askForLink({
      ...{ key: ADDRESS, at, noLetterSince: at - 1_000 },
      mayGetLetter: (suppression) => suppression === null,
      ...rest,
    });
  const letters = async () => (await of().letters.due(1e12, 100)).map(({ kind, address }) => `${kind} ${address}`);
  /** What readers have done, without what files and admins did. */
  const own = async (key = ADDRESS) =>
    (await of().subscriptions.history(await idOf(key)))
      .filter(({ origin }) => origin === 'web')
      .map(({ kind, list, detail }) => [kind, list, detail]);
  const subscribed = async () => {
    await of().lists.ensure(WEEKLY, 1);
    await of().subscribers.import(people(2), LIST, 1);
  };

  describe('a choice', () => {
    const choose = async (wanted: readonly string[], rest: Partial<Choice> = {}) =>
      of().subscriptions.choose({
        askedAt: 1e12,
        ...{ subscriber: await idOf(), name: NAME, offered: [LIST, WEEKLY], wanted, evidence: EVIDENCE, at: 500 },
        mayLift: (suppression) => suppression === 'complaint',
        ...rest,
      });

    it('that is what was there before changes nothing, and is not in the log', async () => {
      await subscribed();
      const [before, history] = [await find(), await of().subscriptions.history(await idOf())];
      await choose([LIST]);
      expect([await find(), await of().subscriptions.history(await idOf())]).toEqual([before, history]);
    });

    it('of another name is in the log once, and of this reader only', async () => {
      await subscribed();
      for (let turn = 0; turn < 2; turn++) await choose([LIST], { name: 'Ada' });
      expect([(await find())?.name, await own()]).toEqual(['Ada', [['renamed', '', 'Ada']]]);
      expect((await find('reader1@example.org'))?.name).toBe('Reader 1');
      await choose([LIST], { name: '' });
      expect((await find())?.name).toBe('');
    });

    it('joins a list and leaves another, each with its entry', async () => {
      await subscribed();
      await choose([WEEKLY]);
      expect((await find())?.subscriptions).toEqual([
        { list: LIST, state: 'ended', endedReason: 'unsubscribed', since: 500 },
        { list: WEEKLY, state: 'active', endedReason: null, since: 500 },
      ]);
      expect(await own()).toEqual([
        ['left', LIST, 'active'],
        ['confirmed', WEEKLY, ''],
      ]);
      expect((await of().subscriptions.history(await idOf())).at(-1)).toMatchObject({ ...EVIDENCE, at: 500 });
      expect(await statesOf('reader1@example.org')).toEqual([`${LIST} active`]);
    });

    it('brings back who had left', async () => {
      await subscribed();
      await choose([]);
      expect(await statesOf()).toEqual([`${LIST} ended`]);
      await choose([LIST], { at: 600 });
      expect((await find())?.subscriptions).toEqual([{ list: LIST, state: 'active', endedReason: null, since: 600 }]);
      expect((await own()).map(([kind]) => kind)).toEqual(['left', 'confirmed']);
    });

    it('confirms what waits, or ends it', async () => {
      await subscribed();
      await ask(ADDRESS, 300, { lists: [WEEKLY] });
      await ask('reader1@example.org', 300, { lists: [WEEKLY] });
      await choose([LIST, WEEKLY]);
      await choose([LIST], { subscriber: await idOf('reader1@example.org'), name: 'Reader 1' });
      expect(await statesOf()).toEqual([`${LIST} active`, `${WEEKLY} active`]);
      expect(await own()).toEqual([
        ['asked', WEEKLY, ''],
        ['confirmed', WEEKLY, ''],
      ]);
      expect(await statesOf('reader1@example.org')).toEqual([`${LIST} active`, `${WEEKLY} ended`]);
    });

    it('leaves lists alone that were not offered', async () => {
      await subscribed();
      await choose([], { offered: [WEEKLY] });
      expect([await statesOf(), await own()]).toEqual([[`${LIST} active`], []]);
    });

    it('can be taken back within the hour where it was a leaving', async () => {
      await subscribed();
      await choose([]);
      expect(await of().subscriptions.comeBack(await refOf(), 500, EVIDENCE, 600)).toBe(true);
      expect(await statesOf()).toEqual([`${LIST} active`]);
    });

    it.each([
      ['lifts', 'complaint', [WEEKLY], undefined],
      ['does not lift', 'manual', [WEEKLY], 'manual'],
      ['of nothing does not lift', 'complaint', [], 'complaint'],
    ])('%s a suppression: %s', async (_, reason, wanted, left) => {
      await subscribed();
      await suppress(ADDRESS, reason);
      await choose(wanted);
      expect((await of().suppressions.find(ADDRESS))?.reason).toBe(left);
    });

    it('of nobody does nothing', async () => {
      await subscribed();
      await choose([LIST], { subscriber: 999 });
      expect((await of().lists.find(LIST))?.counts).toEqual({ active: 2, pending: 0, ended: 0 });
    });
  });

  describe('a reader', () => {
    it('is shown with all subscriptions, and nobody else is', async () => {
      await subscribed();
      await of().subscribers.end(ADDRESS, LIST, 'removed', 200);
      await ask(ADDRESS, 300, { lists: [WEEKLY] });
      const reader = await of().subscriptions.reader(await idOf(), 1e12);
      expect(reader).toEqual({ address: ADDRESS, key: ADDRESS, name: NAME, subscriptions: expect.any(Array), suppression: null });
      await of().subscribers.move(ADDRESS, { address: 'new@x.example', key: 'new@x.example' }, 400);
      expect(await of().subscriptions.reader(await idOf('new@x.example'), 400)).toBeUndefined();
      expect(await of().subscriptions.reader(await idOf('new@x.example'), 401)).toMatchObject({ address: 'new@x.example' });
      expect(reader?.subscriptions.toSorted((one, other) => one.since - other.since)).toEqual([
        { list: LIST, state: 'ended', endedReason: 'removed', since: 200 },
        { list: WEEKLY, state: 'pending', endedReason: null, since: 300 },
      ]);
      expect(await of().subscriptions.reader(999, 1e12)).toBeUndefined();
    });
  });

  describe('a subscription that an admin ended', () => {
    const leave = async (at: number) => of().subscriptions.leave(await refOf(), EVIDENCE, at);

    it('is left by its reader all the same, and that is written down once', async () => {
      await subscribed();
      await of().subscribers.end(ADDRESS, LIST, 'removed', 200);
      expect([await leave(300), await leave(310), await leave(320)]).toEqual([false, false, false]);
      expect(await own()).toEqual([['left', LIST, 'ended']]);
      expect((await find())?.subscriptions).toMatchObject([{ state: 'ended', endedReason: 'removed', since: 200 }]);
      expect(await of().subscriptions.comeBack(await refOf(), 0, EVIDENCE, 400)).toBe(false);
      expect(await statesOf()).toEqual([`${LIST} ended`]);
    });

    it('is left once again where it was active meanwhile', async () => {
      await subscribed();
      expect(await leave(100)).toBe(true);
      await of().subscriptions.comeBack(await refOf(), 0, EVIDENCE, 150);
      await of().subscribers.end(ADDRESS, LIST, 'removed', 200);
      for (const at of [300, 310]) expect(await leave(at)).toBe(false);
      expect((await own()).map(([kind, , detail]) => [kind, detail])).toEqual([
        ['left', 'active'],
        ['came-back', ''],
        ['left', 'ended'],
      ]);
    });
  });

  describe('a link to all subscriptions', () => {
    it('is mailed once in a while, by however many at once', async () => {
      await subscribed();
      await Promise.all(Array.from({ length: 8 }, () => askForLink(5_000)));
      expect(await of().letters.due(5_000, 10)).toMatchObject([
        { kind: 'manage', address: ADDRESS, lists: [], createdAt: 5_000 },
      ]);
      await askForLink(5_999);
      expect(await letters()).toHaveLength(1);
      await askForLink(6_000);
      expect(await letters()).toHaveLength(2);
    });

    it('is mailed to who has left, too', async () => {
      await subscribed();
      await of().subscribers.end(ADDRESS, LIST, 'removed', 200);
      await askForLink(5_000);
      expect(await letters()).toEqual([`manage ${ADDRESS}`]);
    });

    it.each([
      ['nobody knows', () => of().subscribers.erase(ADDRESS, 200)],
      ['may not get a letter', () => suppress(ADDRESS, 'gone')],
    ])('is not mailed to an address that %s', async (_, prepare) => {
      await subscribed();
      await prepare();
      await askForLink(5_000);
      expect(await letters()).toEqual([]);
    });

    it('is not mailed to a stranger who waits for a first confirmation', async () => {
      await ask('ada@x.example', 3_000);
      await askForLink(5_000, { key: 'ada@x.example' });
      expect(await letters()).toEqual(['confirm ada@x.example']);
    });

    it('and a letter to confirm do not stand in each other’s way', async () => {
      await subscribed();
      await askForLink(5_000);
      await ask(ADDRESS, 5_001, { lists: [WEEKLY] });
      await ask('reader1@example.org', 5_002, { lists: [WEEKLY] });
      await askForLink(5_003, { key: 'reader1@example.org' });
      const all = [ADDRESS, 'reader1@example.org'].flatMap((address) => [`confirm ${address}`, `manage ${address}`]);
      expect((await letters()).sort()).toEqual(all.sort());
    });
  });

  describe('a list without a confirmation', () => {
    const join = (key: string, at: number, lists = [LIST]) => ask(key, at, { lists, unconfirmed: [LIST] });

    it('takes a new address at once, and sends no letter', async () => {
      await join('ada@x.example', 5_000);
      await join(ADDRESS, 5_000);
      expect((await find('ada@x.example'))?.subscriptions).toEqual([
        { list: LIST, state: 'active', endedReason: null, since: 5_000 },
      ]);
      expect([await statesOf(), await letters()]).toEqual([[`${LIST} active`], []]);
      expect(await own('ada@x.example')).toEqual([['asked', LIST, 'unconfirmed']]);
    });

    it('takes an address once, by however many at once', async () => {
      await Promise.all(Array.from({ length: 6 }, () => join('ada@x.example', 5_000)));
      expect(await statesOf('ada@x.example')).toEqual([`${LIST} active`]);
      expect((await own('ada@x.example')).filter(([, , detail]) => detail === 'unconfirmed')).toHaveLength(1);
    });

    it('asks who has left all the same', async () => {
      await subscribed();
      await of().subscriptions.leave(await refOf(), EVIDENCE, 200);
      await join(ADDRESS, 5_000);
      expect((await find())?.subscriptions).toMatchObject([{ state: 'ended', endedReason: 'unsubscribed', since: 200 }]);
      expect(await letters()).toEqual([`confirm ${ADDRESS}`]);
    });

    it('asks who still waits all the same', async () => {
      await ask('ada@x.example', 3_000);
      await join('ada@x.example', 5_000);
      expect(await statesOf('ada@x.example')).toEqual([`${LIST} pending`]);
    });

    it.each([
      ['complaint', ['confirm ada@x.example']],
      ['manual', []],
    ])('makes nothing active for who is suppressed: %s', async (reason, sent) => {
      await suppress('ada@x.example', reason);
      await join('ada@x.example', 5_000);
      expect((await statesOf('ada@x.example')) ?? []).not.toContain(`${LIST} active`);
      expect([await letters(), (await of().suppressions.find('ada@x.example'))?.reason]).toEqual([sent, reason]);
    });

    it('makes nothing active for who has left another list', async () => {
      await subscribed();
      await of().subscribers.end(ADDRESS, LIST, 'unsubscribed', 200);
      await of().lists.ensure(WEEKLY, 1);
      await join(ADDRESS, 5_000, [WEEKLY]);
      expect(await statesOf()).toEqual([`${LIST} ended`, `${WEEKLY} pending`]);
    });

    it('makes nothing active for who was erased', async () => {
      await subscribed();
      await of().subscribers.erase(ADDRESS, 200);
      await join(ADDRESS, 5_000);
      expect([await statesOf(), await letters()]).toEqual([[`${LIST} pending`], [`confirm ${ADDRESS}`]]);
      expect(await of().subscribers.isErased(ADDRESS)).toBe(true);
    });

    it('is active at once, and another that is asked for with it waits', async () => {
      await of().lists.ensure(WEEKLY, 1);
      await join('ada@x.example', 5_000, [WEEKLY, LIST]);
      expect(await statesOf('ada@x.example')).toEqual([`${LIST} active`, `${WEEKLY} pending`]);
      expect(await of().letters.due(5_000, 10)).toMatchObject([{ kind: 'confirm', lists: [WEEKLY] }]);
    });
  });

  describe('the overlaps of a list', () => {
    const overlaps = (issue = '2023-01') => of().lists.overlaps(LIST, issue);

    it('are none where its readers are on no other', async () => {
      await subscribed();
      await of().subscribers.import(people(2, 5), WEEKLY, 1);
      expect(await overlaps()).toEqual([]);
    });

    it('are those that are active on both, by list', async () => {
      await subscribed();
      await of().lists.ensure('daily', 1);
      await of().subscribers.import(people(4), WEEKLY, 1);
      await of().subscribers.import(people(1), 'daily', 1);
      expect(await overlaps()).toEqual([
        { list: 'daily', count: 1, haveIssue: 0 },
        { list: WEEKLY, count: 2, haveIssue: 0 },
      ]);
      expect(await of().lists.overlaps(WEEKLY, '2023-01')).toMatchObject([{ list: 'daily' }, { list: LIST, count: 2 }]);
      await of().subscribers.end(ADDRESS, WEEKLY, 'removed', 200);
      await of().subscribers.end('reader1@example.org', LIST, 'removed', 200);
      expect(await overlaps()).toEqual([{ list: 'daily', count: 1, haveIssue: 0 }]);
    });

    it('say who has the issue from there', async () => {
      await of().lists.ensure(WEEKLY, 1);
      await of().subscribers.import(people(3), LIST, 1);
      await of().subscribers.import(people(2), WEEKLY, 1);
      await openAll(of(), request({ list: WEEKLY }));
      expect(await overlaps()).toEqual([{ list: WEEKLY, count: 2, haveIssue: 2 }]);
      expect(await overlaps('2023-02')).toEqual([{ list: WEEKLY, count: 2, haveIssue: 0 }]);
    });

    it('do not count who was left out there, nor an issue of the list itself', async () => {
      await of().lists.ensure(WEEKLY, 1);
      await of().subscribers.import(people(3), WEEKLY, 1);
      await mailingOf(of(), 3, { issue: '2023-02' });
      const mailing = await openAll(of(), request({ list: WEEKLY }));
      await of().deliveries.withhold({ mailing: mailing.id, first: 1, last: 1 }, 'unsubscribed', 200);
      expect(await claim(of(), mailing, 'a', 300)).toHaveLength(2);
      expect(await overlaps()).toEqual([{ list: WEEKLY, count: 3, haveIssue: 2 }]);
      expect(await overlaps('2023-02')).toEqual([{ list: WEEKLY, count: 3, haveIssue: 0 }]);
    });
  });
}
