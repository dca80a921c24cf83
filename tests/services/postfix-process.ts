/**
 * Starts a private Postfix in a temporary folder, and knows when it takes connections. It listens on 127.0.0.1 only
 * and leaves the system's own Postfix and its files alone. It needs root, as Postfix does; what it is configured to do
 * is its caller's to say.
 */
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import { findCommand } from './install.ts';
import { onFreePorts } from './on-free-ports.ts';
import { startKeeper } from './postfix-keeper.ts';
import { layOutPostfix, type PostfixKind } from './postfix-layout.ts';

export interface PostfixProcess {
  readonly folder: string;
  readonly ports: readonly number[];
  /** The PEM file of the authority behind the certificate, which is for localhost and 127.0.0.1. */
  readonly caFile: string;
  log(): Promise<string>;
  /** Stops it and removes its folder, `caFile` included. May be called again. */
  stop(): Promise<void>;
}

const GREETING_LIMIT_MS = 10_000;

/** `kindOn` is given as many free ports as are wanted, and must listen on each of them. */
export async function startPostfixProcess(
  count: number,
  kindOn: (ports: readonly number[]) => PostfixKind,
): Promise<PostfixProcess> {
  const command = findCommand('postfix');
  if (command === undefined) throw new Error('postfix is not installed');
  if (process.getuid?.() !== 0) throw new Error('Postfix can be started by root only');
  return await onFreePorts(count, (ports) => startOn(ports, command, kindOn(ports)));
}

async function startOn(ports: readonly number[], command: string, kind: PostfixKind): Promise<PostfixProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'postrider-postfix-'));
  const keeper = startKeeper(command, folder);
  try {
    const { caFile, chainFile } = await makeCertificate(folder);
    await layOutPostfix({ folder, chainFile }, kind);
    await keeper.start();
    await Promise.all(ports.map(greeted));
    return { folder, ports, caFile, log: () => readLog(folder), stop: keeper.stop };
  } catch (error) {
    const log = await readLog(folder);
    await keeper.stop();
    const tail = log.split('\n').slice(-30).join('\n');
    throw new Error(`Postfix did not start: ${String(error)}\n${tail}`, { cause: error });
  }
}

/** A listening port may still be without a working server behind it, so wait for what that says first. */
async function greeted(port: number): Promise<void> {
  const socket = createConnection({ host: '127.0.0.1', port });
  try {
    const [greeting] = await once(socket, 'data', { signal: AbortSignal.timeout(GREETING_LIMIT_MS) });
    if (!String(greeting).startsWith('220 ')) throw new Error(`port ${port} says ${String(greeting)}`);
  } finally {
    socket.destroy();
  }
}

async function readLog(folder: string): Promise<string> {
  const parts = ['start.log', 'maillog'].map((name) => readFile(join(folder, name), 'utf8').catch(() => ''));
  return (await Promise.all(parts)).join('').trimEnd();
}
