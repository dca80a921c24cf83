/**
 * Runs a private Postfix in a temporary folder, for tests that want a real relay's answers. It listens on
 * 127.0.0.1 only, sends nothing anywhere, and leaves the system's own Postfix and its files alone. It needs
 * root, as Postfix does; it does not log in clients, and it does not install anything.
 */
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import { findCommand } from './install.ts';
import { freePorts } from './ports.ts';
import { LISTENERS, type Listener, type PostfixOptions, writeConfiguration } from './postfix-config.ts';
import { type Keeper, startKeeper } from './postfix-keeper.ts';
import { type DeliveredMessage, readDelivered } from './postfix-mail.ts';

export interface Postfix {
  /** Takes 10 MB; a refused sender learns of it at RCPT. All listeners refuse the same addresses. */
  readonly port: number;
  /** Answers 421 4.4.2 and hangs up when the client is silent for two seconds, or as the options say. */
  readonly timeoutPort: number;
  /** Announces and enforces a message size of 200,000 bytes, or as the options say. */
  readonly smallPort: number;
  /** Refuses a sender at MAIL already. */
  readonly earlyPort: number;
  /** The PEM file of the authority behind the certificate, which is for localhost and 127.0.0.1. */
  readonly caFile: string;
  /** Waits until all that was accepted is written down; throws if that fails. */
  delivered(): Promise<DeliveredMessage[]>;
  /** The recipients of `delivered()`, with repetitions. */
  deliveredTo(): Promise<string[]>;
  log(): Promise<string>;
  /** Stops it and removes its folder, `caFile` included. May be called again. */
  stop(): Promise<void>;
}

type Ports = Record<Listener, number>;

const ATTEMPTS = 5;
const GREETING_LIMIT_MS = 10_000;

export async function startPostfix(options: PostfixOptions = {}): Promise<Postfix> {
  const command = findCommand('postfix');
  if (command === undefined) throw new Error('postfix is not installed');
  if (process.getuid?.() !== 0) throw new Error('Postfix can be started by root only');
  for (let attempt = 1; ; attempt++) {
    const free = await freePorts(LISTENERS.length);
    const ports = Object.fromEntries(LISTENERS.map((name, index) => [name, free[index]])) as Ports;
    try {
      return await startOn(ports, command, options);
    } catch (error) {
      // Another process may take a port between our finding it free and Postfix's listening on it.
      if (attempt === ATTEMPTS || !String(error).includes('Address already in use')) throw error;
    }
  }
}

async function startOn(ports: Ports, command: string, options: PostfixOptions): Promise<Postfix> {
  const folder = await mkdtemp(join(tmpdir(), 'postrider-postfix-'));
  const keeper = startKeeper(command, folder);
  try {
    const { caFile, chainFile } = await makeCertificate(folder);
    await writeConfiguration({ folder, ports, chainFile, options });
    await keeper.start();
    await Promise.all(Object.values(ports).map(greeted));
    return describe(folder, ports, caFile, keeper);
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

function describe(folder: string, ports: Ports, caFile: string, keeper: Keeper): Postfix {
  const delivered = () => readDelivered(folder);
  return {
    port: ports.main,
    timeoutPort: ports.timeout,
    smallPort: ports.small,
    earlyPort: ports.early,
    caFile,
    delivered,
    deliveredTo: async () => (await delivered()).map(({ recipient }) => recipient),
    log: () => readLog(folder),
    stop: keeper.stop,
  };
}

async function readLog(folder: string): Promise<string> {
  const parts = ['start.log', 'maillog'].map((name) => readFile(join(folder, name), 'utf8').catch(() => ''));
  return (await Promise.all(parts)).join('').trimEnd();
}
