// What every ledger must do, whatever it is kept in. Called by ledger.test.ts for each engine.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClaimedDelivery, Settlement } from '../../src/domain/delivery.ts';
import type { EditionContent } from '../../src/domain/edition.ts';
import type { Mailing } from '../../src/domain/mailing.ts';
import { OUTCOMES, totalOf } from '../../src/domain/outcome.ts';
import type { Ledger, NewSubscriber, StateChange } from '../../src/store/ledger.ts';
import { openAll } from '../flows/open-all.ts';

const LIST = 'monthly';
const CONTENT: EditionContent = {
  issue: '2023-01',
  list: { id: LIST, title: 'Monthly', listId: 'monthly.example.org' },
  from: { name: 'News', address: 'news@example.org' },
  replyTo: null,
  subject: 'Subject',
  html: ['<p>', { name: 'name', fallback: 'you', context: 'html' }, '</p>'],
  text: ['Hi\n'],
  url: 'https://example.org/2023-01/',
  baseUrl: 'https://news.example.org',
  returnsDomain: null,
  returnPath: 'news@example.org',
};

export function ledgerContract(name: string, open: () => Promise<Ledger>): void {
  describe(`a ledger on ${name}`, () => {
    let ledger: Ledger;

    beforeEach(async () => {
      ledger = await open();
      await ledger.lists.ensure(LIST, 1);
    });
    afterEach(() => ledger.close());

    function people(count: number, from = 0): NewSubscriber[] {
      return Array.from({ length: count }, (_, index) => {
        const address = `reader${from + index}@example.org`;
        return { address, key: address, name: `Reader ${from + index}`, attributes: { city: 'Berlin' } };
      });
    }

    async function mailingOf(count: number): Promise<Mailing> {
      await ledger.subscribers.import(people(count), LIST, 1);
      return openAll(ledger, {
        issue: '2023-01',
        list: LIST,
        content: CONTENT,
        provenance: { commit: 'abc', isModified: false },
        at: 100,
      });
    }

    function claim(mailing: Mailing, claimName: string, now: number, limit = 100): Promise<ClaimedDelivery[]> {
      return ledger.deliveries.claim({
        mailing: mailing.id,
        first: 1,
        last: 1_000,
        claim: claimName,
        limit,
        now,
        until: now + 50,
      });
    }

    function change(mailing: number, rest: Partial<StateChange>): StateChange {
      return { mailing, from: [], to: 'paused', reason: null, event: 'paused', detail: '', at: 100, ...rest };
    }

    function settlement({ mailing, sequence, claim: held }: ClaimedDelivery, rest: Partial<Settlement>): Settlement {
      return {
        mailing,
        sequence,
        claim: held,
        outcome: 'accepted',
        reason: null,
        reply: '250 OK',
        dueAt: null,
        countsAsAttempt: true,
        at: 120,
        ...rest,
      };
    }

    describe('subscribers', () => {
      it('tells what an import did with each row, in order', async () => {
        await ledger.subscribers.import(people(3), LIST, 1);
        await ledger.subscribers.end('reader1@example.org', LIST, 'unsubscribed', 2);
        const again = people(4).map((row) => (row.key === 'reader2@example.org' ? { ...row, name: 'Somebody' } : row));
        expect(await ledger.subscribers.import(again, LIST, 3)).toEqual(['unchanged', 'kept', 'updated', 'added']);
      });

      it('never brings back a subscription that has ended', async () => {
        await ledger.subscribers.import(people(1), LIST, 1);
        expect(await ledger.subscribers.end('reader0@example.org', LIST, 'unsubscribed', 2)).toBe(true);
        await ledger.subscribers.import(people(1), LIST, 3);
        const found = await ledger.subscribers.find('reader0@example.org');
        expect(found?.subscriptions).toEqual([{ list: LIST, state: 'ended', endedReason: 'unsubscribed', since: 2 }]);
      });

      it('ends a subscription once', async () => {
        await ledger.subscribers.import(people(1), LIST, 1);
        expect(await ledger.subscribers.end('reader0@example.org', LIST, 'removed', 2)).toBe(true);
        expect(await ledger.subscribers.end('reader0@example.org', LIST, 'again', 3)).toBe(false);
        expect(await ledger.subscribers.end('nobody@example.org', LIST, 'removed', 3)).toBe(false);
      });

      it('knows one person on two lists as one', async () => {
        await ledger.lists.ensure('weekly', 1);
        await ledger.subscribers.import(people(1), LIST, 1);
        await ledger.subscribers.import(people(1), 'weekly', 1);
        const found = await ledger.subscribers.find('reader0@example.org');
        expect(found?.subscriptions.map(({ list }) => list)).toEqual([LIST, 'weekly']);
      });

      it('fills attributes without emptying any', async () => {
        await ledger.subscribers.import(people(1), LIST, 1);
        await ledger.subscribers.import(
          [{ address: 'reader0@example.org', key: 'reader0@example.org', name: '', attributes: { city: '', team: 'kernel' } }],
          LIST,
          2,
        );
        expect(await ledger.subscribers.find('reader0@example.org')).toMatchObject({
          name: 'Reader 0',
          attributes: { city: 'Berlin', team: 'kernel' },
        });
      });

      it('gives pages by id, with the suppression of each address', async () => {
        await ledger.subscribers.import(people(5), LIST, 1);
        await ledger.subscribers.suppress('reader3@example.org', 'reader3@example.org', 'complaint', 2);
        const first = await ledger.subscribers.page(LIST, 0, 3);
        const second = await ledger.subscribers.page(LIST, first.at(-1)?.id ?? 0, 3);
        expect([...first, ...second].map(({ address, suppression }) => [address, suppression])).toEqual(
          [0, 1, 2, 3, 4].map((n) => [`reader${n}@example.org`, n === 3 ? 'complaint' : null]),
        );
      });

      it('counts a list by state', async () => {
        await ledger.subscribers.import(people(3), LIST, 1);
        await ledger.subscribers.end('reader0@example.org', LIST, 'removed', 2);
        expect((await ledger.lists.find(LIST))?.counts).toEqual({ active: 2, pending: 0, ended: 1 });
      });
    });

    describe('a mailing', () => {
      it('is opened once for an issue and a list, with the first edition', async () => {
        const first = await mailingOf(3);
        const again = await ledger.mailings.create({
          issue: '2023-01',
          list: LIST,
          content: { ...CONTENT, subject: 'Other' },
          provenance: { commit: null, isModified: true },
          at: 200,
        });
        expect(again).toMatchObject({ isNew: false, mailing: { id: first.id } });
        const editions = await ledger.mailings.editions(first.id);
        expect(editions).toHaveLength(1);
        expect(editions[0]).toMatchObject({
          number: 1,
          content: CONTENT,
          provenance: { commit: 'abc', isModified: false },
          hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        });
      });

      it('is opened once when two open it at the same moment', async () => {
        await ledger.subscribers.import(people(50), LIST, 1);
        const request = {
          issue: '2023-01',
          list: LIST,
          content: CONTENT,
          provenance: { commit: null, isModified: true },
          at: 100,
        };
        const [one, two] = await Promise.all([openAll(ledger, request), openAll(ledger, request)]);
        expect(one.id).toBe(two.id);
        expect((await ledger.mailings.books(one.id)).recipients).toBe(50);
      });

      it('counts everybody on the list once, as recipient or as left out', async () => {
        await ledger.subscribers.import(people(4), LIST, 1);
        await ledger.subscribers.suppress('reader0@example.org', 'reader0@example.org', 'complaint', 1);
        await ledger.subscribers.end('reader1@example.org', LIST, 'unsubscribed', 1);
        const mailing = await openAll(ledger, {
          issue: '2023-01',
          list: LIST,
          content: CONTENT,
          provenance: { commit: null, isModified: true },
          at: 100,
        });
        expect(await ledger.mailings.books(mailing.id)).toMatchObject({
          onList: 4,
          recipients: 2,
          excluded: { suppressed: 1, ended: 1 },
          counts: { due: 2 },
        });
        expect(mailing.state).toBe('sending');
      });

      it('goes on where an opening was broken off, and opens no page twice', async () => {
        await ledger.subscribers.import(people(4), LIST, 1);
        const { mailing } = await ledger.mailings.create({
          issue: '2023-01',
          list: LIST,
          content: CONTENT,
          provenance: { commit: null, isModified: true },
          at: 100,
        });
        const rows = await ledger.subscribers.page(LIST, 0, 2);
        const page = {
          mailing: mailing.id,
          after: 0,
          through: rows[1]!.id,
          recipients: rows,
          excluded: [],
          at: 100,
        };
        expect(await ledger.mailings.openPage(page)).toBe(true);
        expect(await ledger.mailings.openPage(page)).toBe(false);
        await openAll(ledger, {
          issue: '2023-01',
          list: LIST,
          content: CONTENT,
          provenance: { commit: null, isModified: true },
          at: 200,
        });
        const deliveries = await ledger.deliveries.list(mailing.id, { limit: 10 });
        expect(deliveries.map(({ sequence, address }) => [sequence, address])).toEqual(
          [1, 2, 3, 4].map((n) => [n, `reader${n - 1}@example.org`]),
        );
      });

      it('changes its state only from the states that are named', async () => {
        const { id } = await mailingOf(1);
        expect(await ledger.mailings.changeState(change(id, { from: ['paused'], to: 'finished' }))).toBe(false);
        expect(await ledger.mailings.changeState(change(id, { from: ['sending'], to: 'paused', reason: 'because' }))).toBe(true);
        expect(await ledger.mailings.get(id)).toMatchObject({ state: 'paused', stateReason: 'because' });
      });
    });

    describe('a delivery', () => {
      it('is claimed by one only, in order, within the limit', async () => {
        const mailing = await mailingOf(5);
        const [a, b] = await Promise.all([claim(mailing, 'a', 100, 3), claim(mailing, 'b', 100, 3)]);
        expect(a.length + b.length).toBe(5);
        expect([...a, ...b].map(({ sequence }) => sequence).sort()).toEqual([1, 2, 3, 4, 5]);
      });

      it('comes with consent and suppression as they are at the claim', async () => {
        const mailing = await mailingOf(3);
        await ledger.subscribers.end('reader0@example.org', LIST, 'unsubscribed', 101);
        await ledger.subscribers.suppress('reader1@example.org', 'reader1@example.org', 'complaint', 101);
        const claimed = await claim(mailing, 'a', 102);
        expect(claimed.map(({ standing }) => standing)).toEqual([
          { state: 'ended', endedReason: 'unsubscribed', suppression: null },
          { state: 'active', endedReason: null, suppression: 'complaint' },
          { state: 'active', endedReason: null, suppression: null },
        ]);
      });

      it('is not claimed while its mailing is paused', async () => {
        const mailing = await mailingOf(1);
        await ledger.mailings.changeState(change(mailing.id, { from: ['sending'], to: 'paused' }));
        expect(await claim(mailing, 'a', 100)).toEqual([]);
      });

      it('is free again when a claim has run out without a mark, and the old claim can neither mark nor settle', async () => {
        const mailing = await mailingOf(1);
        const [old] = await claim(mailing, 'old', 100);
        expect(await claim(mailing, 'new', 149)).toEqual([]);
        const [fresh] = await claim(mailing, 'new', 150);
        expect(await ledger.deliveries.mark(old!, 151)).toBe(false);
        await ledger.deliveries.settle(settlement(old!, { outcome: 'rejected' }));
        expect(await ledger.deliveries.mark(fresh!, 152)).toBe(true);
        await ledger.deliveries.settle(settlement(fresh!, {}));
        expect((await ledger.mailings.books(mailing.id)).counts).toMatchObject({ accepted: 1, rejected: 0 });
      });

      it('is marked once', async () => {
        const [held] = await claim(await mailingOf(1), 'a', 100);
        expect([await ledger.deliveries.mark(held!, 101), await ledger.deliveries.mark(held!, 102)]).toEqual([true, false]);
      });

      it('is unknown when it was marked, never answered, and the claim has run out', async () => {
        const mailing = await mailingOf(2);
        const [marked] = await claim(mailing, 'a', 100);
        await ledger.deliveries.mark(marked!, 101);
        expect(await ledger.deliveries.settleAbandoned(mailing.id, 149)).toBe(0);
        expect(await ledger.deliveries.settleAbandoned(mailing.id, 150, { mailing: mailing.id, first: 2, last: 2 })).toBe(0);
        expect(await ledger.deliveries.settleAbandoned(mailing.id, 150)).toBe(1);
        expect((await ledger.mailings.books(mailing.id)).counts).toMatchObject({ unknown: 1, due: 1 });
        expect((await claim(mailing, 'b', 200)).map(({ sequence }) => sequence)).toEqual([2]);
      });

      it('is settled after all when the answer comes under the claim that ended its data', async () => {
        const mailing = await mailingOf(1);
        const [held] = await claim(mailing, 'a', 100);
        await ledger.deliveries.mark(held!, 101);
        await ledger.deliveries.settleAbandoned(mailing.id, 150);
        await ledger.deliveries.settle(settlement(held!, { at: 160 }));
        expect((await ledger.mailings.books(mailing.id)).counts).toMatchObject({ accepted: 1, unknown: 0 });
      });

      it('is kept by a claim that is renewed', async () => {
        const mailing = await mailingOf(1);
        const held = await claim(mailing, 'a', 100);
        await ledger.deliveries.renew(held, 300);
        expect(await claim(mailing, 'b', 200)).toEqual([]);
        expect(await ledger.mailings.waiting(mailing.id)).toMatchObject([{ dueAt: 300 }]);
      });

      it('is due at once when its claim is given back', async () => {
        const mailing = await mailingOf(1);
        await ledger.deliveries.release(await claim(mailing, 'a', 100));
        expect(await claim(mailing, 'b', 101)).toHaveLength(1);
      });

      it('waits until it is due, and remembers its attempts and the relay’s words', async () => {
        const mailing = await mailingOf(1);
        const [held] = await claim(mailing, 'a', 100);
        await ledger.deliveries.mark(held!, 101);
        await ledger.deliveries.settle(
          settlement(held!, { outcome: 'deferred', reason: 'greylisted', reply: '450 4.2.0 later', dueAt: 500, at: 110 }),
        );
        expect(await claim(mailing, 'b', 499)).toEqual([]);
        expect(await ledger.mailings.waiting(mailing.id)).toEqual([{ mailing: mailing.id, first: 1, last: 1_000, dueAt: 500 }]);
        const [again] = await claim(mailing, 'b', 500);
        expect(again).toMatchObject({ attempts: 1, firstTriedAt: 110, openedAt: 100 });
        expect(await ledger.deliveries.mark(again!, 501)).toBe(true);
        expect(await ledger.deliveries.list(mailing.id, { limit: 1 })).toMatchObject([
          { outcome: 'deferred', reason: 'greylisted', reply: '450 4.2.0 later', attempts: 1, dueAt: 500 },
        ]);
      });

      it('waits, for others, until the claim that holds it runs out', async () => {
        const mailing = await mailingOf(1);
        await claim(mailing, 'a', 100);
        expect(await ledger.mailings.waiting(mailing.id)).toMatchObject([{ dueAt: 150 }]);
      });

      it('is listed by outcome, page by page', async () => {
        const mailing = await mailingOf(4);
        for (const held of await claim(mailing, 'a', 100, 3))
          await ledger.deliveries.settle(settlement(held, { outcome: 'rejected', reason: 'user-unknown' }));
        const first = await ledger.deliveries.list(mailing.id, { outcome: 'rejected', limit: 2 });
        const rest = await ledger.deliveries.list(mailing.id, {
          outcome: 'rejected',
          limit: 2,
          after: first.at(-1)?.sequence ?? 0,
        });
        expect([...first, ...rest].map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
        expect((await ledger.mailings.books(mailing.id)).reasons).toEqual({ rejected: { 'user-unknown': 3 } });
      });
    });

    it('adds up at every instant while many write at once', async () => {
      const mailing = await mailingOf(200);
      const write = async (worker: number): Promise<void> => {
        for (
          let claimed = await claim(mailing, `w${worker}-0`, 100, 7), round = 1;
          claimed.length > 0;
          claimed = await claim(mailing, `w${worker}-${round++}`, 100, 7)
        ) {
          await Promise.all(
            claimed.map(async (held) => {
              if (await ledger.deliveries.mark(held, 101))
                await ledger.deliveries.settle(settlement(held, { outcome: OUTCOMES[held.sequence % 2 === 0 ? 0 : 3]! }));
            }),
          );
          const books = await ledger.mailings.books(mailing.id);
          expect(totalOf(books.counts)).toBe(books.recipients);
        }
      };
      await Promise.all([0, 1, 2, 3].map(write));
      expect((await ledger.mailings.books(mailing.id)).counts).toMatchObject({ accepted: 100, rejected: 100, due: 0 });
    });
  });
}
