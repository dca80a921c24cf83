// What readers do with their own subscriptions, the log of it, and the letters that they get.
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/domain/consent.ts';
import type { SubscriptionRef } from '../../../src/domain/subscription.ts';
import type { JoinRequest } from '../../../src/store/people.ts';
import { claim, type LedgerOf, LIST, mailingOf, people } from './setting.ts';

const EVIDENCE: Evidence = { origin: 'web', form: '/u/:token', words: 'Unsubscribe', ip: '203.0.113.9' };
const ADDRESS = 'reader0@example.org';

export function subscriptionsContract(of: LedgerOf): void {
  const ask = (address: string, at: number, rest: Partial<JoinRequest> = {}) =>
    of().subscriptions.ask({
      ...{ address, key: address, lists: [LIST], evidence: EVIDENCE, at, noLetterSince: at - 1_000 },
      mayGetLetter: (suppression) => suppression === null,
      ...rest,
    });
  const confirm = (subscriber: number, list: number, askedAt: number, at: number) =>
    of().subscriptions.confirm({
      ...{ subscriber, lists: [list], askedAt, evidence: EVIDENCE, at },
      mayLift: (suppression) => suppression === 'complaint',
    });
  const idOf = async (address: string) => (await of().subscribers.find(address))?.id ?? 0;

  describe('a subscription that is asked for', () => {
    it('waits, and its owner gets one letter, by however many at once', async () => {
      await Promise.all(Array.from({ length: 8 }, () => ask('ada@x.example', 5_000)));
      expect((await of().subscribers.find('ada@x.example'))?.subscriptions).toMatchObject([{ state: 'pending', since: 5_000 }]);
      expect(await of().letters.due(5_000, 10)).toMatchObject([{ kind: 'confirm', address: 'ada@x.example', lists: [LIST] }]);
      expect(await of().subscriptions.history(await idOf('ada@x.example'))).toHaveLength(1);
    });

    it('is left as it is where it is active or has ended', async () => {
      const reader = await subscribed();
      await ask(ADDRESS, 5_000);
      expect(await of().letters.due(5_000, 10)).toMatchObject([{ kind: 'already' }]);
      await of().subscriptions.leave(reader, EVIDENCE, 6_000);
      await ask(ADDRESS, 7_000);
      expect(await of().subscriptions.find(reader)).toMatchObject({ state: 'ended', since: 6_000 });
      expect((await of().letters.due(7_000, 10)).map(({ kind }) => kind)).toEqual(['already', 'confirm']);
    });

    it('gets no letter where the address must not be mailed', async () => {
      await of().suppressions.add({ key: 'ada@x.example', address: 'ada@x.example', reason: 'gone', note: '', since: 1 });
      await ask('ada@x.example', 5_000);
      expect(await of().letters.due(9_000, 10)).toEqual([]);
    });

    it('is active once it is confirmed, and a confirmation from before a leaving is none', async () => {
      const list = await of().lists.ensure(LIST, 1);
      await ask('ada@x.example', 5_000);
      const id = await idOf('ada@x.example');
      expect(await confirm(id, list, 5_000, 5_100)).toEqual([LIST]);
      expect(await confirm(id, list, 5_000, 5_200)).toEqual([LIST]);
      await of().subscriptions.leave({ subscriber: id, list }, EVIDENCE, 5_300);
      expect(await confirm(id, list, 5_000, 5_400)).toEqual([]);
      expect(await confirm(id, list, 5_300, 5_400)).toEqual([LIST]);
      expect((await of().subscriptions.history(id)).map(({ kind }) => kind)).toEqual(['asked', 'confirmed', 'left', 'confirmed']);
      expect(await confirm(id + 1, list, 5_300, 5_400)).toEqual([]);
    });

    it('lifts what only the reader may lift, and nothing that was said after the link was asked for', async () => {
      const list = await of().lists.ensure(LIST, 1);
      for (const [address, reason] of [
        ['ada@x.example', 'complaint'],
        ['bob@x.example', 'manual'],
        ['eve@x.example', 'complaint'],
      ] as const) {
        await ask(address, 5_000);
        const since = address === 'eve@x.example' ? 5_001 : 4_999;
        await of().suppressions.add({ key: address, address, reason, note: '', since });
        await confirm(await idOf(address), list, 5_000, 5_100);
      }
      expect((await of().subscribers.find('ada@x.example'))?.suppression).toBeNull();
      expect((await of().subscribers.find('bob@x.example'))?.suppression?.reason).toBe('manual');
      expect((await of().subscribers.find('eve@x.example'))?.suppression?.reason).toBe('complaint');
    });

    it('is forgotten with its letter and its asking where nobody confirms, and nothing else is', async () => {
      await subscribed();
      await of().lists.ensure('weekly', 1);
      await ask('ada@x.example', 5_000);
      await ask(ADDRESS, 5_000, { lists: ['weekly'] });
      await ask('late@x.example', 6_000);
      expect(await of().subscriptions.forgetPending(6_000)).toBe(2);
      expect(await of().subscribers.find('ada@x.example')).toBeUndefined();
      expect((await of().subscribers.find(ADDRESS))?.subscriptions).toMatchObject([{ list: LIST, state: 'active' }]);
      expect((await of().subscribers.find('late@x.example'))?.subscriptions).toMatchObject([{ state: 'pending' }]);
      expect((await of().letters.due(9_000, 10)).map(({ address }) => address)).toEqual([ADDRESS, 'late@x.example']);
    });
  });

  describe('a letter', () => {
    it('is sent by one of many, and comes back only where it was put off', async () => {
      await ask('ada@x.example', 5_000);
      const [letter] = await of().letters.due(5_000, 10);
      const sent = await Promise.all([1, 2, 3].map((at) => of().letters.markSent(letter!.id, at)));
      expect(sent.filter((isMine) => isMine)).toHaveLength(1);
      expect(await of().letters.due(9_000, 10)).toEqual([]);
      await of().letters.putOff(letter!.id, 8_000, null);
      expect(await of().letters.due(9_000, 10)).toEqual([]);
      await of().letters.putOff(letter!.id, 8_000, [1, 2, 3][sent.indexOf(true)] ?? 0);
      expect(await of().letters.due(7_999, 10)).toEqual([]);
      expect(await of().letters.due(8_000, 10)).toMatchObject([{ id: letter!.id, tries: 1 }]);
      await of().letters.putOff(letter!.id, null, null);
      expect(await of().letters.due(1e12, 10)).toEqual([]);
    });
  });

  async function subscribed(): Promise<SubscriptionRef> {
    const list = await of().lists.ensure(LIST, 1);
    await of().subscribers.import(people(2), LIST, 1);
    return { subscriber: (await of().subscribers.find(ADDRESS))?.id ?? 0, list };
  }
  /** What the reader has done, without the import that brought the reader. */
  const own = async (subscriber: number) =>
    (await of().subscriptions.history(subscriber)).filter(({ kind }) => kind !== 'imported' && kind !== 'removed');
  const kinds = async ({ subscriber }: SubscriptionRef) => (await own(subscriber)).map(({ kind }) => kind);

  describe('a subscription that its reader ends', () => {
    it('is found by number, with the address that it is for', async () => {
      const reader = await subscribed();
      expect(await of().subscriptions.find(reader)).toEqual({
        ...{ address: ADDRESS, list: LIST, state: 'active', endedReason: null, since: 1 },
      });
      expect(await of().subscriptions.find({ ...reader, list: reader.list + 1 })).toBeUndefined();
      expect(await of().subscriptions.find({ ...reader, subscriber: 999 })).toBeUndefined();
    });

    it('has ended, and the log says when, from where and with which words', async () => {
      const reader = await subscribed();
      expect(await of().subscriptions.leave(reader, EVIDENCE, 200)).toBe(true);
      expect(await of().subscriptions.find(reader)).toMatchObject({ state: 'ended', endedReason: 'unsubscribed', since: 200 });
      expect(await own(reader.subscriber)).toEqual([
        { ...EVIDENCE, id: expect.any(Number), at: 200, list: LIST, kind: 'left', detail: 'active' },
      ]);
    });

    it('ends once, by however many at once', async () => {
      const reader = await subscribed();
      const ended = await Promise.all([1, 2, 3, 4].map((at) => of().subscriptions.leave(reader, EVIDENCE, at)));
      expect(ended.filter((isMine) => isMine)).toHaveLength(1);
      expect(await kinds(reader)).toEqual(['left']);
    });

    it('is not ended for others', async () => {
      const reader = await subscribed();
      await of().subscriptions.leave(reader, EVIDENCE, 200);
      const other = await of().subscribers.find('reader1@example.org');
      expect(other?.subscriptions[0]?.state).toBe('active');
      expect(await own(other?.id ?? 0)).toEqual([]);
    });

    it('stops the delivery that is claimed next', async () => {
      const mailing = await mailingOf(of(), 2);
      const list = await of().lists.ensure(LIST, 1);
      const subscriber = (await of().subscribers.find(ADDRESS))?.id ?? 0;
      await of().subscriptions.leave({ subscriber, list }, EVIDENCE, 200);
      const claimed = await claim(of(), mailing, 'a', 300);
      expect(claimed.map(({ standing }) => standing.state)).toEqual(['ended', 'active']);
    });

    it('goes on as it was where that is taken back in time', async () => {
      const reader = await subscribed();
      await of().subscriptions.leave(reader, EVIDENCE, 200);
      expect(await of().subscriptions.comeBack(reader, 201, EVIDENCE, 300)).toBe(false);
      expect(await of().subscriptions.comeBack(reader, 200, EVIDENCE, 300)).toBe(true);
      expect(await of().subscriptions.comeBack(reader, 200, EVIDENCE, 301)).toBe(false);
      expect(await of().subscriptions.find(reader)).toMatchObject({ state: 'active', endedReason: null, since: 300 });
      expect(await kinds(reader)).toEqual(['left', 'came-back']);
    });

    it('is not brought back by the reader where somebody else ended it', async () => {
      const reader = await subscribed();
      await of().subscribers.end(ADDRESS, LIST, 'removed', 200);
      expect(await of().subscriptions.comeBack(reader, 0, EVIDENCE, 300)).toBe(false);
      expect(await kinds(reader)).toEqual([]);
    });

    it('has one reason for each time that it is ended', async () => {
      const reader = await subscribed();
      const give = (reason: string) => of().subscriptions.giveReason(reader, reason, EVIDENCE, 250);
      expect(await give('before')).toBe(false);
      await of().subscriptions.leave(reader, EVIDENCE, 200);
      expect([await give('first'), await give('again')]).toEqual([true, false]);
      await of().subscriptions.comeBack(reader, 0, EVIDENCE, 300);
      await of().subscriptions.leave(reader, EVIDENCE, 400);
      expect(await give('second')).toBe(true);
      const details = (await own(reader.subscriber)).map(({ detail }) => detail);
      expect(details).toEqual(['active', 'first', '', 'active', 'second']);
    });
  });
}
