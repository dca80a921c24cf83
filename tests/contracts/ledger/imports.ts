// Files of subscribers into the ledger, what is said of each row, and the way back.
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../src/domain/claim.ts';
import type { Evidence } from '../../../src/domain/consent.ts';
import type { RosterRow } from '../../../src/domain/roster.ts';
import type { ImportRequest, Person } from '../../../src/store/people.ts';
import { type LedgerOf, LIST, mailingOf, outcomesOf } from './setting.ts';

const EVIDENCE: Evidence = { origin: 'import', form: 'import 1 readers.csv', words: 'the form on our site', ip: '' };
const BY_READER: Evidence = { origin: 'web', form: '/u/:token', words: 'Unsubscribe', ip: '203.0.113.9' };
const AT = 1_000;
const EVER = 1e12;
const ADA = 'ada@x.example';

export const ACTIVE: Claim = { state: 'active', reason: null, since: 10 };
const PENDING: Claim = { state: 'pending', reason: null, since: null };
const ENDED: Claim = { state: 'ended', reason: 'unsubscribed', since: 20 };
export const SUPPRESSED: Claim = { state: 'suppressed', reason: 'complaint', since: 30 };

export function claimed(key: string, claim: Claim, rest: Partial<RosterRow> = {}): RosterRow {
  return { address: key, key, name: '', attributes: {}, ip: '', claim, ...rest };
}

export function importRequest(rest: Partial<ImportRequest> = {}): ImportRequest {
  return { list: LIST, at: AT, import: null, evidence: EVIDENCE, letterEveryMs: null, isRehearsal: false, ...rest };
}

const NOBODY: Person = { isKnown: false, name: '', attributes: {}, subscription: null, suppression: null };

