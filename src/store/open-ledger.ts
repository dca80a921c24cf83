// Puts the ledger together over one database.
import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { crewStore } from './crew.ts';
import { deliveryStore } from './deliveries.ts';
import { DeliveryWriter } from './delivery-writer.ts';
import { checkSchema, type LedgerDatabase, migrate, openDatabase } from './engine.ts';
import { imageStore } from './images.ts';
import { importStore } from './imports.ts';
import { jsonRows } from './json-rows.ts';
import type { Ledger, LedgerIdentity } from './ledger.ts';
import { letterStore } from './letters.ts';
import { listStore } from './lists.ts';
import { mailingStore } from './mailings.ts';
import { rateStore } from './rates.ts';
import { returnStore } from './returns.ts';
import type { Engine } from './schema.ts';
import { secretStore } from './secrets.ts';
import { subscriberStore } from './subscribers.ts';
import { subscriptionStore } from './subscriptions.ts';
import { suppressionStore } from './suppressions.ts';

const ERASE_KEY_BYTES = 32;

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

type Identified = Awaited<ReturnType<typeof identify>>;

function ledgerOver(db: LedgerDatabase, engine: Engine, { eraseKey, ...identity }: Identified): Ledger {
  const writer = new DeliveryWriter(db, engine);
  return {
    identity,
    lists: listStore(db),
    subscribers: subscriberStore(db, jsonRows(engine), eraseKey),
    subscriptions: subscriptionStore(db, eraseKey),
    suppressions: suppressionStore(db, eraseKey),
    imports: importStore(db, jsonRows(engine), eraseKey),
    secrets: secretStore(db),
    letters: letterStore(db),
    mailings: mailingStore(db, jsonRows(engine)),
    deliveries: deliveryStore(db, engine, writer),
    returns: returnStore(db, engine, eraseKey),
    crew: crewStore(db),
    images: imageStore(db),
    rates: rateStore(db, engine),
    now: () => (engine === 'sqlite' ? Promise.resolve(Date.now()) : serverTime(db)),
    async close() {
      await writer.close();
      await db.destroy();
    },
  };
}

/** A name, and the key of the erased, are given once, by whoever opens the ledger first. */
async function identify(db: LedgerDatabase): Promise<LedgerIdentity & { readonly eraseKey: string }> {
  const eraseKey = randomBytes(ERASE_KEY_BYTES).toString('hex');
  await db
    .insertInto('ledger')
    .values({ one: 1, id: randomUUID(), created_at: Date.now(), moved_to: null, moved_at: null, erase_key: eraseKey })
    .onConflict((conflict) => conflict.column('one').doNothing())
    .execute();
  await db.updateTable('ledger').set({ erase_key: eraseKey }).where('erase_key', '=', '').execute();
  const row = await db.selectFrom('ledger').selectAll().executeTakeFirstOrThrow();
  return { id: row.id, createdAt: Number(row.created_at), movedTo: row.moved_to, eraseKey: row.erase_key };
}

/** Machines disagree about the time; the server has one. */
async function serverTime(db: LedgerDatabase): Promise<number> {
  const { rows } = await sql<{ at: string }>`select extract(epoch from clock_timestamp()) * 1000 as at`.execute(db);
  return Math.round(Number(rows[0]?.at));
}
