// What readers do with their own subscriptions, and the log of it.
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/domain/consent.ts';
import type { SubscriptionNumber } from '../../../src/store/ledger.ts';
import { claim, type LedgerOf, LIST, mailingOf, people } from './setting.ts';

const EVIDENCE: Evidence = { origin: 'web', form: '/u/:token', words: 'Unsubscribe', ip: '203.0.113.9' };
const ADDRESS = 'reader0@example.org';

export function subscriptionsContract(of: LedgerOf): void {
  async function subscribed(): Promise<SubscriptionNumber> {
    const list = await of().lists.ensure(LIST, 1);
    await of().subscribers.import(people(2), LIST, 1);
    return { subscriber: (await of().subscribers.find(ADDRESS))?.id ?? 0, list };
  }
  const kinds = async ({ subscriber }: SubscriptionNumber) =>
    (await of().subscriptions.history(subscriber)).map(({ kind }) => kind);

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
      expect(await of().subscriptions.history(reader.subscriber)).toEqual([
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
      expect(await of().subscriptions.history(other?.id ?? 0)).toEqual([]);
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
      const details = (await of().subscriptions.history(reader.subscriber)).map(({ detail }) => detail);
      expect(details).toEqual(['active', 'first', '', 'active', 'second']);
    });
  });
}
