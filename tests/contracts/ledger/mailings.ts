// Mailings: opened once, page by page, and counted.
import { describe, expect, it } from 'vitest';
import { openAll } from '../../flows/open-all.ts';
import { CONTENT, change, type LedgerOf, LIST, mailingOf, people } from './setting.ts';

export function mailingsContract(of: LedgerOf): void {
  describe('a mailing', () => {
    it('is opened once for an issue and a list, with the first edition', async () => {
      const first = await mailingOf(of(), 3);
      const again = await of().mailings.create({
        issue: '2023-01',
        list: LIST,
        content: { ...CONTENT, subject: 'Other' },
        provenance: { commit: null, isModified: true },
        at: 200,
      });
      expect(again).toMatchObject({ isNew: false, mailing: { id: first.id } });
      const editions = await of().mailings.editions(first.id);
      expect(editions).toHaveLength(1);
      expect(editions[0]).toMatchObject({
        number: 1,
        content: CONTENT,
        provenance: { commit: 'abc', isModified: false },
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
    });

    it('is opened once when two open it at the same moment', async () => {
      await of().subscribers.import(people(50), LIST, 1);
      const request = {
        issue: '2023-01',
        list: LIST,
        content: CONTENT,
        provenance: { commit: null, isModified: true },
        at: 100,
      };
      const [one, two] = await Promise.all([openAll(of(), request), openAll(of(), request)]);
      expect(one.id).toBe(two.id);
      expect((await of().mailings.books(one.id)).recipients).toBe(50);
    });

    it('counts everybody on the list once, as recipient or as left out', async () => {
      await of().subscribers.import(people(4), LIST, 1);
      await of().suppressions.add({
        key: 'reader0@example.org',
        address: 'reader0@example.org',
        reason: 'complaint',
        note: '',
        since: 1,
      });
      await of().subscribers.end('reader1@example.org', LIST, 'unsubscribed', 1);
      const mailing = await openAll(of(), {
        issue: '2023-01',
        list: LIST,
        content: CONTENT,
        provenance: { commit: null, isModified: true },
        at: 100,
      });
      expect(await of().mailings.books(mailing.id)).toMatchObject({
        onList: 4,
        recipients: 2,
        excluded: { suppressed: 1, ended: 1 },
        counts: { due: 2 },
      });
      expect(mailing.state).toBe('sending');
    });

    it('goes on where an opening was broken off, and opens no page twice', async () => {
      await of().subscribers.import(people(4), LIST, 1);
      const { mailing } = await of().mailings.create({
        issue: '2023-01',
        list: LIST,
        content: CONTENT,
        provenance: { commit: null, isModified: true },
        at: 100,
      });
      const rows = await of().subscribers.page(LIST, 0, 2);
      const page = {
        mailing: mailing.id,
        after: 0,
        through: rows[1]!.id,
        recipients: rows,
        excluded: [],
        at: 100,
      };
      expect(await of().mailings.openPage(page)).toBe(true);
      expect(await of().mailings.openPage(page)).toBe(false);
      await openAll(of(), {
        issue: '2023-01',
        list: LIST,
        content: CONTENT,
        provenance: { commit: null, isModified: true },
        at: 200,
      });
      const deliveries = await of().deliveries.list(mailing.id, { limit: 10 });
      expect(deliveries.map(({ sequence, address }) => [sequence, address])).toEqual(
        [1, 2, 3, 4].map((n) => [n, `reader${n - 1}@example.org`]),
      );
    });

    it('changes its state only from the states that are named', async () => {
      const { id } = await mailingOf(of(), 1);
      expect(await of().mailings.changeState(change(id, { from: ['paused'], to: 'finished' }))).toBe(false);
      expect(await of().mailings.changeState(change(id, { from: ['sending'], to: 'paused', reason: 'because' }))).toBe(true);
      expect(await of().mailings.get(id)).toMatchObject({ state: 'paused', stateReason: 'because' });
    });
  });
}
