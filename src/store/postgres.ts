// The ledger in PostgreSQL: for several machines.
import { type Dialect, PostgresDialect } from 'kysely';
import { Pool, type PoolClient, types } from 'pg';

// The writer, the claims of two slices, the timer, and whoever asks for the books.
const CONNECTIONS_MAX = 8;
const CONNECT_TIMEOUT_MS = 10_000;
const INT8 = 20;
const OFTEN = 5;
const STATEMENTS_MAX = 200;

export function postgresDialect(url: string): Dialect {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'postrider',
    // Counts and moments stay far below 2^53; as text they would be added up by concatenation one day.
    types: { getTypeParser: (oid, format) => (oid === INT8 ? Number : types.getTypeParser(oid, format as 'text')) },
  });
  // A server that restarts closes idle connections; the next query opens another, and says so if it cannot.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    void keepPowerSafe(client);
    prepareOften(client);
  });
  return new PostgresDialect({ pool });
}

/** A commit must be on the disk when it returns, whatever the server's default: the promise rests on it. */
async function keepPowerSafe(client: PoolClient): Promise<void> {
  const isOff = `current_setting('synchronous_commit') in ('off', 'local')`;
  await client.query(`select set_config('synchronous_commit', 'on', false) where ${isOff}`).catch(() => undefined);
}

/**
 * What a connection asks often is read and planned once, under a name: a sixth more messages a second. Only so many, for
 * a text with a list in it is a new one for every length.
 */
function prepareOften(client: PoolClient): void {
  const asked = new Map<string, { readonly name: string; times: number }>();
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const queryOrPrepare = (...args: unknown[]): unknown => {
    const [text, values] = args;
    if (args.length !== 2 || typeof text !== 'string' || !Array.isArray(values)) return query(...args);
    const known = asked.get(text) ?? { name: `postrider-${asked.size}`, times: 0 };
    if (known.times > 0 || asked.size < STATEMENTS_MAX) asked.set(text, known);
    return ++known.times < OFTEN ? query(text, values) : query({ name: known.name, text, values });
  };
  client.query = queryOrPrepare as typeof client.query;
}
