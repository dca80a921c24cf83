// What is forgotten of a person and what is not, and a person with another address.
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/domain/consent.ts';
import type { Mailing } from '../../../src/domain/mailing.ts';
import { ACTIVE, claimed, importRequest, SUPPRESSED } from './imports.ts';
import { claim, type LedgerOf, LIST, mailingOf, people, settlement } from './setting.ts';

const EVIDENCE: Evidence = { origin: 'web', form: '/join', words: 'Subscribe', ip: '203.0.113.9' };
const ADDRESS = 'reader0@example.org';
const NEW = { address: 'Ada@new.example', key: 'ada@new.example' };

export function erasureContract(of: LedgerOf): void {
  const find = (key = ADDRESS) => of().subscribers.find(key);
  const idOf = async (key = ADDRESS) => (await find(key))?.id ?? 0;
  const erase = (at = 500, key = ADDRESS) => of().subscribers.erase(key, at);
  const apply = (key = ADDRESS, rest = {}) => of().imports.apply([claimed(key, ACTIVE, { name: 'Back' })], importRequest(rest));
  const suppress = (key: string, reason = 'manual') => of().suppressions.add({ key, address: key, reason, note: '', since: 50 });
  const ask = (key: string, at: number, lists = [LIST]) =>
    of().subscriptions.ask({ address: key, key, lists, evidence: EVIDENCE, at, noLetterSince: at - 1, mayGetLetter: () => true });
  const confirm = async (key: string, askedAt: number, at: number) =>
    of().subscriptions.confirm({
      ...{ subscriber: await idOf(key), lists: [await of().lists.ensure(LIST, 1)], askedAt, evidence: EVIDENCE, at },
      mayLift: () => false,
    });
  const deliveriesOf = ({ id }: Mailing) => of().deliveries.list(id, { limit: 100 });
  const sumOf = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, count) => sum + count, 0);

  describe('a person who is erased', () => {
    it('is in nothing that the ledger tells', async () => {
      const imported = await of().imports.begin({ at: 1, list: LIST, source: 'a.csv', format: 'CSV', consent: '' });
      await apply(ADDRESS, { import: imported });
      await of().lists.ensure('weekly', 1);
      await ask(ADDRESS, 300, ['weekly']);
      expect(await of().letters.due(1e12, 10)).toHaveLength(1);
      await suppress(ADDRESS);
      const id = await idOf();
      expect(await erase()).toBe(true);
      expect(await find()).toBeUndefined();
      expect(await of().suppressions.find(ADDRESS)).toBeUndefined();
      expect(await of().imports.all()).toMatchObject([{ id: imported, changes: 0 }]);
      expect(await of().subscriptions.history(id)).toEqual([]);
      expect(await of().letters.due(1e12, 10)).toEqual([]);
      expect(await of().subscribers.page(LIST, 0, 10)).toEqual([]);
      expect(await of().subscriptions.find({ subscriber: id, list: await of().lists.ensure(LIST, 1) })).toBeUndefined();
      expect(await of().subscribers.isErased(ADDRESS)).toBe(true);
    });

    it('is one: others stay as they are', async () => {
      await of().subscribers.import(people(2), LIST, 1);
      await suppress('eve@x.example');
      const before = await find('reader1@example.org');
      await erase();
      expect(await find('reader1@example.org')).toEqual(before);
      expect(await of().suppressions.page('', 10)).toHaveLength(1);
      expect(await of().subscribers.isErased('reader1@example.org')).toBe(false);
    });

    it('is erased once, and nobody is whom nobody knows', async () => {
      await of().subscribers.import(people(1), LIST, 1);
      expect([await erase(), await erase(), await erase(500, 'nobody@x.example')]).toEqual([true, false, false]);
      expect(await of().subscribers.isErased('nobody@x.example')).toBe(false);
    });

    it('may be known by a suppression alone, or by the changes of an import', async () => {
      await suppress('eve@x.example');
      expect(await erase(500, 'eve@x.example')).toBe(true);
      const imported = await of().imports.begin({ at: 1, list: LIST, source: 'a.csv', format: 'CSV', consent: '' });
      await of().imports.apply([claimed('bad@x.example', SUPPRESSED)], importRequest({ import: imported }));
      await of().suppressions.remove('bad@x.example', 'complaint', 60);
      expect(await erase(500, 'bad@x.example')).toBe(true);
      expect(await of().suppressions.page('', 10)).toEqual([]);
      expect(await of().imports.all()).toMatchObject([{ changes: 0 }]);
      expect([await of().subscribers.isErased('eve@x.example'), await of().subscribers.isErased('bad@x.example')]).toEqual([
        true,
        true,
      ]);
    });

    it('stays in the books of mailings without an address and without the words of the relay', async () => {
      const mailing = await mailingOf(of(), 3);
      const [first, second, third] = await claim(of(), mailing, 'a', 200);
      await of().deliveries.settle(settlement(first!, { reply: `250 OK for ${ADDRESS}` }));
      const deferred = { outcome: 'deferred', reason: 'busy', reply: '451 reader1 later', dueAt: 900 } as const;
      await of().deliveries.settle(settlement(second!, deferred));
      await of().deliveries.release([third!]);
      for (const { address } of people(3)) expect(await erase(500, address)).toBe(true);
      const nameless = { address: '', reply: null };
      expect(await deliveriesOf(mailing)).toMatchObject([
        { ...nameless, outcome: 'accepted' },
        { ...nameless, outcome: 'withheld', reason: 'erased', dueAt: null, settledAt: 500 },
        { ...nameless, outcome: 'withheld', reason: 'erased', dueAt: null, settledAt: 500 },
      ]);
      const books = await of().mailings.books(mailing.id);
      expect(books).toMatchObject({ recipients: 3, counts: { accepted: 1, withheld: 2, due: 0, deferred: 0 } });
      expect(sumOf(books.counts)).toBe(books.recipients);
      expect(await claim(of(), mailing, 'b', 10_000)).toEqual([]);
      expect(await of().mailings.finish(mailing.id, 10_000, () => '')).toBe(true);
    });

    it('is in nobody’s way who holds the delivery at that moment', async () => {
      const mailing = await mailingOf(of(), 1);
      const [held] = await claim(of(), mailing, 'a', 200);
      await erase(210);
      expect(await of().deliveries.mark(held!, 220)).toBe(true);
      await of().deliveries.settle(settlement(held!, { reply: null, at: 230 }));
      expect(await deliveriesOf(mailing)).toMatchObject([{ address: '', outcome: 'accepted' }]);
      expect((await of().mailings.books(mailing.id)).counts).toMatchObject({ accepted: 1, withheld: 0 });
    });

    it('is not brought back by a file, of whatever kind, nor by an admin', async () => {
      await of().subscribers.import(people(1), LIST, 1);
      await erase();
      for (const state of ['active', 'pending', 'ended', 'suppressed'] as const) {
        const row = claimed(ADDRESS, { state, reason: null, since: null }, { name: 'Back' });
        const [imported] = await of().imports.apply([row], importRequest({ letterEveryMs: 50 }));
        expect(imported).toMatchObject({ result: 'kept', after: { isKnown: false, subscription: null, suppression: null } });
      }
      expect(await of().subscribers.import(people(1), LIST, 600)).toEqual(['kept']);
      expect(await find()).toBeUndefined();
      expect(await of().suppressions.find(ADDRESS)).toBeUndefined();
      expect(await of().letters.due(1e12, 10)).toEqual([]);
    });

    it('is not brought back by undoing what a file did before', async () => {
      await of().subscribers.import(people(1), LIST, 1);
      const imported = await of().imports.begin({ at: 1, list: LIST, source: 'a.csv', format: 'CSV', consent: '' });
      await apply(ADDRESS, { import: imported });
      await erase();
      expect(await of().imports.undo(imported, 10, 600)).toEqual({ undone: 0, changedSince: 0 });
      expect(await find()).toBeUndefined();
    });

    it('comes back by asking and confirming, and by nothing less', async () => {
      const mailing = await mailingOf(of(), 1);
      await erase();
      await ask(ADDRESS, 5_000);
      expect(await of().subscribers.isErased(ADDRESS)).toBe(true);
      expect(await confirm(ADDRESS, 5_000, 5_100)).toEqual([LIST]);
      expect(await of().subscribers.isErased(ADDRESS)).toBe(false);
      expect(await find()).toMatchObject({ name: '', attributes: {}, deliveries: [], subscriptions: [{ state: 'active' }] });
      expect((await of().subscriptions.history(await idOf())).map(({ kind }) => kind)).toEqual(['asked', 'confirmed']);
      expect(await deliveriesOf(mailing)).toMatchObject([{ address: '' }]);
      expect(await apply()).toMatchObject([{ result: 'updated', after: { name: 'Back' } }]);
      expect([await erase(6_000), await of().subscribers.isErased(ADDRESS)]).toEqual([true, true]);
    });

    it('has no heir: neither number nor books go to whoever comes next', async () => {
      await mailingOf(of(), 1);
      const id = await idOf();
      await erase();
      await of().subscribers.import(people(1, 7), LIST, 600);
      const next = await find('reader7@example.org');
      expect(next?.id).not.toBe(id);
      expect(next?.deliveries).toEqual([]);
    });
  });

  describe('a person who moves', () => {
    const move = (to = NEW, key = ADDRESS, at = 400) => of().subscribers.move(key, to, at);

    it('is the same under the new address, and the old one is free', async () => {
      await of().subscribers.import(people(1), LIST, 1);
      const before = await find();
      expect(await move()).toBe('moved');
      expect(await find(NEW.key)).toEqual({ ...before, address: NEW.address });
      expect(await find()).toBeUndefined();
      expect(await of().subscribers.import(people(1), LIST, 500)).toEqual(['added']);
    });

    it('has the address before in the consent log', async () => {
      await of().subscribers.import(people(1), LIST, 1);
      await move();
      const history = await of().subscriptions.history(await idOf(NEW.key));
      expect(history).toMatchObject([
        { kind: 'imported' },
        { kind: 'moved', at: 400, detail: ADDRESS, origin: 'command', list: '' },
      ]);
    });

    it('may change the spelling only', async () => {
      await of().subscribers.import(people(1), LIST, 1);
      expect(await move({ address: 'Reader0@example.org', key: ADDRESS })).toBe('moved');
      expect((await find())?.address).toBe('Reader0@example.org');
    });

    it('gets what is still to be sent at the new address, and what was sent stays in the books as it was', async () => {
      const mailing = await mailingOf(of(), 1);
      const [held] = await claim(of(), mailing, 'a', 200);
      await of().deliveries.settle(settlement(held!));
      const later = await mailingOf(of(), 1, { issue: '2023-02' });
      const put = await mailingOf(of(), 1, { issue: '2023-03' });
      const [tried] = await claim(of(), put, 'a', 200);
      await of().deliveries.settle(settlement(tried!, { outcome: 'deferred', reply: '451 later', dueAt: 900 }));
      await move();
      expect(await deliveriesOf(mailing)).toMatchObject([{ address: ADDRESS, outcome: 'accepted' }]);
      expect(await deliveriesOf(later)).toMatchObject([{ address: NEW.address, outcome: 'due' }]);
      expect(await deliveriesOf(put)).toMatchObject([{ address: NEW.address, outcome: 'deferred' }]);
      for (const each of [later, put])
        expect(await claim(of(), each, 'b', 1_000)).toMatchObject([{ subscriber: { address: NEW.address } }]);
    });

    it('gets the letter that waits at the new address', async () => {
      await ask(ADDRESS, 5_000);
      await move();
      expect(await of().letters.due(5_000, 10)).toMatchObject([{ address: NEW.address }]);
    });

    it('is erased under the addresses from before too', async () => {
      const imported = await of().imports.begin({ at: 1, list: LIST, source: 'a.csv', format: 'CSV', consent: '' });
      await apply(ADDRESS, { import: imported });
      await move();
      await move({ address: 'ada@newer.example', key: 'ada@newer.example' }, NEW.key, 450);
      const keys = [ADDRESS, NEW.key, 'ada@newer.example'];
      expect(await erase(500, 'ada@newer.example')).toBe(true);
      expect(await of().imports.all()).toMatchObject([{ id: imported, changes: 0 }]);
      for (const key of keys) {
        expect(await of().subscribers.isErased(key)).toBe(true);
        expect(await apply(key, { import: imported })).toMatchObject([{ result: 'kept', after: { isKnown: false } }]);
        expect(await find(key)).toBeUndefined();
      }
      expect(await of().imports.all()).toMatchObject([{ id: imported, changes: 0 }]);
      expect(await of().subscribers.isErased('reader1@example.org')).toBe(false);
    });

    it('is not erased of a former address that is somebody else’s now', async () => {
      await of().subscribers.import([{ address: ADDRESS, key: ADDRESS, name: '', attributes: {} }], LIST, 1);
      await move();
      await apply(ADDRESS, { import: null });
      await erase(500, NEW.key);
      expect([await of().subscribers.isErased(NEW.key), await of().subscribers.isErased(ADDRESS)]).toEqual([true, false]);
      expect((await find())?.subscriptions).toMatchObject([{ state: 'active' }]);
    });

    it('takes what was said of the former address along when all is erased', async () => {
      await of().subscribers.import([{ address: ADDRESS, key: ADDRESS, name: '', attributes: {} }], LIST, 1);
      await move();
      await suppress(ADDRESS);
      await erase(500, NEW.key);
      expect(await of().suppressions.find(ADDRESS)).toBeUndefined();
    });

    it('is unknown where nobody is there', async () => {
      await suppress(ADDRESS);
      expect(await move()).toBe('unknown');
      expect(await find(NEW.key)).toBeUndefined();
    });

    it.each([
      ['taken', 'another is there', () => of().subscribers.import([{ ...NEW, name: '', attributes: {} }], LIST, 2)],
      ['suppressed', 'the old address must not be mailed', () => suppress(ADDRESS)],
      ['suppressed', 'the new address must not be mailed', () => suppress(NEW.key)],
      [
        'erased',
        'the owner of the new address had all erased',
        async () => {
          await of().subscribers.import([{ ...NEW, name: '', attributes: {} }], LIST, 2);
          await erase(3, NEW.key);
        },
      ],
    ])('does not: %s, where %s', async (result, _, prepare) => {
      await of().subscribers.import(people(1), LIST, 1);
      await prepare();
      const before = [await find(), await find(NEW.key), await of().subscriptions.history(await idOf())];
      expect(await move()).toBe(result);
      expect([await find(), await find(NEW.key), await of().subscriptions.history(await idOf())]).toEqual(before);
    });
  });
}
