// Addresses that must not be mailed, and the secrets that have signed what is out there.
import { describe, expect, it } from 'vitest';
import type { Suppression } from '../../../src/store/people.ts';
import { claimed, importRequest } from './imports.ts';
import { type LedgerOf, LIST, people } from './setting.ts';

const ADA: Suppression = { key: 'ada@x.example', address: 'Ada@x.example', reason: 'manual', note: 'by phone', since: 50 };

export function suppressionsContract(of: LedgerOf): void {
  const add = (rest: Partial<Suppression> = {}) => of().suppressions.add({ ...ADA, ...rest });
  const find = () => of().suppressions.find(ADA.key);

  describe('a suppression', () => {
    it('is found as it was added, though nobody of that address is known', async () => {
      expect(await find()).toBeUndefined();
      expect(await add()).toBe('added');
      expect(await find()).toEqual(ADA);
      expect(await of().subscribers.find(ADA.key)).toBeUndefined();
      expect(await of().suppressions.find('bob@x.example')).toBeUndefined();
    });

    it.each([
      ['the same again', 'manual', { reason: 'manual', since: 60 }, 'unchanged', 'manual'],
      ['the same from before', 'manual', { reason: 'manual', since: 40 }, 'updated', 'manual'],
      ["a reader's own where an admin's is", 'manual', { reason: 'requested', since: 60 }, 'updated', 'requested'],
      ["an admin's where a reader's own is", 'complaint', { reason: 'manual', since: 40 }, 'unchanged', 'complaint'],
      ['a mail called spam where its reader asked', 'requested', { reason: 'complaint', since: 60 }, 'updated', 'complaint'],
      ['a reader asking where a mail was called spam', 'complaint', { reason: 'requested', since: 60 }, 'unchanged', 'complaint'],
    ] as const)('takes %s', async (_, reason, later, result, stays) => {
      await add({ reason });
      expect(await add({ note: 'later', ...later })).toBe(result);
      const { since, note } = result === 'updated' ? { since: later.since, note: 'later' } : ADA;
      expect(await find()).toEqual({ ...ADA, reason: stays, since, note });
      expect(await of().suppressions.page('', 10)).toHaveLength(1);
    });

    it.each([
      ['stays where the reason stays and nothing else is said', { since: 40, note: '' }, 'by phone'],
      ['gives way to another', { since: 40, note: 'by letter' }, 'by letter'],
      ['goes where the reason changes', { reason: 'requested', since: 60, note: '' }, ''],
      ['goes with its reason, and another comes', { reason: 'requested', since: 60, note: 'by letter' }, 'by letter'],
    ])('has a note that %s', async (_, later, note) => {
      await add();
      expect(await add(later)).toBe('updated');
      expect(await find()).toEqual({ ...ADA, ...later, note });
    });

    it.each([
      ['stays where a file gives the same reason', 'manual', 'by phone'],
      ['goes where a file gives a stronger one', 'complaint', ''],
    ])('has a note that %s', async (_, reason, note) => {
      await add();
      await of().imports.apply([claimed(ADA.key, { state: 'suppressed', reason, since: 40 })], importRequest());
      expect(await find()).toMatchObject({ reason, since: 40, note });
    });

    it('is not written down again for an address that was erased', async () => {
      await add();
      await of().subscribers.erase(ADA.key, 60);
      for (const reason of ['manual', 'complaint']) expect(await add({ reason, since: 70 })).toBe('kept');
      expect(await find()).toBeUndefined();
      expect(await of().suppressions.page('', 10)).toEqual([]);
      expect(await add({ key: 'bob@x.example', address: 'bob@x.example' })).toBe('added');
    });

    it('is lifted for its own reason only, and once', async () => {
      await add({ reason: 'complaint' });
      expect(await of().suppressions.remove(ADA.key, 'manual', 60)).toBe(false);
      expect(await find()).toMatchObject({ reason: 'complaint' });
      expect(await of().suppressions.remove(ADA.key, 'complaint', 60)).toBe(true);
      expect(await of().suppressions.remove(ADA.key, 'complaint', 60)).toBe(false);
      expect(await find()).toBeUndefined();
    });

    it('is in the consent log of a known subscriber, and its lifting too', async () => {
      await of().subscribers.import(people(1), LIST, 1);
      const key = 'reader0@example.org';
      const id = (await of().subscribers.find(key))?.id ?? 0;
      const own = async () => (await of().subscriptions.history(id)).slice(1);
      await add({ key, address: key, reason: 'gone', since: 50 });
      await add({ key, address: key, reason: 'gone', since: 55 });
      await of().suppressions.remove(key, 'manual', 60);
      await of().suppressions.remove(key, 'gone', 70);
      const entry = { id: expect.any(Number), list: '', origin: 'command', form: '', words: '', ip: '', detail: 'gone' };
      expect(await own()).toEqual([
        { ...entry, kind: 'suppressed', at: 50 },
        { ...entry, kind: 'lifted', at: 70 },
      ]);
    });

    it('stands at the subscriber and leaves the subscription as it was', async () => {
      await of().subscribers.import(people(1), LIST, 1);
      await add({ key: 'reader0@example.org', address: 'reader0@example.org' });
      expect(await of().subscribers.find('reader0@example.org')).toMatchObject({
        suppression: { reason: 'manual', at: 50 },
        subscriptions: [{ state: 'active' }],
      });
    });
  });

  describe('suppressions', () => {
    it('come in pages by key, each of them once', async () => {
      const keys = ['c@x.example', 'a@x.example', 'e@x.example', 'b@x.example', 'd@x.example'];
      for (const key of keys) await add({ key, address: key });
      const pages: string[][] = [];
      for (let after = ''; pages.length < 10; ) {
        const page = (await of().suppressions.page(after, 2)).map(({ key }) => key);
        if (page.length === 0) break;
        pages.push(page);
        after = page.at(-1) ?? '';
      }
      expect(pages).toEqual([['a@x.example', 'b@x.example'], ['c@x.example', 'd@x.example'], ['e@x.example']]);
      expect(await of().suppressions.page('e@x.example', 2)).toEqual([]);
    });

    it('leave none out between pages, however the keys are spelled', async () => {
      const keys = [
        'a-b@x.example',
        'a.b@x.example',
        'a_b@x.example',
        'ab@x.example',
        'zoë@x.example',
        'a+b@x.example',
        '1@x.example',
      ];
      for (const key of keys) await add({ key, address: key });
      const seen: string[] = [];
      for (let after = ''; seen.length < 20; ) {
        const [one] = await of().suppressions.page(after, 1);
        if (!one) break;
        seen.push(one.key);
        after = one.key;
      }
      expect([...seen].sort()).toEqual([...keys].sort());
    });
  });

  describe('secrets', () => {
    it('are known by their marks, the oldest first, each from its first use', async () => {
      expect(await of().secrets.used()).toEqual([]);
      await of().secrets.note('second', 20);
      await of().secrets.note('first', 10);
      await of().secrets.note('third', 30);
      await of().secrets.note('second', 5);
      await of().secrets.note('first', 40);
      expect(await of().secrets.used()).toEqual([
        { mark: 'first', firstUsedAt: 10 },
        { mark: 'second', firstUsedAt: 20 },
        { mark: 'third', firstUsedAt: 30 },
      ]);
    });
  });
}
