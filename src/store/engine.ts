// Opens the database that DATABASE_URL names and brings its tables up to date. One SQL, several engines:
// what differs between them stands in this file and in the first lines of a migration.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
} from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrationsFor } from './migrations/all.ts';
import type { Engine, Tables } from './schema.ts';

export type LedgerDatabase = Kysely<Tables>;

/** A database of another version than this program's. */
export class SchemaError extends Error {}

/** `sqlite:FILE` or `sqlite::memory:`. */
export function openDatabase(url: string): { db: LedgerDatabase; engine: Engine } {
  const file = /^sqlite:(.+)$/.exec(url)?.[1];
  if (file === undefined) throw new Error(`The database ${JSON.stringify(url)} is of a kind that this version does not know.`);
  return {
    db: new Kysely<Tables>({
      dialect: new ImmediateSqliteDialect({ database: () => Promise.resolve(withStatementCache(openSqlite(file))) }),
    }),
    engine: 'sqlite',
  };
}

/** Applies the migrations that are missing, each once, in order. Gives the names of those applied. */
export async function migrate(db: LedgerDatabase, engine: Engine): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrationsFor(engine)) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined && !/corrupted migrations/.test(String(error))) throw error;
  if (error !== undefined)
    throw new SchemaError(
      'The ledger was written by a newer Postrider, or its tables cannot be brought up to date. Install the newer version, or restore a backup.',
      { cause: error },
    );
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName);
}

function openSqlite(file: string): Database.Database {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  // FULL: a commit is on the disk when it returns, through a loss of power. The promise rests on it.
  database.pragma('synchronous = FULL');
  database.pragma('busy_timeout = 10000');
  database.pragma('foreign_keys = ON');
  database.pragma('cache_size = -8000');
  return database;
}

// The hot statements differ by the size of their group only; all of them together are a few hundred.
const CACHED_STATEMENTS_MAX = 500;

/** Kysely prepares each statement anew, which took a tenth of a mailing's time; here each is prepared once. */
function withStatementCache(database: Database.Database): SqliteDatabase {
  const statements = new Map<string, Database.Statement>();
  return {
    prepare(query) {
      const known = statements.get(query) ?? database.prepare(query);
      if (statements.size >= CACHED_STATEMENTS_MAX) statements.clear();
      statements.set(query, known);
      return known;
    },
    close: () => database.close(),
  };
}

/**
 * Kysely begins with a plain `begin`. A transaction that reads first and writes later then fails with
 * SQLITE_BUSY at once, whatever the timeout, when another process has written in between.
 */
class ImmediateSqliteDialect extends SqliteDialect {
  readonly #settings: SqliteDialectConfig;

  constructor(settings: SqliteDialectConfig) {
    super(settings);
    this.#settings = settings;
  }

  override createDriver(): Driver {
    return new ImmediateSqliteDriver(this.#settings);
  }
}

class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    // SQLite answers at once, so a loop of awaits would never give timers, signals or the garbage collector their
    // turn: importing a million rows took half as much memory again.
    await new Promise((resolve) => setImmediate(resolve));
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}
