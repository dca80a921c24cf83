// A ledger is moved from a file to a real PostgreSQL: whole, once, and never so that both of them send.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Mailing } from '../../src/domain/mailing.ts';
import { openDatabase } from '../../src/store/engine.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { moveLedger } from '../../src/store/move-ledger.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import type { Tables } from '../../src/store/schema.ts';
import { claim, LIST, leaveInDoubt, mailingOf, outcomesOf, people, settlement } from '../contracts/ledger/setting.ts';
import { findCommand } from '../services/install.ts';
import { type RunningPostgres, startPostgres } from '../services/postgres.ts';

const PLACE = 'postgres://db.example/news';
const ORDERS: readonly (readonly [keyof Tables, string])[] = [
  ['lists', 'number'],
  ['subscribers', 'id'],
  ['subscriptions', 'subscriber_id'],
  ['consents', 'id'],
  ['letters', 'id'],
  ['suppressions', 'address_key'],
  ['imports', 'id'],
  ['import_changes', 'address_key'],
  ['erased', 'hash'],
  ['secrets', 'mark'],
  ['mailings', 'id'],
  ['editions', 'id'],
  ['exclusions', 'subscriber_id'],
  ['deliveries', 'sequence'],
  ['returns', 'id'],
  ['events', 'id'],
  ['images', 'name'],
  ['paces', 'relay'],
  ['traffic', 'span_at'],
];
// Who works and leads belongs to processes on the old ledger; its own row is compared apart.
const NOT_MOVED = ['crew', 'leases', 'ledger'];

