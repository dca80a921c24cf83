// Puts the ledger together over one database.
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { crewStore } from './crew.ts';
import { deliveryStore } from './deliveries.ts';
import { DeliveryWriter } from './delivery-writer.ts';
import { checkSchema, type LedgerDatabase, migrate, openDatabase } from './engine.ts';
import { jsonRows } from './json-rows.ts';
import type { Ledger, LedgerIdentity } from './ledger.ts';
import { letterStore } from './letters.ts';
import { listStore } from './lists.ts';
import { mailingStore } from './mailings.ts';
import { rateStore } from './rates.ts';
import type { Engine } from './schema.ts';
import { subscriberStore } from './subscribers.ts';
import { subscriptionStore } from './subscriptions.ts';

export interface OpenedLedger {
  readonly ledger: Ledger;
  /** Names of the migrations that this opening applied. */
  readonly migrated: readonly string[];
}

/**
 * Opens the ledger. A file's tables are brought up to date; those of a server, which others may be working on,
 * only with `mayMigrate`. Throws a SchemaError where they are of another version.
 */
export async function openLedger(url: string, mayMigrate = false): Promise<OpenedLedger> {
  const { db, engine } = openDatabase(url);
  try {
    const migrated = engine === 'sqlite' || mayMigrate ? await migrate(db, engine) : [];
    if (migrated.length === 0) await checkSchema(db, engine);
    return { ledger: ledgerOver(db, engine, await identify(db)), migrated };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

function ledgerOver(db: LedgerDatabase, engine: Engine, identity: LedgerIdentity): Ledger {
  const writer = new DeliveryWriter(db, engine);
  return {
    identity,
    lists: listStore(db),
    subscribers: subscriberStore(db, jsonRows(engine)),
    subscriptions: subscriptionStore(db),
    letters: letterStore(db),
    mailings: mailingStore(db, jsonRows(engine)),
    deliveries: deliveryStore(db, engine, writer),
    crew: crewStore(db),
    rates: rateStore(db, engine),
    now: () => (engine === 'sqlite' ? Promise.resolve(Date.now()) : serverTime(db)),
    async close() {
      await writer.close();
      await db.destroy();
    },
  };
}

/** A name is given once, by whoever opens the ledger first. */
async function identify(db: LedgerDatabase): Promise<LedgerIdentity> {
  await db
    .insertInto('ledger')
    .values({ one: 1, id: randomUUID(), created_at: Date.now(), moved_to: null, moved_at: null })
    .onConflict((conflict) => conflict.column('one').doNothing())
    .execute();
  const row = await db.selectFrom('ledger').selectAll().executeTakeFirstOrThrow();
  return { id: row.id, createdAt: Number(row.created_at), movedTo: row.moved_to };
}

/** Machines disagree about the time; the server has one. */
async function serverTime(db: LedgerDatabase): Promise<number> {
  const { rows } = await sql<{ at: string }>`select extract(epoch from clock_timestamp()) * 1000 as at`.execute(db);
  return Math.round(Number(rows[0]?.at));
}
