// Subscribers and lists.
import { describe, expect, it } from 'vitest';
import { type LedgerOf, LIST, people } from './setting.ts';

export function subscribersContract(of: LedgerOf): void {
  describe('subscribers', () => {
    it('tells what an import did with each row, in order', async () => {
      await of().subscribers.import(people(3), LIST, 1);
      await of().subscribers.end('reader1@example.org', LIST, 'unsubscribed', 2);
      const again = people(4).map((row) => (row.key === 'reader2@example.org' ? { ...row, name: 'Somebody' } : row));
      expect(await of().subscribers.import(again, LIST, 3)).toEqual(['unchanged', 'kept', 'updated', 'added']);
    });

    it('never brings back a subscription that has ended', async () => {
      await of().subscribers.import(people(1), LIST, 1);
      expect(await of().subscribers.end('reader0@example.org', LIST, 'unsubscribed', 2)).toBe(true);
      await of().subscribers.import(people(1), LIST, 3);
      const found = await of().subscribers.find('reader0@example.org');
      expect(found?.subscriptions).toEqual([{ list: LIST, state: 'ended', endedReason: 'unsubscribed', since: 2 }]);
    });

    it('ends a subscription once', async () => {
      await of().subscribers.import(people(1), LIST, 1);
      expect(await of().subscribers.end('reader0@example.org', LIST, 'removed', 2)).toBe(true);
      expect(await of().subscribers.end('reader0@example.org', LIST, 'again', 3)).toBe(false);
      expect(await of().subscribers.end('nobody@example.org', LIST, 'removed', 3)).toBe(false);
    });

    it('knows one person on two lists as one', async () => {
      await of().lists.ensure('weekly', 1);
      await of().subscribers.import(people(1), LIST, 1);
      await of().subscribers.import(people(1), 'weekly', 1);
      const found = await of().subscribers.find('reader0@example.org');
      expect(found?.subscriptions.map(({ list }) => list)).toEqual([LIST, 'weekly']);
    });

    it('fills attributes without emptying any', async () => {
      await of().subscribers.import(people(1), LIST, 1);
      await of().subscribers.import(
        [{ address: 'reader0@example.org', key: 'reader0@example.org', name: '', attributes: { city: '', team: 'kernel' } }],
        LIST,
        2,
      );
      expect(await of().subscribers.find('reader0@example.org')).toMatchObject({
        name: 'Reader 0',
        attributes: { city: 'Berlin', team: 'kernel' },
      });
    });

    it('gives pages by id, with the suppression of each address', async () => {
      await of().subscribers.import(people(5), LIST, 1);
      await of().suppressions.add({
        key: 'reader3@example.org',
        address: 'reader3@example.org',
        reason: 'complaint',
        note: '',
        since: 2,
      });
      const first = await of().subscribers.page(LIST, 0, 3);
      const second = await of().subscribers.page(LIST, first.at(-1)?.id ?? 0, 3);
      expect([...first, ...second].map(({ address, suppression }) => [address, suppression])).toEqual(
        [0, 1, 2, 3, 4].map((n) => [`reader${n}@example.org`, n === 3 ? 'complaint' : null]),
      );
    });

    it('counts a list by state', async () => {
      await of().subscribers.import(people(3), LIST, 1);
      await of().subscribers.end('reader0@example.org', LIST, 'removed', 2);
      expect((await of().lists.find(LIST))?.counts).toEqual({ active: 2, pending: 0, ended: 1 });
    });
  });
}
