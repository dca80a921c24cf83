import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressKey } from '../../src/domain/address.ts';
import { importSubscribers } from '../../src/flows/import-subscribers.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { rowsOf, type Table, table } from './table-rows.ts';

const FIRST = Date.UTC(2023, 0, 1);
const AGAIN = Date.UTC(2023, 1, 7);
const KEY = addressKey('ada@example.org');
const ADA = table('email', 'ada@example.org');

let ledger: Ledger;
beforeEach(async () => {
  ledger = (await openLedger('sqlite::memory:')).ledger;
});
afterEach(() => ledger.close());

/** What the import says that it did, numbers above zero only. */
async function importTable(rows: Table, at = AGAIN, list = 'monthly', into = ledger) {
  const refuse = () => expect.unreachable();
  const outcome = await importSubscribers([{ name: 'readers.csv', rows: () => rowsOf(rows) }], into, { list, at, refuse });
  if (outcome.kind === 'unreadable') throw new Error(outcome.why);
  const { import: _import, format: _format, now: _now, ...counts } = outcome.report;
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

async function ada(of = ledger) {
  const details = await of.subscribers.find(KEY);
  if (!details) throw new Error('Ada is not in the ledger.');
  return details;
}

describe('a subscription that has ended', () => {
  it.each(['unsubscribed', 'complaint', 'gone', 'removed'])('because of %s never changes', async (reason) => {
    await importTable(ADA, FIRST);
    await ledger.subscribers.end(KEY, 'monthly', reason, FIRST + 1);
    const before = [{ list: 'monthly', state: 'ended', endedReason: reason, since: FIRST + 1 }];
    expect(await importTable(table('email|name', 'ADA@example.org|Ada'))).toEqual({ rows: 1, kept: 1 });
    expect((await ada()).subscriptions).toEqual(before);
    expect((await ledger.lists.find('monthly'))?.counts).toEqual({ pending: 0, active: 0, ended: 1 });
  });

  it('on one list does not keep the reader from another', async () => {
    await importTable(ADA, FIRST);
    await ledger.subscribers.end(KEY, 'monthly', 'unsubscribed', FIRST + 1);
    expect(await importTable(ADA, AGAIN, 'weekly')).toEqual({ rows: 1, added: 1 });
    expect((await ada()).subscriptions).toEqual([
      { list: 'monthly', state: 'ended', endedReason: 'unsubscribed', since: FIRST + 1 },
      { list: 'weekly', state: 'active', endedReason: null, since: AGAIN },
    ]);
  });
});

describe('a subscription that waits for its reader', () => {
  it('is kept pending where somebody asked for it by the form', async () => {
    const evidence = { origin: 'web', form: '/join', words: 'Subscribe', ip: '' } as const;
    await ledger.lists.ensure('monthly', FIRST);
    await ledger.subscriptions.ask({
      ...{ address: 'ada@example.org', key: KEY, lists: ['monthly'], evidence, at: FIRST, noLetterSince: 0 },
      mayGetLetter: () => true,
    });
    expect(await importTable(ADA, AGAIN)).toEqual({ rows: 1, kept: 1 });
    const pending = { list: 'monthly', state: 'pending', endedReason: null, since: FIRST };
    expect((await ada()).subscriptions).toEqual([pending]);
  });
});

describe('an address that is suppressed', () => {
  it('stays suppressed, with the reason that it had', async () => {
    await ledger.suppressions.add({ key: KEY, address: 'ada@example.org', reason: 'complaint', note: '', since: FIRST });
    await importTable(ADA);
    expect((await ada()).suppression).toEqual({ reason: 'complaint', at: FIRST });
    const [row] = await ledger.subscribers.page('monthly', 0, 10);
    expect(row?.suppression).toBe('complaint');
  });
});

describe('an active subscription', () => {
  const WHOLE = table('email|name|city|team', 'Ada@example.org|Ada|London|a');
  beforeEach(() => importTable(WHOLE, FIRST));

  it('is unchanged by the same row', async () => {
    const before = await ada();
    expect(await importTable(WHOLE)).toEqual({ rows: 1, unchanged: 1 });
    expect(await ada()).toEqual(before);
  });

  it('is unchanged by the same row with its columns in another order', async () => {
    const moved = table('team|city|name|email', 'a|London|Ada|Ada@example.org');
    expect(await importTable(moved)).toEqual({ rows: 1, unchanged: 1 });
  });

  it('takes a new name and keeps its address, its date and its attributes', async () => {
    expect(await importTable(table('email|name', 'ADA@EXAMPLE.ORG|Ada Lovelace'))).toEqual({ rows: 1, updated: 1 });
    expect(await ada()).toMatchObject({
      address: 'Ada@example.org',
      name: 'Ada Lovelace',
      attributes: { city: 'London', team: 'a' },
      createdAt: FIRST,
      subscriptions: [{ list: 'monthly', state: 'active', endedReason: null, since: FIRST }],
    });
  });

  it('takes new attributes beside those that it has, and new values for them', async () => {
    expect(await importTable(table('email|city|role', 'ada@example.org|Paris|author'))).toEqual({ rows: 1, updated: 1 });
    expect(await ada()).toMatchObject({ name: 'Ada', attributes: { city: 'Paris', team: 'a', role: 'author' } });
  });

  it('loses nothing to empty cells', async () => {
    expect(await importTable(table('email|name|city|team', 'ada@example.org|| |'))).toEqual({ rows: 1, unchanged: 1 });
    expect(await ada()).toMatchObject({ name: 'Ada', attributes: { city: 'London', team: 'a' } });
  });

  it('is one subscriber, however many lists it is on', async () => {
    const { id } = await ada();
    await importTable(ADA, AGAIN, 'weekly');
    expect(await ada()).toMatchObject({ id, subscriptions: [{ list: 'monthly' }, { list: 'weekly' }] });
  });

  it('stands beside new ones of the same file, each counted for what it is', async () => {
    await importTable(table('email', 'carl@example.org'), FIRST);
    await ledger.subscribers.end(addressKey('carl@example.org'), 'monthly', 'unsubscribed', FIRST);
    const mixed = table('email|name', 'bob@example.org|Bob', 'ada@example.org|A.', 'carl@example.org|', 'BOB@example.org|');
    expect(await importTable(mixed)).toEqual({ rows: 4, added: 1, updated: 1, kept: 1, repeated: 1 });
    expect(await importTable(mixed)).toEqual({ rows: 4, unchanged: 2, kept: 1, repeated: 1 });
  });
});
