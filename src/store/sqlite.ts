// The ledger in one SQLite file: power-safe, and made for several processes on one machine.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
} from 'kysely';

/** `file` may be `:memory:`. */
export function sqliteDialect(file: string): Dialect {
  return new ImmediateSqliteDialect({ database: () => Promise.resolve(withStatementCache(openSqlite(file))) });
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
