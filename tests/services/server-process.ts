/**
 * One process of a server: starts it under a keeper's eyes, hears when it is ready, and knows when it and all that it
 * started are gone. It knows no server's settings, only what each of ours says when it takes connections.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Account, Keeper } from './server-keeper.ts';

/** Where a process runs, as whom (where undefined, as ourselves), and who sees to its end. */
export interface Place {
  readonly folder: string;
  readonly account: Account | undefined;
  readonly keeper: Keeper;
}

export type CommandLine = readonly [command: string, ...args: string[]];

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** The end of what it has said. */
  log(): string;
  /** Settles when nobody holds its output any more, so that the processes it started are gone as well. */
  readonly closed: Promise<void>;
}

// Redis and PostgreSQL; Dovecot and OpenSSH, which say so once they listen.
const READY = /ready to accept connections|Dovecot \S+ \S+ starting up for|Server listening on/i;
const LIMIT_MS = 60_000;
const LOG_MAX_CHARACTERS = 10_000;

/** Settles when it takes connections; throws, with what it said, if it ends before. */
export async function serve(line: CommandLine, place: Place): Promise<ServerProcess> {
  const server = await start(line, place, 'INT');
  const isReady = await within(server, Promise.race([saysReady(server), server.closed.then(() => false)]));
  if (!isReady) throw new Error(`${line[0]} did not start:\n${server.log()}`);
  return server;
}

/** Runs a command to its end; throws, with its complaints, if it fails. */
export async function finish(line: CommandLine, place: Place): Promise<void> {
  const process = await start(line, place, 0);
  await within(process, process.closed);
  if (process.child.exitCode !== 0) throw new Error(`${line[0]} failed:\n${process.log()}`);
}

async function start([command, ...args]: CommandLine, place: Place, endedBy: 'INT' | 0): Promise<ServerProcess> {
  // In a session of its own, or Ctrl-C would end it while tests still clean up.
  const options = { ...place.account, cwd: place.folder, detached: true };
  // A command that is to finish even when we are killed must not choke on output that nobody reads any more.
  const child = spawn(command, args, { ...options, stdio: ['ignore', endedBy === 0 ? 'ignore' : 'pipe', 'pipe'] });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const log = keepLog(child);
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} has no process id`);
  place.keeper.watch(pid, endedBy);
  void closed.then(place.keeper.forget);
  return { child, pid, log, closed };
}

/** Reads to the end: a server whose output nobody reads stands still when the pipe is full. */
function keepLog({ stdout, stderr }: ChildProcess): () => string {
  let log = '';
  for (const stream of [stdout, stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      log = `${log}${text}`.slice(-LOG_MAX_CHARACTERS);
    });
  return () => log;
}

function saysReady({ child, log }: ServerProcess): Promise<boolean> {
  return new Promise((resolve) => {
    const look = () => READY.test(log()) && resolve(true);
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', look);
  });
}

async function within<T>({ child }: ServerProcess, result: Promise<T>): Promise<T> {
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  return await result.finally(() => clearTimeout(timer));
}
