// Moves a ledger whole from a file to a server. **Invariant**: at no moment may both of them send. So the old one is
// put out of use first, and comes back into use only where the copy has failed without a trace.
import { sql, type Transaction } from 'kysely';
import { CREW_SILENCE_MAX_MS } from '../domain/crew.ts';
import { checkSchema, type LedgerDatabase, migrate, openDatabase } from './engine.ts';
import type { Tables } from './schema.ts';

export type MoveResult = { readonly kind: 'moved'; readonly rows: number } | { readonly kind: 'refused'; readonly why: string };

type Table = keyof Tables;

// In the order in which they refer to each other. Who is at work, and who leads, is not moved.
const MOVED: readonly Table[] = [
  'lists',
  'subscribers',
  'subscriptions',
  'consents',
  'letters',
  'suppressions',
  'imports',
  'import_changes',
  'erased',
  'secrets',
  'mailings',
  'editions',
  'exclusions',
  'deliveries',
  'returns',
  'events',
  'images',
  'paces',
  'traffic',
];
const NUMBERED: readonly (readonly [Table, string])[] = [
  ['lists', 'number'],
  ['subscribers', 'id'],
  ['consents', 'id'],
  ['letters', 'id'],
  ['imports', 'id'],
  ['mailings', 'id'],
  ['editions', 'id'],
  ['returns', 'id'],
  ['events', 'id'],
];
const PAGE_SIZE = 2_000;
// Rows of hundreds of kilobytes.
const LARGE: readonly Table[] = ['editions', 'images'];
const LARGE_PAGE_SIZE = 20;

/** `place` is what the old ledger says of where it went: no password. */
export async function moveLedger(from: string, to: string, place: string, now: number): Promise<MoveResult> {
  const source = openDatabase(from);
  const target = openDatabase(to);
  try {
    await checkSchema(source.db, source.engine);
    await migrate(target.db, target.engine);
    const why = (await whyNotTo(target.db)) ?? (await takeOutOfUse(source.db, place, now));
    if (why !== undefined) return { kind: 'refused', why };
    try {
      return { kind: 'moved', rows: await target.db.transaction().execute((tx) => copyAll(source.db, tx)) };
    } catch (error) {
      // A commit whose answer was lost has moved it all the same: only a target that is seen to be empty is none.
      if ((await whyNotTo(target.db)) === undefined)
        await source.db.updateTable('ledger').set({ moved_to: null, moved_at: null }).execute();
      throw error;
    }
  } finally {
    await source.db.destroy();
    await target.db.destroy();
  }
}

/** In one transaction, so that nobody claims anything after the look and before the end. */
function takeOutOfUse(db: LedgerDatabase, place: string, now: number): Promise<string | undefined> {
  return db.transaction().execute(async (tx) => {
    const why = await whyNotFrom(tx, place, now);
    if (why === undefined) await tx.updateTable('ledger').set({ moved_to: place, moved_at: now }).execute();
    return why;
  });
}

/** A move that was killed half-way has left the old ledger out of use and the new one empty: it may be done again. */
async function whyNotFrom(db: Transaction<Tables>, place: string, now: number): Promise<string | undefined> {
  const row = await db.selectFrom('ledger').selectAll().executeTakeFirst();
  if (!row) return 'The file holds no ledger.';
  if (row.moved_to !== null && row.moved_to !== place) return `It has been moved to ${row.moved_to} already.`;
  const held = await db.selectFrom('deliveries').select('sequence').where('claimed_until', '>', now).executeTakeFirst();
  if (held) return 'It is being sent from at this moment; stop that, wait fifteen seconds, and move it then.';
  const present = await db
    .selectFrom('crew')
    .select('id')
    .where('seen_at', '>', now - CREW_SILENCE_MAX_MS)
    .executeTakeFirst();
  if (present) return 'A serve or work is running on it; stop that, and move it then.';
  return undefined;
}

async function whyNotTo(db: LedgerDatabase): Promise<string | undefined> {
  const isUsed = (await db.selectFrom('lists').select('id').executeTakeFirst()) !== undefined;
  return isUsed ? 'The database of DATABASE_URL holds a ledger of its own already.' : undefined;
}

async function copyAll(from: LedgerDatabase, to: Transaction<Tables>): Promise<number> {
  let rows = 0;
  for (const table of MOVED) rows += await copyTable(from, to, table);
  const { id, created_at, erase_key } = await from.selectFrom('ledger').selectAll().executeTakeFirstOrThrow();
  await to.deleteFrom('ledger').execute();
  await to.insertInto('ledger').values({ one: 1, id, created_at, erase_key, moved_to: null, moved_at: null }).execute();
  // The next row gets the number after the last.
  for (const [table, column] of NUMBERED)
    await sql`select setval(pg_get_serial_sequence(${table}, ${column}), (select coalesce(max(${sql.ref(column)}), 0) + 1 from ${sql.table(table)}), false)`.execute(
      to,
    );
  return rows;
}

async function copyTable(from: LedgerDatabase, to: Transaction<Tables>, table: Table): Promise<number> {
  let rows = 0;
  for await (const page of pagesOf(from, table)) {
    const name = sql.table(table);
    await sql`insert into ${name} overriding system value
      select * from json_populate_recordset(null::${name}, cast(${JSON.stringify(page)} as json))`.execute(to);
    rows += page.length;
  }
  return rows;
}

async function* pagesOf(from: LedgerDatabase, table: Table): AsyncGenerator<object[]> {
  const size = LARGE.includes(table) ? LARGE_PAGE_SIZE : PAGE_SIZE;
  let page: object[] = [];
  for await (const row of from.selectFrom(table).selectAll().stream()) {
    page.push(row);
    if (page.length < size) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
