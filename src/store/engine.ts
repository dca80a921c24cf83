// Opens the database that DATABASE_URL names and sees to its tables. One SQL, several engines.
import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrationsFor } from './migrations/all.ts';
import { postgresDialect } from './postgres.ts';
import type { Engine, Tables } from './schema.ts';
import { sqliteDialect } from './sqlite.ts';

export type LedgerDatabase = Kysely<Tables>;

/** The tables are of another version than this program. */
export class SchemaError extends Error {}

/** `sqlite:FILE`, `sqlite::memory:` or `postgres://…`. */
export function openDatabase(url: string): { db: LedgerDatabase; engine: Engine } {
  if (/^postgres(ql)?:\/\//.test(url)) return { db: new Kysely<Tables>({ dialect: postgresDialect(url) }), engine: 'postgres' };
  const file = /^sqlite:(.+)$/.exec(url)?.[1];
  if (file === undefined) throw new Error(`The database ${JSON.stringify(url)} is of a kind that this version does not know.`);
  return { db: new Kysely<Tables>({ dialect: sqliteDialect(file) }), engine: 'sqlite' };
}

/** Applies the migrations that are missing, each once, in order. Gives the names of those applied. */
export async function migrate(db: LedgerDatabase, engine: Engine): Promise<string[]> {
  await checkNotNewer(db, engine);
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrationsFor(engine)) } });
  const first = await migrator.migrateToLatest();
  // On SQLite nothing keeps two processes from the same migration: the second fails whole, and finds it done.
  const { error, results } = first.error === undefined || engine === 'postgres' ? first : await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName);
}

/** Throws a SchemaError where the tables are not exactly those of this version. */
export async function checkSchema(db: LedgerDatabase, engine: Engine): Promise<void> {
  const applied = await checkNotNewer(db, engine);
  if (Object.keys(migrationsFor(engine)).some((name) => !applied.has(name)))
    throw new SchemaError(
      applied.size === 0
        ? 'The database has no tables of Postrider yet. Make them with: postrider migrate'
        : 'The tables are of an older Postrider. Stop what works on them, keep a backup, and bring them up to date with: postrider migrate',
    );
}

async function checkNotNewer(db: LedgerDatabase, engine: Engine): Promise<ReadonlySet<string>> {
  const applied = await appliedMigrations(db);
  const known = migrationsFor(engine);
  if ([...applied].some((name) => !Object.hasOwn(known, name)))
    throw new SchemaError('The ledger was written by a newer Postrider. Install that version, or restore a backup.');
  return applied;
}

async function appliedMigrations(db: LedgerDatabase): Promise<ReadonlySet<string>> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return new Set();
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  return new Set(rows.map(({ name }) => name));
}
