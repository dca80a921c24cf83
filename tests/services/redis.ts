/**
 * Runs a private Redis on 127.0.0.1, for tests that want the real thing, its death and its return included. What it
 * has confirmed survives kill() and restart(), but no power cut. It installs nothing and needs no root.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findCommand } from './install.ts';
import { startServer } from './server.ts';

export interface RedisOptions {
  /** What goes when the memory is full (maxmemory-policy). By default nothing goes, as BullMQ demands. */
  readonly policy?: string;
  /** Like '2mb'; by default without limit. */
  readonly maxMemory?: string;
  /** Whether data come back after kill() and restart(); by default they do. */
  readonly appendOnly?: boolean;
}

export interface RunningRedis {
  readonly url: string;
  /** Of the process that runs, or ran last. */
  readonly pid: number;
  /** What redis-cli prints; throws where the answer is an error. */
  command(...args: readonly string[]): Promise<string>;
  /** By SIGKILL; settles when it is gone. */
  kill(): Promise<void>;
  /** On the same port with the same folder, whether it runs or was killed. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. May be called again. */
  stop(): Promise<void>;
}

const COMMAND_LIMIT_MS = 20_000;

export async function startRedis(options: RedisOptions = {}): Promise<RunningRedis> {
  const command = findCommand('redis-server');
  if (command === undefined) throw new Error('redis-server is not installed');
  const server = await startServer({
    name: 'redis',
    serve: (folder, port) => [command, ...settings(folder, port, options)],
  });
  return {
    url: `redis://127.0.0.1:${server.port}`,
    get pid() {
      return server.pid;
    },
    command: (...words) => ask(server.port, words),
    kill: () => server.end('SIGKILL'),
    async restart() {
      await server.end('SIGTERM');
      await server.start();
    },
    stop: server.stop,
  };
}

function settings(folder: string, port: number, options: RedisOptions): string[] {
  const { policy = 'noeviction', maxMemory = '0', appendOnly = true } = options;
  return [
    ...['--bind', '127.0.0.1', '--port', String(port), '--protected-mode', 'yes'],
    ...['--dir', folder, '--save', '', '--appendonly', appendOnly ? 'yes' : 'no'],
    // With the default, everysec, a write may be held back for two seconds while the disk is busy, and a kill loses it.
    ...['--appendfsync', 'no'],
    ...['--maxmemory', maxMemory, '--maxmemory-policy', policy],
  ];
}

async function ask(port: number, words: readonly string[]): Promise<string> {
  const command = findCommand('redis-cli');
  if (command === undefined) throw new Error('redis-cli is not installed');
  const args = ['-h', '127.0.0.1', '-p', String(port), '-e', ...words];
  const { stdout } = await promisify(execFile)(command, args, { timeout: COMMAND_LIMIT_MS });
  return stdout.trimEnd();
}
