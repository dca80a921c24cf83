// Deliveries: claimed, marked, settled, each claim fenced by its own name.
import { describe, expect, it } from 'vitest';
import { OUTCOMES, totalOf } from '../../../src/domain/outcome.ts';
import { change, claim, type LedgerOf, LIST, mailingOf, settlement } from './setting.ts';

export function deliveriesContract(of: LedgerOf): void {
  describe('a delivery', () => {
    it('is claimed by one only, in order, within the limit', async () => {
      const mailing = await mailingOf(of(), 5);
      const [a, b] = await Promise.all([claim(of(), mailing, 'a', 100, 3), claim(of(), mailing, 'b', 100, 3)]);
      expect(a.length + b.length).toBe(5);
      expect([...a, ...b].map(({ sequence }) => sequence).sort()).toEqual([1, 2, 3, 4, 5]);
    });

    it('comes with consent and suppression as they are at the claim', async () => {
      const mailing = await mailingOf(of(), 3);
      await of().subscribers.end('reader0@example.org', LIST, 'unsubscribed', 101);
      await of().suppressions.add({
        key: 'reader1@example.org',
        address: 'reader1@example.org',
        reason: 'complaint',
        note: '',
        since: 101,
      });
      const claimed = await claim(of(), mailing, 'a', 102);
      expect(claimed.map(({ standing }) => standing)).toEqual([
        { state: 'ended', endedReason: 'unsubscribed', suppression: null },
        { state: 'active', endedReason: null, suppression: 'complaint' },
        { state: 'active', endedReason: null, suppression: null },
      ]);
    });

    it('is not claimed while its mailing is paused', async () => {
      const mailing = await mailingOf(of(), 1);
      await of().mailings.changeState(change(mailing.id, { from: ['sending'], to: 'paused' }));
      expect(await claim(of(), mailing, 'a', 100)).toEqual([]);
    });

    it('is free again when a claim has run out without a mark, and the old claim can neither mark nor settle', async () => {
      const mailing = await mailingOf(of(), 1);
      const [old] = await claim(of(), mailing, 'old', 100);
      expect(await claim(of(), mailing, 'new', 149)).toEqual([]);
      const [fresh] = await claim(of(), mailing, 'new', 150);
      expect(await of().deliveries.mark(old!, 151)).toBe(false);
      await of().deliveries.settle(settlement(old!, { outcome: 'rejected' }));
      expect(await of().deliveries.mark(fresh!, 152)).toBe(true);
      await of().deliveries.settle(settlement(fresh!, {}));
      expect((await of().mailings.books(mailing.id)).counts).toMatchObject({ accepted: 1, rejected: 0 });
    });

    it('is marked once', async () => {
      const [held] = await claim(of(), await mailingOf(of(), 1), 'a', 100);
      expect([await of().deliveries.mark(held!, 101), await of().deliveries.mark(held!, 102)]).toEqual([true, false]);
    });

    // Once: asked for in one group, both were told that it was theirs, and a process that had been frozen sent it twice.
    it('is marked under the claim that holds, where the one before it asks at the same moment', async () => {
      const mailing = await mailingOf(of(), 1);
      const [stale] = await claim(of(), mailing, 'stale', 100);
      const [fresh] = await claim(of(), mailing, 'fresh', 200);
      const asked = [stale!, fresh!, stale!].map((held) => of().deliveries.mark(held, 201));
      expect(await Promise.all(asked)).toEqual([false, true, false]);
    });

    it('is unknown when it was marked, never answered, and the claim has run out', async () => {
      const mailing = await mailingOf(of(), 2);
      const [marked] = await claim(of(), mailing, 'a', 100);
      await of().deliveries.mark(marked!, 101);
      expect(await of().deliveries.settleAbandoned(mailing.id, 149)).toBe(0);
      expect(await of().deliveries.settleAbandoned(mailing.id, 150, { mailing: mailing.id, first: 2, last: 2 })).toBe(0);
      expect(await of().deliveries.settleAbandoned(mailing.id, 150)).toBe(1);
      expect((await of().mailings.books(mailing.id)).counts).toMatchObject({ unknown: 1, due: 1 });
      expect((await claim(of(), mailing, 'b', 200)).map(({ sequence }) => sequence)).toEqual([2]);
    });

    it('is settled after all when the answer comes under the claim that ended its data', async () => {
      const mailing = await mailingOf(of(), 1);
      const [held] = await claim(of(), mailing, 'a', 100);
      await of().deliveries.mark(held!, 101);
      await of().deliveries.settleAbandoned(mailing.id, 150);
      await of().deliveries.settle(settlement(held!, { at: 160 }));
      expect((await of().mailings.books(mailing.id)).counts).toMatchObject({ accepted: 1, unknown: 0 });
    });

    it('is kept by a claim that is renewed', async () => {
      const mailing = await mailingOf(of(), 1);
      const held = await claim(of(), mailing, 'a', 100);
      await of().deliveries.renew(held, 300);
      expect(await claim(of(), mailing, 'b', 200)).toEqual([]);
      expect(await of().mailings.waiting(mailing.id)).toMatchObject([{ dueAt: 300 }]);
    });

    it('is due at once when its claim is given back', async () => {
      const mailing = await mailingOf(of(), 1);
      await of().deliveries.release(await claim(of(), mailing, 'a', 100));
      expect(await claim(of(), mailing, 'b', 101)).toHaveLength(1);
    });

    it('waits until it is due, and remembers its attempts and the relay’s words', async () => {
      const mailing = await mailingOf(of(), 1);
      const [held] = await claim(of(), mailing, 'a', 100);
      await of().deliveries.mark(held!, 101);
      await of().deliveries.settle(
        settlement(held!, { outcome: 'deferred', reason: 'greylisted', reply: '450 4.2.0 later', dueAt: 500, at: 110 }),
      );
      expect(await claim(of(), mailing, 'b', 499)).toEqual([]);
      expect(await of().mailings.waiting(mailing.id)).toEqual([{ mailing: mailing.id, first: 1, last: 1_000, dueAt: 500 }]);
      const [again] = await claim(of(), mailing, 'b', 500);
      expect(again).toMatchObject({ attempts: 1, firstTriedAt: 110, openedAt: 100 });
      expect(await of().deliveries.mark(again!, 501)).toBe(true);
      expect(await of().deliveries.list(mailing.id, { limit: 1 })).toMatchObject([
        { outcome: 'deferred', reason: 'greylisted', reply: '450 4.2.0 later', attempts: 1, dueAt: 500 },
      ]);
    });

    it('waits, for others, until the claim that holds it runs out', async () => {
      const mailing = await mailingOf(of(), 1);
      await claim(of(), mailing, 'a', 100);
      expect(await of().mailings.waiting(mailing.id)).toMatchObject([{ dueAt: 150 }]);
    });

    it('is listed by outcome, page by page', async () => {
      const mailing = await mailingOf(of(), 4);
      for (const held of await claim(of(), mailing, 'a', 100, 3))
        await of().deliveries.settle(settlement(held, { outcome: 'rejected', reason: 'user-unknown' }));
      const first = await of().deliveries.list(mailing.id, { outcome: 'rejected', limit: 2 });
      const rest = await of().deliveries.list(mailing.id, {
        outcome: 'rejected',
        limit: 2,
        after: first.at(-1)?.sequence ?? 0,
      });
      expect([...first, ...rest].map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
      expect((await of().mailings.books(mailing.id)).reasons).toEqual({ rejected: { 'user-unknown': 3 } });
    });
  });

  it('adds up at every instant while many write at once', async () => {
    const mailing = await mailingOf(of(), 200);
    const write = async (worker: number): Promise<void> => {
      for (
        let claimed = await claim(of(), mailing, `w${worker}-0`, 100, 7), round = 1;
        claimed.length > 0;
        claimed = await claim(of(), mailing, `w${worker}-${round++}`, 100, 7)
      ) {
        await Promise.all(
          claimed.map(async (held) => {
            if (await of().deliveries.mark(held, 101))
              await of().deliveries.settle(settlement(held, { outcome: OUTCOMES[held.sequence % 2 === 0 ? 0 : 3]! }));
          }),
        );
        const books = await of().mailings.books(mailing.id);
        expect(totalOf(books.counts)).toBe(books.recipients);
      }
    };
    await Promise.all([0, 1, 2, 3].map(write));
    expect((await of().mailings.books(mailing.id)).counts).toMatchObject({ accepted: 100, rejected: 100, due: 0 });
  });
}