describe.skipIf(findCommand('postgres') === undefined)('a ledger that is moved', () => {
  let postgres: RunningPostgres;
  let folder: string;
  let from: string;
  let to: string;
  let source: Ledger;
  let mailing: Mailing;
  const opened: Ledger[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'postrider-move-'));
    from = `sqlite:${join(folder, 'ledger.sqlite')}`;
    to = await postgres.newDatabase();
    source = await open(from);
    await source.lists.ensure(LIST, 1);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((ledger) => ledger.close()));
    rmSync(folder, { recursive: true });
  });

  async function open(url: string): Promise<Ledger> {
    const { ledger } = await openLedger(url);
    opened.push(ledger);
    return ledger;
  }

  /** One of everything that a table may hold. */
  async function fill(readers = 6): Promise<void> {
    await source.subscribers.import(people(1, 900), LIST, 1);
    await source.suppressions.add({
      key: 'reader900@example.org',
      address: 'reader900@example.org',
      reason: 'complaint',
      note: '',
      since: 2,
    });
    await source.subscribers.import(
      [{ address: 'zoë@example.org', key: 'zoë', name: 'Zoë "🦀" \\ O’Hara', attributes: { a: 'ü' } }],
      LIST,
      1,
    );
    await source.subscribers.end('zoë', LIST, 'unsubscribed', 3);
    const list = await source.lists.ensure(LIST, 1);
    const subscriber = (await source.subscribers.find('reader900@example.org'))?.id ?? 0;
    await source.subscriptions.leave({ subscriber, list }, { origin: 'web', form: '/u', words: '«Ende»', ip: '::1' }, 4);
    await source.subscriptions.ask({
      ...{ address: 'new@example.org', key: 'new@example.org', lists: [LIST], at: 4, noLetterSince: 0 },
      evidence: { origin: 'web', form: '/join', words: '', ip: '::1' },
      mayGetLetter: () => true,
    });
    mailing = await mailingOf(source, readers, { startsAt: 5 });
    await leaveInDoubt(source, mailing, 2);
    await source.images.add([{ name: '0123.png', type: 'image/png', bytes: Uint8Array.of(0, 255, 13, 10) }], 5);
    await source.deliveries.resolveUnknown(mailing.id, 'resend', 300, { mailing: mailing.id, first: 1, last: 1 });
    const [held] = await claim(source, mailing, 'c', 310, 1);
    await source.deliveries.mark(held!, 311);
    await source.deliveries.settle(
      settlement(held!, { outcome: 'deferred', reason: 'greylisted', reply: '450 «später»', dueAt: 900 }),
    );
    await source.mailings.markTold((await source.mailings.untold())[0]!.id, 400);
    await source.rates.take({ relay: 'mx:25', perSecond: 5, perHour: 50, perDay: 0 }, 3, 1_000);
    await source.crew.beat({
      id: 'a',
      role: 'work',
      host: 'h',
      pid: 1,
      startedAt: 0,
      seenAt: -30_000,
      claimedAt: null,
      isRelayHere: true,
    });
    await source.crew.lead('lead', 'a', 0, 10);
    await returnOne();
    await importOne();
    await source.secrets.note('mark', 6);
    await source.subscribers.import([{ address: 'x@example.org', key: 'x@example.org', name: '', attributes: {} }], LIST, 7);
    await source.subscribers.erase('x@example.org', 8);
  }

  async function returnOne(): Promise<void> {
    const report = { kind: 'bounce', recipient: 'reader2@example.org', status: '5.1.1', reason: 'user-unknown' } as const;
    const reports = [{ ...report, words: '«nein»', isGone: true }];
    const rest = { delivery: null, isVerified: false, effect: '' };
    const returned = { fingerprint: 'f', at: 401, way: 'pipe', reports, ...rest } as const;
    await source.returns.record(returned, () => ({ fate: 'bounced', reason: 'user-unknown', suppression: 'gone' }));
  }

  async function importOne(): Promise<void> {
    const number = await source.imports.begin({ at: 5, list: LIST, source: 'a.csv', format: 'CSV', consent: '«ja»' });
    const row = { address: 'i@example.org', key: 'i@example.org', name: '', attributes: {}, ip: '' };
    const evidence = { origin: 'import', form: '', words: '', ip: '' } as const;
    await source.imports.apply([{ ...row, claim: { state: 'active', reason: null, since: null } }], {
      ...{ list: LIST, at: 5, import: number, evidence, letterEveryMs: null, isRehearsal: false },
    });
  }

  async function rowsOf(url: string) {
    const { db } = openDatabase(url);
    try {
      const tables: [string, unknown[]][] = [];
      for (const [table, order] of ORDERS)
        tables.push([
          table,
          await db
            .selectFrom(table)
            .selectAll()
            .orderBy(order as never)
            .execute(),
        ]);
      const { id, created_at, erase_key } = await db.selectFrom('ledger').selectAll().executeTakeFirstOrThrow();
      return { tables: Object.fromEntries(tables), ledger: { id, created_at, erase_key } };
    } finally {
      await db.destroy();
    }
  }

  it('is the same in its new place, table by table and row by row', async () => {
    await fill();
    const result = await moveLedger(from, to, PLACE, 10_000);
    const [was, is] = [await rowsOf(from), await rowsOf(to)];
    expect(is).toEqual(was);
    expect(Object.values(was.tables).every((rows) => rows.length > 0)).toBe(true);
    expect(result).toEqual({ kind: 'moved', rows: Object.values(was.tables).reduce((sum, rows) => sum + rows.length, 0) });
  });

  it('leaves no table behind that a later version brings', async () => {
    const { db } = openDatabase(from);
    const tables = (await db.introspection.getTables()).map(({ name }) => name).filter((name) => !name.startsWith('sqlite_'));
    await db.destroy();
    expect(tables.toSorted()).toEqual([...ORDERS.map(([table]) => table), ...NOT_MOVED].toSorted());
  });

  it('of more rows than a page holds is moved whole', async () => {
    await source.subscribers.import(people(4_500), LIST, 1);
    await moveLedger(from, to, PLACE, 10_000);
    expect((await (await open(to)).lists.find(LIST))?.counts.active).toBe(4_500);
  });

  it('goes on there as it would have here, with the number after the last', async () => {
    await fill();
    await moveLedger(from, to, PLACE, 10_000);
    const target = await open(to);
    expect(target.identity).toEqual(source.identity);
    const lastMailing = mailing.id;
    const [lastSubscriber] = (await target.subscribers.page(LIST, 0, 100)).map(({ id }) => id).toSorted((a, b) => b - a);
    expect(await target.lists.ensure('weekly', 1)).toBe(2);
    await target.subscribers.import(people(1, 950), LIST, 1);
    expect((await target.subscribers.find('reader950@example.org'))?.id).toBe((lastSubscriber ?? 0) + 1);
    expect((await mailingOf(target, 1, { issue: '2023-02' })).id).toBe(lastMailing + 1);
    const due = await claim(target, mailing, 'there', 10_000);
    expect(due.map(({ sequence }) => sequence)).toEqual([1, 3, 4, 5, 6]);
    expect(await target.deliveries.mark(due[0]!, 10_001)).toBe(true);
    expect((await outcomesOf(target, mailing))[1]).toBe('unknown');
  });

  it('says where it has gone to, and is refused there and anywhere else', async () => {
    await moveLedger(from, to, PLACE, 10_000);
    expect((await open(from)).identity.movedTo).toBe(PLACE);
    expect(await moveLedger(from, await postgres.newDatabase(), 'elsewhere', 10_000)).toEqual({
      kind: 'refused',
      why: `It has been moved to ${PLACE} already.`,
    });
    expect(await moveLedger(from, to, PLACE, 10_000)).toEqual({
      kind: 'refused',
      why: 'The database of DATABASE_URL holds a ledger of its own already.',
    });
  });

  it('is refused into a database that is in use, and stays in use here', async () => {
    await (await openLedger(to, true)).ledger.lists.ensure('other', 1);
    expect(await moveLedger(from, to, PLACE, 10_000)).toMatchObject({ kind: 'refused' });
    expect((await open(from)).identity.movedTo).toBeNull();
  });

  it('is refused while anything of it is claimed, and moved once the claim has run out', async () => {
    mailing = await mailingOf(source, 1);
    await claim(source, mailing, 'a', 100);
    expect(await moveLedger(from, to, PLACE, 149)).toMatchObject({ kind: 'refused', why: expect.stringContaining('being sent') });
    expect((await open(from)).identity.movedTo).toBeNull();
    expect(await moveLedger(from, to, PLACE, 150)).toMatchObject({ kind: 'moved' });
  });

  it('is in use here again after an error in the copy, leaves nothing there, and may be moved then', async () => {
    await fill();
    const { db } = openDatabase(from);
    // PostgreSQL takes no NUL in a text, SQLite does.
    await db.updateTable('subscribers').set({ name: 'a\u0000b' }).where('address_key', '=', 'zoë').execute();
    await expect(moveLedger(from, to, PLACE, 10_000)).rejects.toThrow();
    expect((await open(from)).identity.movedTo).toBeNull();
    expect((await rowsOf(to).catch(() => ({ tables: { lists: [] } }))).tables['lists']).toEqual([]);
    await db.updateTable('subscribers').set({ name: 'ab' }).where('address_key', '=', 'zoë').execute();
    await db.destroy();
    expect(await moveLedger(from, to, PLACE, 10_000)).toMatchObject({ kind: 'moved' });
  });

  it('stays in use here where the server cannot be reached', async () => {
    await expect(moveLedger(from, 'postgres://127.0.0.1:1/x', PLACE, 10_000)).rejects.toThrow();
    expect((await open(from)).identity.movedTo).toBeNull();
  });

  it('may be moved again to the same place after a move that was killed half-way', async () => {
    const { db } = openDatabase(from);
    await db.updateTable('ledger').set({ moved_to: PLACE, moved_at: 1 }).execute();
    await db.destroy();
    expect(await moveLedger(from, to, PLACE, 10_000)).toMatchObject({ kind: 'moved' });
  });

  // Once: whoever had it open before goes on sending from it, since `moved_to` is read once, at opening.
  it('is claimed from no more by whoever had it open', async () => {
    mailing = await mailingOf(source, 1);
    await moveLedger(from, to, PLACE, 10_000);
    expect(await claim(source, mailing, 'here', 10_000)).toEqual([]);
  });

  // Once: a `serve` that waits between two tries holds no claim, and is not noticed.
  it('is refused while a process is at work on it, though it holds nothing at this moment', async () => {
    await source.crew.beat({
      id: 'a',
      role: 'serve',
      host: 'h',
      pid: 1,
      startedAt: 0,
      seenAt: 9_000,
      claimedAt: null,
      isRelayHere: true,
    });
    expect(await moveLedger(from, to, PLACE, 10_000)).toMatchObject({ kind: 'refused' });
  });
});
