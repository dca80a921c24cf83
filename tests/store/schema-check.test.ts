// Tables of another version are never worked on: an older file is brought up to date, an older server is not.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkSchema, migrate, openDatabase, SchemaError } from '../../src/store/engine.ts';
import { migrationsFor } from '../../src/store/migrations/all.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { findCommand } from '../services/install.ts';
import { type RunningPostgres, startPostgres } from '../services/postgres.ts';

const ALL = [
  '0001-first',
  '0002-several-machines',
  '0003-consent',
  '0004-joining',
  '0005-books',
  '0006-returns',
  '0007-images',
  '0008-crews-relay',
];
const EMPTY = /has no tables of Postrider yet.*postrider migrate/;
const OLDER = /of an older Postrider.*postrider migrate/;
const NEWER = /by a newer Postrider/;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postrider-schema-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(): string {
  return `sqlite:${join(folder, 'ledger.sqlite')}`;
}

/** As version 0.1 left it, with a mailing that is over and one that was being opened. */
async function makeOlder(url: string): Promise<void> {
  const { db, engine } = openDatabase(url);
  await migrate(db, engine);
  await db.schema.dropIndex('deliveries_returned').execute();
  for (const column of ['fate', 'fate_reason', 'fate_at']) await db.schema.alterTable('deliveries').dropColumn(column).execute();
  for (const table of [
    'images',
    'returns',
    'import_changes',
    'imports',
    'erased',
    'secrets',
    'letters',
    'consents',
    'traffic',
    'paces',
    'crew',
    'leases',
    'events',
    'ledger',
  ])
    await db.schema.dropTable(table).execute();
  await db.schema.alterTable('deliveries').dropColumn('resent').execute();
  await db.schema.dropIndex('editions_by_page').execute();
  for (const column of ['page_url', 'page_title', 'page_day'])
    await db.schema.alterTable('editions').dropColumn(column).execute();
  await db.schema.alterTable('suppressions').dropColumn('note').execute();
  for (const column of ['starts_at', 'opened_at', 'touched_at'])
    await db.schema.alterTable('mailings').dropColumn(column).execute();
  await sql`delete from kysely_migration where name > '0001-first'`.execute(db);
  await sql`insert into lists (id, created_at) values ('monthly', 1)`.execute(db);
  for (const [issue, state] of [
    ['one', 'finished'],
    ['two', 'opening'],
  ])
    await sql`insert into mailings (issue_id, list_id, state, created_at) values (${issue}, 'monthly', ${state}, 70)`.execute(db);
  await db.destroy();
}

async function makeNewer(url: string): Promise<void> {
  const { db, engine } = openDatabase(url);
  await migrate(db, engine);
  await sql`insert into kysely_migration (name, timestamp) values ('0099-from-the-future', 'x')`.execute(db);
  await db.destroy();
}

async function close(opening: ReturnType<typeof openLedger>): Promise<readonly string[]> {
  const { ledger, migrated } = await opening;
  await ledger.close();
  return migrated;
}

it('knows its migrations by these names', () => {
  expect(Object.keys(migrationsFor('sqlite'))).toEqual(ALL);
});

describe('a file', () => {
  it('that is empty gets its tables, once', async () => {
    expect(await close(openLedger(file()))).toEqual(ALL);
    expect(await close(openLedger(file()))).toEqual([]);
  });

  it('that is older is brought up to date, and what it knew of mailings is kept', async () => {
    await makeOlder(file());
    const { ledger, migrated } = await openLedger(file());
    expect(migrated).toEqual(ALL.slice(1));
    expect(await ledger.mailings.find('one', 'monthly')).toMatchObject({ openedAt: 70, touchedAt: 70, startsAt: null });
    expect(await ledger.mailings.find('two', 'monthly')).toMatchObject({ openedAt: null, touchedAt: 70 });
    await ledger.close();
  });

  it('that is newer is left as it is', async () => {
    await makeNewer(file());
    await expect(openLedger(file())).rejects.toThrow(NEWER);
    await expect(openLedger(file())).rejects.toBeInstanceOf(SchemaError);
  });

  it('keeps its name, and has one however many open it first', async () => {
    await close(openLedger(file()));
    const opened = await Promise.all([openLedger(file()), openLedger(file()), openLedger(file())]);
    expect(new Set(opened.map(({ ledger }) => ledger.identity.id)).size).toBe(1);
    await Promise.all(opened.map(({ ledger }) => ledger.close()));
  });
});

describe.skipIf(findCommand('postgres') === undefined)('a server', () => {
  let postgres: RunningPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());

  it('that is empty is refused, and gets its tables by migrate only', async () => {
    const url = await postgres.newDatabase();
    await expect(openLedger(url)).rejects.toThrow(EMPTY);
    expect(await postgres.psql(url, `select count(*) from pg_tables where schemaname = 'public'`)).toBe('0');
    expect(await close(openLedger(url, true))).toEqual(ALL);
    expect(await close(openLedger(url))).toEqual([]);
  });

  it('that is older is refused, and brought up to date by migrate only', async () => {
    const url = await postgres.newDatabase();
    await makeOlder(url);
    await expect(openLedger(url)).rejects.toThrow(OLDER);
    expect(await close(openLedger(url, true))).toEqual(ALL.slice(1));
  });

  it('that is newer is refused, by migrate, too', async () => {
    const url = await postgres.newDatabase();
    await makeNewer(url);
    await expect(openLedger(url)).rejects.toThrow(NEWER);
    await expect(openLedger(url, true)).rejects.toThrow(NEWER);
  });

  it('is migrated once, though two mean to at the same moment', async () => {
    const url = await postgres.newDatabase();
    const migrated = await Promise.all([close(openLedger(url, true)), close(openLedger(url, true))]);
    expect(migrated.flat().toSorted()).toEqual(ALL);
  });
});

it('an older file is told so where it may not be brought up to date', async () => {
  await makeOlder(file());
  const { db, engine } = openDatabase(file());
  await expect(checkSchema(db, engine)).rejects.toThrow(OLDER);
  await db.destroy();
});
