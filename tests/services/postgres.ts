/**
 * Runs a private PostgreSQL on 127.0.0.1, for tests that want the real thing, its crash and its recovery included.
 * Durability is left as PostgreSQL has it by default: a commit is on the disk. It installs nothing, and does not
 * touch the system's own clusters. As root, which PostgreSQL refuses, it runs as the account "postgres".
 */
import { execFile } from 'node:child_process';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findCommand } from './install.ts';
import { type Server, startServer } from './server.ts';
import type { Account } from './server-keeper.ts';

export interface RunningPostgres {
  /** Of the database that is there from the start. */
  readonly url: string;
  /** Of the postmaster that runs, or ran last. */
  readonly pid: number;
  /** Creates an empty database and returns its URL. */
  newDatabase(): Promise<string>;
  /** What psql prints: a line per row, fields between bars. Throws where SQL fails. */
  psql(url: string, sql: string): Promise<string>;
  /** On the same port with the same data, also after kill(). Fast: a checkpoint first; immediate: recovery after. */
  restart(mode: 'fast' | 'immediate'): Promise<void>;
  /** By SIGKILL, the postmaster and its children at once; settles when all are gone. */
  kill(): Promise<void>;
  /** Ends it and removes its folder. May be called again. */
  stop(): Promise<void>;
}

const COMMAND_LIMIT_MS = 60_000;
const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;
const execute = promisify(execFile);

export async function startPostgres(): Promise<RunningPostgres> {
  const command = findCommand('postgres');
  if (command === undefined) throw new Error('postgres is not installed');
  const account = process.getuid?.() === 0 ? await readAccount('postgres') : undefined;
  // All from one folder, or initdb might be of another version; `command` may be a link into it.
  const programs = dirname(await realpath(command));
  const server = await startServer({
    name: 'postgres',
    layOut: (folder) => [join(programs, 'initdb'), ...layout(folder)],
    serve: (folder, port) => [command, ...settings(folder, port)],
    account,
  });
  return describe(server, join(programs, 'psql'));
}

async function readAccount(name: string): Promise<Account> {
  const numbers = await Promise.all(['-u', '-g'].map((flag) => execute('id', [flag, name])));
  const [uid = 0, gid = 0] = numbers.map(({ stdout }) => Number(stdout));
  return { uid, gid };
}

function layout(folder: string): string[] {
  // --no-sync saves 0.3 of 0.7 s; it is about the files initdb writes, and not about any commit.
  return ['--auth=trust', '-E', 'UTF8', '--no-locale', '-U', 'postgres', '--no-sync', '-D', join(folder, 'data')];
}

function settings(folder: string, port: number): string[] {
  const values = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200'];
  return ['-D', join(folder, 'data'), '-p', String(port), ...values.flatMap((value) => ['-c', value])];
}

function describe(server: Server, command: string): RunningPostgres {
  const urlOf = (database: string) => `postgres://postgres@127.0.0.1:${server.port}/${database}`;
  let databases = 0;
  let isCrashed = false;
  return {
    url: urlOf('postgres'),
    get pid() {
      return server.pid;
    },
    async newDatabase() {
      const name = `fresh_${++databases}`;
      await psql(command, urlOf('postgres'), `CREATE DATABASE ${name}`);
      return urlOf(name);
    },
    psql: (url, sql) => psql(command, url, sql),
    async restart(mode) {
      await server.end(SIGNALS[mode]);
      await server.start();
      isCrashed = false;
    },
    async kill() {
      await crash(server);
      isCrashed = true;
    },
    async stop() {
      // What a crash leaves in the system's shared memory is cleared by the next start only.
      if (isCrashed) await server.start();
      isCrashed = false;
      await server.stop();
    },
  };
}

async function psql(command: string, url: string, sql: string): Promise<string> {
  const args = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', sql];
  const env = { ...process.env, LC_ALL: 'C' };
  const { stdout } = await execute(command, args, { env, timeout: COMMAND_LIMIT_MS });
  return stdout.trimEnd();
}

async function crash(server: Server): Promise<void> {
  if (!server.isUp) return;
  // Frozen first, it can neither start a child nor tell one to say goodbye: connections just break.
  process.kill(server.pid, 'SIGSTOP');
  // Where the system has no such file, the children leave by themselves when they see that they are alone.
  const children = await readFile(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').catch(() => '');
  for (const pid of children.split(' ').filter((each) => each !== '')) process.kill(Number(pid), 'SIGKILL');
  await server.end('SIGKILL');
}
