// The PostgreSQL that other tests lean on: what they take for granted of it. Left out where it is not installed.
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCommand } from './install.ts';
import { type RunningPostgres, startPostgres } from './postgres.ts';

const isPossible = ['postgres', 'initdb'].every((command) => findCommand(command) !== undefined);

describe.skipIf(!isPossible)('a private PostgreSQL', () => {
  let postgres: RunningPostgres;

  /** A new database that holds one committed row. */
  async function databaseWithRow(): Promise<string> {
    const url = await postgres.newDatabase();
    await postgres.psql(url, "CREATE TABLE issue (id text); INSERT INTO issue VALUES ('2023-01')");
    return url;
  }

  const rowOf = (url: string): Promise<string> => postgres.psql(url, 'SELECT id FROM issue');
  const setting = (name: string): Promise<string> => postgres.psql(postgres.url, `SHOW ${name}`);

  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(async () => {
    await postgres?.stop();
  });

  it('answers, and throws what it refuses', async () => {
    expect(await postgres.psql(postgres.url, "SELECT 1, 'two'")).toBe('1|two');
    await expect(postgres.psql(postgres.url, 'SELECT * FROM nowhere')).rejects.toThrow('"nowhere" does not exist');
  });

  it.each([
    ['listen_addresses', '127.0.0.1'],
    ['unix_socket_directories', ''],
    ['fsync', 'on'],
    ['synchronous_commit', 'on'],
    ['full_page_writes', 'on'],
    ['max_connections', '200'],
    ['server_encoding', 'UTF8'],
  ])('has %s = %s', async (name, value) => {
    expect(await setting(name)).toBe(value);
  });

  it('gives a new and empty database each time, also to those who ask at once', async () => {
    const [one, other] = await Promise.all([databaseWithRow(), postgres.newDatabase()]);
    expect(await rowOf(one)).toBe('2023-01');
    await expect(rowOf(other)).rejects.toThrow('"issue" does not exist');
  });

  it.each(['fast', 'immediate'] as const)('keeps its data and its address through a restart that is %s', async (mode) => {
    const { pid } = postgres;
    const url = await databaseWithRow();
    await postgres.restart(mode);
    expect(await rowOf(url)).toBe('2023-01');
    expect(postgres.pid).not.toBe(pid);
  });

  it('dies with everybody who is at work in it, and brings back just what was committed', async () => {
    const url = await databaseWithRow();
    const atWork = postgres.psql(url, "INSERT INTO issue VALUES ('2023-02') RETURNING pg_sleep(600)").catch(String);
    const active = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    await expect.poll(() => postgres.psql(url, active), { timeout: 10_000 }).toBe('1');
    await postgres.kill();
    expect(await atWork).toContain('server closed the connection unexpectedly');
    await expect(rowOf(url)).rejects.toThrow('refused');
    await postgres.restart('fast');
    expect(await rowOf(url)).toBe('2023-01');
  });

  it('does not collide with another', async () => {
    const other = await startPostgres();
    await other.psql(other.url, 'CREATE TABLE mailing (id text)');
    await expect(postgres.psql(postgres.url, 'SELECT * FROM mailing')).rejects.toThrow('"mailing" does not exist');
    await other.stop();
    expect(await postgres.psql(postgres.url, 'SELECT 1')).toBe('1');
  });

  it.each([
    ['runs', (_: RunningPostgres) => Promise.resolve()],
    ['was killed', (other: RunningPostgres) => other.kill()],
  ])('leaves neither a listener nor a folder when it is stopped while it %s', async (_state, bring) => {
    const other = await startPostgres();
    const folder = await other.psql(other.url, 'SHOW data_directory');
    expect(existsSync(folder)).toBe(true);
    await bring(other);
    await other.stop();
    await other.stop();
    await expect(other.psql(other.url, 'SELECT 1')).rejects.toThrow('refused');
    expect(existsSync(folder)).toBe(false);
  });
});