export function importsContract(of: LedgerOf): void {
  const begin = () => of().imports.begin({ at: AT, list: LIST, source: 'readers.csv', format: 'CSV', consent: 'by form' });
  const apply = (rows: readonly RosterRow[], rest: Partial<ImportRequest> = {}) => of().imports.apply(rows, importRequest(rest));
  const applyNew = async (rows: readonly RosterRow[], rest: Partial<ImportRequest> = {}) => {
    const id = await begin();
    await apply(rows, { import: id, ...rest });
    return id;
  };
  const find = (key = ADA) => of().subscribers.find(key);
  const stateOf = async (key = ADA) => (await find(key))?.subscriptions.map(({ state }) => state);
  const historyOf = async (key = ADA) => of().subscriptions.history((await find(key))?.id ?? 0);
  const recordOf = async (id: number) => (await of().imports.all()).find((each) => each.id === id);
  const lettersTo = async () => (await of().letters.due(EVER, 1_000)).map(({ address }) => address);
  const suppress = (key: string, reason: string, since: number) =>
    of().suppressions.add({ key, address: key, reason, note: '', since });
  const leave = async (key = ADA) =>
    of().subscriptions.leave(
      { subscriber: (await find(key))?.id ?? 0, list: await of().lists.ensure(LIST, 1) },
      BY_READER,
      AT + 500,
    );
  const ask = (key: string, lists: readonly string[], at: number) =>
    of().subscriptions.ask({
      ...{ address: key, key, lists, evidence: BY_READER, at, noLetterSince: 0, mayGetLetter: () => true },
    });
  /** All that may be seen of an address. */
  const seen = async (key = ADA) => {
    const { id: _id, createdAt: _createdAt, ...rest } = (await find(key)) ?? { id: 0, createdAt: 0 };
    return { ...rest, suppressed: await of().suppressions.find(key) };
  };
  const undoAll = async (id: number, limit = 100) => {
    const total = { undone: 0, changedSince: 0 };
    for (let rounds = 0; rounds < 100; rounds++) {
      const { undone, changedSince } = await of().imports.undo(id, limit, AT + 1_000);
      if (undone + changedSince === 0) return total;
      total.undone += undone;
      total.changedSince += changedSince;
    }
    throw new Error('It never ends.');
  };

  describe('an import', () => {
    it('says of each row, in order, what becomes of it and what was before', async () => {
      await apply([
        claimed('same@x.example', ACTIVE),
        claimed('name@x.example', ACTIVE, { name: 'Old', attributes: { a: '1' } }),
      ]);
      await apply([claimed('left@x.example', ENDED), claimed('more@x.example', ACTIVE)]);
      const rows = [
        claimed('same@x.example', ACTIVE),
        claimed('new@x.example', ACTIVE, { name: 'New', attributes: { city: 'Rome', team: '' } }),
        claimed('left@x.example', ACTIVE, { name: 'Left' }),
        claimed('name@x.example', ACTIVE, { name: 'Newer', attributes: { a: '', b: '2' } }),
        claimed('more@x.example', ENDED),
        claimed('bad@x.example', SUPPRESSED),
      ];
      const imported = await apply(rows);
      expect(imported.map(({ result }) => result)).toEqual(['unchanged', 'added', 'kept', 'updated', 'updated', 'added']);
      const active = { state: 'active', endedReason: null, since: 10 };
      const [same, added, kept, renamed, ended, suppressed] = imported;
      expect(same?.after).toEqual(same?.before);
      expect(added).toMatchObject({
        before: NOBODY,
        after: { isKnown: true, name: 'New', attributes: { city: 'Rome', team: '' }, subscription: active, suppression: null },
      });
      expect(kept?.after).toEqual(kept?.before);
      expect(kept?.before).toMatchObject({ name: '', subscription: { state: 'ended', endedReason: 'unsubscribed', since: 20 } });
      expect(renamed).toMatchObject({
        before: { isKnown: true, name: 'Old', attributes: { a: '1' } },
        after: { isKnown: true, name: 'Newer', attributes: { a: '1', b: '2' }, subscription: active },
      });
      expect(ended).toMatchObject({
        before: { subscription: active },
        after: { subscription: { state: 'ended', endedReason: 'unsubscribed', since: 20 } },
      });
      expect(suppressed).toMatchObject({
        before: NOBODY,
        after: { isKnown: false, subscription: null, suppression: { reason: 'complaint', since: 30 } },
      });
    });

    it('leaves in the ledger what it said', async () => {
      await apply([claimed(ADA, ACTIVE, { name: 'Ada', attributes: { city: 'Rome' } }), claimed('bad@x.example', SUPPRESSED)]);
      expect(await find()).toMatchObject({
        ...{ address: ADA, name: 'Ada', attributes: { city: 'Rome' }, createdAt: AT, suppression: null, deliveries: [] },
        subscriptions: [{ list: LIST, state: 'active', endedReason: null, since: 10 }],
      });
      expect(await find('bad@x.example')).toBeUndefined();
      expect(await of().suppressions.find('bad@x.example')).toMatchObject({ reason: 'complaint', since: 30, note: '' });
    });

    it('takes the moment of the import where the file names none', async () => {
      await apply([claimed(ADA, { ...ACTIVE, since: null })]);
      expect((await find())?.subscriptions).toMatchObject([{ since: AT }]);
      expect(await historyOf()).toMatchObject([{ at: AT }]);
    });

    it('is on its own list only', async () => {
      await of().lists.ensure('weekly', 1);
      await apply([claimed(ADA, ACTIVE)]);
      await apply([claimed(ADA, ENDED)], { list: 'weekly' });
      expect((await find())?.subscriptions).toMatchObject([
        { list: LIST, state: 'active' },
        { list: 'weekly', state: 'ended' },
      ]);
    });

    it('is in the consent log with its moment, its words and where the reader was', async () => {
      await apply([claimed(ADA, ACTIVE, { ip: '198.51.100.7' }), claimed('bob@x.example', ENDED)], {
        evidence: { ...EVIDENCE, ip: '192.0.2.1' },
      });
      const entry = { ...EVIDENCE, id: expect.any(Number), list: LIST, kind: 'imported' };
      expect(await historyOf()).toEqual([{ ...entry, at: 10, ip: '198.51.100.7', detail: 'active' }]);
      expect(await historyOf('bob@x.example')).toEqual([{ ...entry, at: 20, ip: '192.0.2.1', detail: 'ended: unsubscribed' }]);
      await apply([claimed(ADA, SUPPRESSED), claimed('bob@x.example', ACTIVE)]);
      expect((await historyOf()).slice(1)).toMatchObject([{ kind: 'suppressed', list: '', at: 30, detail: 'complaint' }]);
      expect(await historyOf('bob@x.example')).toHaveLength(1);
    });

    it('changes nothing at all in a rehearsal, and says the same', async () => {
      await apply([claimed(ADA, ACTIVE, { name: 'Ada' })]);
      const rows = [
        claimed(ADA, ENDED, { name: 'Countess' }),
        claimed('bob@x.example', PENDING),
        claimed('bad@x.example', SUPPRESSED),
      ];
      const id = await begin();
      const before = [await seen(), await historyOf(), await of().lists.find(LIST)];
      const rehearsed = await apply(rows, { import: id, letterEveryMs: 50, isRehearsal: true });
      expect([await seen(), await historyOf(), await of().lists.find(LIST)]).toEqual(before);
      expect([await find('bob@x.example'), await of().suppressions.page('', 10), await lettersTo()]).toEqual([undefined, [], []]);
      expect(await recordOf(id)).toMatchObject({ changes: 0 });
      const imported = await apply(rows, { import: id, letterEveryMs: 50 });
      expect(imported.map(({ result }) => result)).toEqual(['updated', 'added', 'added']);
      expect(rehearsed).toEqual(imported);
      expect(await recordOf(id)).toMatchObject({ changes: 3 });
    });

    it('takes hundreds of rows at once, and none', async () => {
      const rows = Array.from({ length: 600 }, (_, index) =>
        claimed(`reader${index}@x.example`, index % 3 === 0 ? ENDED : ACTIVE),
      );
      const id = await begin();
      expect(new Set((await apply(rows, { import: id })).map(({ result }) => result))).toEqual(new Set(['added']));
      expect((await of().lists.find(LIST))?.counts).toEqual({ active: 400, pending: 0, ended: 200 });
      expect(await recordOf(id)).toMatchObject({ changes: 600 });
      expect(await apply([])).toEqual([]);
      expect(await undoAll(id, 250)).toEqual({ undone: 600, changedSince: 0 });
      expect((await of().lists.find(LIST))?.counts).toEqual({ active: 0, pending: 0, ended: 0 });
    });

    it('is no less for names and attributes that look like SQL or JSON', async () => {
      const name = `Robert'); drop table "subscribers"; -- \\ {"a":1} ☃ $1 ?`;
      await apply([claimed(`o'brien@x.example`, ACTIVE, { name, attributes: { [`k"'$`]: name } })]);
      expect(await find(`o'brien@x.example`)).toMatchObject({ name, attributes: { [`k"'$`]: name } });
    });

    it('does not speak for a reader who left or who was asked to confirm', async () => {
      await apply([claimed(ADA, ACTIVE)]);
      await leave();
      await ask('bob@x.example', [LIST], AT);
      const imported = await apply([claimed(ADA, ACTIVE, { name: 'Ada' }), claimed('bob@x.example', ACTIVE)]);
      expect(imported.map(({ result }) => result)).toEqual(['kept', 'kept']);
      expect([await stateOf(), await stateOf('bob@x.example'), (await find())?.name]).toEqual([['ended'], ['pending'], '']);
    });

    it.each([
      ['active, ended, suppressed', [ACTIVE, ENDED, SUPPRESSED]],
      ['active, suppressed, ended', [ACTIVE, SUPPRESSED, ENDED]],
      ['ended, active, suppressed', [ENDED, ACTIVE, SUPPRESSED]],
      ['ended, suppressed, active', [ENDED, SUPPRESSED, ACTIVE]],
      ['suppressed, active, ended', [SUPPRESSED, ACTIVE, ENDED]],
      ['suppressed, ended, active', [SUPPRESSED, ENDED, ACTIVE]],
    ])('ends the same in whatever order files come: %s', async (_, claims) => {
      for (const [index, claim] of claims.entries()) await apply([claimed(ADA, claim)], { at: AT + index });
      expect(await find()).toMatchObject({
        subscriptions: [{ list: LIST, state: 'ended', endedReason: 'unsubscribed', since: 20 }],
        suppression: { reason: 'complaint', at: 30 },
      });
    });
  });

  describe('two imports at once', () => {
    it('of which one says active and one ended, end as ended', async () => {
      for (let turn = 0; turn < 20; turn++) {
        const key = `reader${turn}@x.example`;
        const claims = turn % 2 === 0 ? [ACTIVE, ENDED] : [ENDED, ACTIVE];
        await Promise.all(claims.map((claim) => apply([claimed(key, claim)])));
        expect(await find(key)).toMatchObject({ subscriptions: [{ state: 'ended', endedReason: 'unsubscribed', since: 20 }] });
      }
    });

    it('of the same new addresses, in opposite order, both succeed', async () => {
      const rows = Array.from({ length: 200 }, (_, index) => claimed(`reader${index}@x.example`, ACTIVE));
      const both = await Promise.all([apply(rows), apply(rows.toReversed())]);
      expect(both.map((imported) => new Set(imported.map(({ result }) => result)).size)).toEqual([1, 1]);
      expect(both.map(([first]) => first?.result).sort()).toEqual(['added', 'unchanged']);
      expect((await of().lists.find(LIST))?.counts).toEqual({ active: 200, pending: 0, ended: 0 });
    });
  });

  describe('letters of an import', () => {
    it('go to those alone who wait now, may be mailed and did not wait before, spread over time', async () => {
      await apply([claimed('active@x.example', ACTIVE), claimed('left@x.example', ENDED), claimed('waits@x.example', PENDING)]);
      await suppress('never@x.example', 'complaint', 5);
      const names = ['active', 'one', 'left', 'never', 'two', 'waits', 'three'];
      await apply(
        names.map((name) => claimed(`${name}@x.example`, PENDING, { name })),
        { letterEveryMs: 50 },
      );
      const dueBy = async (now: number) => (await of().letters.due(now, 10)).map(({ address }) => address);
      expect(await dueBy(AT - 1)).toEqual([]);
      expect(await dueBy(AT)).toEqual(['one@x.example']);
      expect(await dueBy(AT + 50)).toEqual(['one@x.example', 'two@x.example']);
      expect(await dueBy(EVER)).toEqual(['one@x.example', 'two@x.example', 'three@x.example']);
      expect(await of().letters.due(AT, 10)).toMatchObject([{ kind: 'confirm', lists: [LIST], createdAt: AT, tries: 0 }]);
    });

    it('are none where none are wanted, and for the active', async () => {
      await apply([claimed(ADA, PENDING)]);
      await apply([claimed('bob@x.example', ACTIVE)], { letterEveryMs: 50 });
      expect([await stateOf(), await lettersTo()]).toEqual([['pending'], []]);
    });

    it('do not go where the import is undone before', async () => {
      const id = await applyNew([claimed(ADA, PENDING)], { letterEveryMs: 50 });
      expect(await lettersTo()).toEqual([ADA]);
      await undoAll(id);
      expect([await lettersTo(), await find()]).toEqual([[], undefined]);
    });

    it('do not go either where the reader stays known by another list', async () => {
      await of().lists.ensure('weekly', 1);
      await apply([claimed(ADA, ACTIVE)], { list: 'weekly' });
      const id = await applyNew([claimed(ADA, PENDING)], { letterEveryMs: 50 });
      expect(await lettersTo()).toEqual([ADA]);
      await undoAll(id);
      expect([await lettersTo(), await stateOf()]).toEqual([[], ['active']]);
    });

    it('bring the reader in for good: to confirm stands before an undo', async () => {
      const id = await applyNew([claimed(ADA, PENDING)], { letterEveryMs: 50 });
      const [letter] = await of().letters.due(AT, 10);
      await of().subscriptions.confirm({
        ...{ subscriber: letter!.subscriber, lists: [await of().lists.ensure(LIST, 1)], askedAt: AT },
        ...{ evidence: BY_READER, at: AT + 100, mayLift: () => false },
      });
      expect(await undoAll(id)).toEqual({ undone: 0, changedSince: 1 });
      expect(await stateOf()).toEqual(['active']);
    });
  });

  describe('imports', () => {
    it('are listed, the newest first, with what they changed', async () => {
      const first = await applyNew([claimed(ADA, ACTIVE), claimed('bob@x.example', ACTIVE)]);
      const second = await applyNew([claimed(ADA, ACTIVE), claimed('eve@x.example', SUPPRESSED)]);
      const said = { at: AT, list: LIST, source: 'readers.csv', format: 'CSV', consent: 'by form', undoneAt: null };
      expect(await of().imports.all()).toEqual([
        { ...said, id: second, changes: 1 },
        { ...said, id: first, changes: 2 },
      ]);
    });

    it('count an address once that stands in the file again, and undo it to before the file', async () => {
      await apply([claimed(ADA, ACTIVE, { name: 'Before' })]);
      const id = await begin();
      await apply([claimed(ADA, ACTIVE, { name: 'First' })], { import: id });
      await apply([claimed(ADA, ENDED, { name: 'Second' })], { import: id });
      expect(await recordOf(id)).toMatchObject({ changes: 1 });
      expect(await undoAll(id)).toEqual({ undone: 1, changedSince: 0 });
      expect(await find()).toMatchObject({ name: 'Before', subscriptions: [{ state: 'active', since: 10 }] });
    });
  });

  describe('a letter that waits', () => {
    it.each<[string, () => Promise<unknown>]>([
      ['a later file says that its reader has left', () => apply([claimed(ADA, ENDED)])],
      ['a later file says that it must not be mailed', () => apply([claimed(ADA, SUPPRESSED)])],
      ['an admin says so', () => suppress(ADA, 'manual', AT + 1)],
      ['an admin ends the subscription', () => of().subscribers.end(ADA, LIST, 'removed', AT + 1)],
    ])('does not go where %s', async (_, say) => {
      await apply([claimed(ADA, PENDING)], { letterEveryMs: 50 });
      expect(await lettersTo()).toEqual([ADA]);
      await say();
      expect(await lettersTo()).toEqual([]);
    });

    it('is one a day, though the file is imported into two lists', async () => {
      await of().lists.ensure('weekly', 1);
      await apply([claimed(ADA, PENDING)], { letterEveryMs: 50, noLetterSince: 0 });
      await apply([claimed(ADA, PENDING)], { letterEveryMs: 50, noLetterSince: 0, list: 'weekly' });
      expect(await lettersTo()).toEqual([ADA]);
    });
  });

  describe('an undo', () => {
    it('gives back exactly what was before', async () => {
      await of().lists.ensure('weekly', 1);
      await apply([
        claimed('named@x.example', ACTIVE, { name: 'Old', attributes: { a: '1' } }),
        claimed('active@x.example', ACTIVE),
        claimed('pending@x.example', { ...PENDING, since: 7 }),
        claimed('ended@x.example', { ...ENDED, reason: 'removed' }),
      ]);
      await apply([claimed('elsewhere@x.example', ACTIVE, { name: 'Else' })], { list: 'weekly' });
      await suppress('gone@x.example', 'gone', 5);
      const rows = [
        claimed('named@x.example', ACTIVE, { name: 'New', attributes: { a: '2', b: '3' } }),
        claimed('active@x.example', ENDED),
        claimed('pending@x.example', ACTIVE),
        claimed('ended@x.example', ENDED),
        claimed('elsewhere@x.example', ACTIVE, { name: 'Here' }),
        claimed('gone@x.example', SUPPRESSED),
        claimed('new@x.example', ACTIVE, { name: 'New' }),
        claimed('bad@x.example', SUPPRESSED),
      ];
      const all = () => Promise.all(rows.map(({ key }) => seen(key)));
      const before = await all();
      const id = await applyNew(rows);
      const after = await all();
      for (const [index, each] of after.entries()) expect(each).not.toEqual(before[index]);
      expect(await undoAll(id)).toEqual({ undone: rows.length, changedSince: 0 });
      expect(await all()).toEqual(before);
      expect(await find('new@x.example')).toBeUndefined();
    });

    it('is in the consent log of whoever stays known', async () => {
      await apply([claimed(ADA, ACTIVE)]);
      const id = await applyNew([claimed(ADA, ENDED)]);
      await undoAll(id);
      expect((await historyOf()).map(({ kind, detail }) => [kind, detail])).toEqual([
        ['imported', 'active'],
        ['imported', 'ended: unsubscribed'],
        ['undone', ''],
      ]);
      expect((await historyOf()).at(-1)).toMatchObject({ at: AT + 1_000, list: LIST, origin: 'command' });
    });

    it('leaves alone who left since, and undoes the rest', async () => {
      const id = await applyNew([claimed(ADA, ACTIVE), claimed('bob@x.example', ACTIVE)]);
      await leave();
      expect(await undoAll(id)).toEqual({ undone: 1, changedSince: 1 });
      expect((await find())?.subscriptions).toMatchObject([{ state: 'ended', endedReason: 'unsubscribed', since: AT + 500 }]);
      expect(await find('bob@x.example')).toBeUndefined();
    });

    it('leaves alone what an admin changed since', async () => {
      const rows = ['removed', 'renamed', 'stronger', 'lifted'].map((name) => claimed(`${name}@x.example`, ACTIVE));
      await apply(rows.slice(1, 2).map((row) => ({ ...row, name: 'Old' })));
      const id = await applyNew([
        ...rows.slice(0, 1),
        claimed('renamed@x.example', ENDED, { name: 'File' }),
        ...['stronger', 'lifted'].map((name) => claimed(`${name}@x.example`, { ...SUPPRESSED, reason: 'manual' })),
      ]);
      await of().subscribers.end('removed@x.example', LIST, 'removed', AT + 1);
      await apply([claimed('renamed@x.example', { ...ENDED, since: 25 }, { name: 'Admin' })]);
      await suppress('stronger@x.example', 'requested', AT + 1);
      await of().suppressions.remove('lifted@x.example', 'manual', AT + 1);
      expect(await undoAll(id)).toEqual({ undone: 0, changedSince: 4 });
      expect((await find('removed@x.example'))?.subscriptions).toMatchObject([{ state: 'ended', endedReason: 'removed' }]);
      expect(await find('renamed@x.example')).toMatchObject({ name: 'Admin', subscriptions: [{ state: 'ended', since: 25 }] });
      expect(await of().suppressions.find('stronger@x.example')).toMatchObject({ reason: 'requested' });
      expect(await of().suppressions.find('lifted@x.example')).toBeUndefined();
    });

    it.each(['removed', 'unsubscribed'])('leaves alone who pressed unsubscribe after it had ended them as %s', async (reason) => {
      await apply([claimed(ADA, ACTIVE)]);
      const id = await applyNew([claimed(ADA, { ...ENDED, reason })]);
      await leave();
      await leave();
      expect(await undoAll(id)).toEqual({ undone: 0, changedSince: 1 });
      expect(await stateOf()).toEqual(['ended']);
      expect((await historyOf()).filter(({ kind }) => kind === 'left')).toHaveLength(1);
    });

    it('and a leaving at the same moment leave the reader out', async () => {
      for (let turn = 0; turn < 20; turn++) {
        const key = `turn${turn}@x.example`;
        await apply([claimed(key, ACTIVE)]);
        const id = await applyNew([claimed(key, ENDED)]);
        await Promise.all([undoAll(id), leave(key)]);
        await leave(key);
        expect(await stateOf(key)).toEqual(['ended']);
      }
    });

    it('is not kept from one list by what is said of another', async () => {
      const id = await applyNew([claimed(ADA, ACTIVE)]);
      await of().lists.ensure('weekly', 1);
      await apply([claimed(ADA, ACTIVE)], { list: 'weekly' });
      const weekly = await of().imports.begin({ at: AT, list: 'weekly', source: '', format: 'CSV', consent: '' });
      await apply([claimed(ADA, ENDED)], { list: 'weekly', import: weekly });
      expect(await undoAll(id)).toEqual({ undone: 1, changedSince: 0 });
      expect((await find())?.subscriptions).toMatchObject([{ list: 'weekly', state: 'ended' }]);
    });

    it('lifts a suppression that a later import only found', async () => {
      const id = await applyNew([claimed(ADA, SUPPRESSED)]);
      await applyNew([claimed(ADA, ACTIVE)]);
      await undoAll(id);
      expect(await of().suppressions.find(ADA)).toBeUndefined();
    });

    it('works after a move that changed the spelling only', async () => {
      const id = await applyNew([claimed(ADA, ACTIVE)]);
      await of().subscribers.move(ADA, { address: 'Ada@x.example', key: ADA }, AT + 1);
      expect(await undoAll(id)).toMatchObject({ undone: 1 });
      expect(await find()).toBeUndefined();
    });

    it.each([
      ['pending', PENDING],
      ['active', ACTIVE],
    ])('leaves alone who asked for the list by the form since: %s', async (state, claim) => {
      const id = await applyNew([ADA, 'bob@x.example'].map((key) => claimed(key, claim)));
      await ask(ADA, [LIST], AT + 500);
      expect(await undoAll(id)).toEqual({ undone: 1, changedSince: 1 });
      expect([await stateOf(), await find('bob@x.example'), await lettersTo()]).toEqual([[state], undefined, [ADA]]);
    });

    it.each(['manual', 'complaint'])('leaves alone whom an admin suppressed again since, as %s too', async (reason) => {
      const suppressed: Claim = { ...SUPPRESSED, reason };
      await apply([claimed('known@x.example', ACTIVE)]);
      const keys = [ADA, 'known@x.example', 'bob@x.example'];
      const id = await applyNew(keys.map((key) => claimed(key, suppressed)));
      for (const key of keys.slice(0, 2)) expect(await suppress(key, reason, AT + 500)).toBe('unchanged');
      await undoAll(id);
      const found = await Promise.all(keys.map((key) => of().suppressions.find(key)));
      expect(found.map((each) => each?.reason)).toEqual([reason, reason, undefined]);
      expect(await stateOf('known@x.example')).toEqual(['active']);
    });

    it.each([
      ['left', ENDED],
      ['must not be mailed', SUPPRESSED],
    ])('leaves alone of whom a later import says too that they %s', async (_, claim) => {
      await apply([claimed(ADA, ACTIVE)]);
      const first = await applyNew([claimed(ADA, claim)]);
      const after = await seen();
      const second = await applyNew([claimed(ADA, claim)]);
      expect(await recordOf(second)).toMatchObject({ changes: 1 });
      expect(await undoAll(first)).toEqual({ undone: 0, changedSince: 1 });
      expect(await seen()).toEqual(after);
    });

    it.each([
      ['left', ENDED],
      ['must not be mailed', SUPPRESSED],
    ])('of the later of two imports that say they %s, and then of the earlier, leads back to before', async (_, claim) => {
      await apply([claimed(ADA, ACTIVE, { name: 'Ada' })]);
      const before = await seen();
      const first = await applyNew([claimed(ADA, claim)]);
      const after = await seen();
      const second = await applyNew([claimed(ADA, claim)]);
      expect(await undoAll(second)).toEqual({ undone: 1, changedSince: 0 });
      expect(await seen()).toEqual(after);
      expect(await undoAll(first)).toEqual({ undone: 1, changedSince: 0 });
      expect(await seen()).toEqual(before);
    });

    it('works on the new address of who moved since', async () => {
      await apply([claimed(ADA, ACTIVE, { name: 'Ada' })]);
      const id = await applyNew([claimed(ADA, ENDED, { name: 'File' }), claimed('bob@x.example', ACTIVE)]);
      for (const key of [ADA, 'bob@x.example'])
        expect(await of().subscribers.move(key, { address: `new-${key}`, key: `new-${key}` }, AT + 500)).toBe('moved');
      expect(await undoAll(id)).toEqual({ undone: 2, changedSince: 0 });
      expect(await find(`new-${ADA}`)).toMatchObject({ name: 'Ada', subscriptions: [{ state: 'active', since: 10 }] });
      expect([await find(), await find('bob@x.example'), await find('new-bob@x.example')]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    });

    it('keeps the letter for another list', async () => {
      await of().lists.ensure('weekly', 1);
      await ask(ADA, ['weekly'], AT - 500);
      const id = await applyNew([claimed(ADA, PENDING)], { letterEveryMs: 50 });
      const lettersFor = async () => (await of().letters.due(EVER, 10)).map(({ lists }) => lists);
      expect(await lettersFor()).toEqual([['weekly'], [LIST]]);
      expect(await undoAll(id)).toEqual({ undone: 1, changedSince: 0 });
      expect([await lettersFor(), (await find())?.subscriptions.map(({ list }) => list)]).toEqual([[['weekly']], ['weekly']]);
    });

    it('undoes each part by itself: the state, where only the name was changed since', async () => {
      await apply([claimed(ADA, ACTIVE, { name: 'Old' })]);
      const id = await applyNew([claimed(ADA, ENDED, { name: 'File' })]);
      await of().lists.ensure('weekly', 1);
      await apply([claimed(ADA, ACTIVE, { name: 'Later' })], { list: 'weekly' });
      expect(await undoAll(id)).toEqual({ undone: 0, changedSince: 1 });
      const found = await find();
      expect([found?.name, found?.subscriptions[0]?.state]).toEqual(['Later', 'active']);
    });

    it('goes on page by page until nothing is left, and is noted then', async () => {
      const id = await applyNew([1, 2, 3, 4, 5].map((n) => claimed(`reader${n}@x.example`, ACTIVE)));
      const undo = (at: number) => of().imports.undo(id, 2, at);
      for (const [undone, left] of [
        [2, 3],
        [2, 1],
        [1, 0],
      ]) {
        expect(await undo(5_000)).toEqual({ undone, changedSince: 0 });
        expect(await recordOf(id)).toMatchObject({ changes: left, undoneAt: null });
        expect((await of().lists.find(LIST))?.counts.active).toBe(left);
      }
      expect(await undo(6_000)).toEqual({ undone: 0, changedSince: 0 });
      expect(await recordOf(id)).toMatchObject({ changes: 0, undoneAt: 6_000 });
      await undo(7_000);
      expect(await recordOf(id)).toMatchObject({ undoneAt: 6_000 });
    });

    it('is of one import only', async () => {
      const first = await applyNew([claimed(ADA, ACTIVE)]);
      const second = await applyNew([claimed('bob@x.example', ACTIVE)]);
      await undoAll(first);
      expect([await find(), await stateOf('bob@x.example')]).toEqual([undefined, ['active']]);
      expect(await recordOf(second)).toMatchObject({ changes: 1, undoneAt: null });
    });

    it('takes the imports back one after the other, the newest first', async () => {
      const first = await applyNew([claimed(ADA, ACTIVE, { name: 'First' })]);
      const second = await applyNew([claimed(ADA, ENDED, { name: 'Second' })]);
      await undoAll(second);
      expect(await find()).toMatchObject({ name: 'First', subscriptions: [{ state: 'active', since: 10 }] });
      await undoAll(first);
      expect(await find()).toBeUndefined();
    });

    it('lets the same file in again', async () => {
      const rows = [claimed(ADA, ENDED, { name: 'Ada' }), claimed('bad@x.example', SUPPRESSED)];
      await undoAll(await applyNew(rows));
      expect((await apply(rows)).map(({ result }) => result)).toEqual(['added', 'added']);
    });

    it('keeps whoever is in the books of a mailing, but on no list', async () => {
      const id = await applyNew([claimed('reader9@x.example', ACTIVE, { name: 'Nine' })]);
      const mailing = await mailingOf(of(), 1);
      expect(await outcomesOf(of(), mailing)).toHaveLength(2);
      expect(await undoAll(id)).toEqual({ undone: 1, changedSince: 0 });
      expect(await find('reader9@x.example')).toMatchObject({ subscriptions: [], deliveries: [{ mailing: mailing.id }] });
      expect((await of().subscribers.page(LIST, 0, 10)).map(({ address }) => address)).toEqual(['reader0@example.org']);
      expect((await of().mailings.books(mailing.id)).recipients).toBe(2);
      expect(await apply([claimed('reader9@x.example', ACTIVE)])).toMatchObject([{ result: 'added', before: { isKnown: true } }]);
    });
  });
}
