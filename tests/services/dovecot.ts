/**
 * Runs a private Dovecot in a temporary folder, for tests that want a real mailbox behind IMAP. It listens on
 * 127.0.0.1 only, and leaves the system's own Dovecot and its files alone. It needs root, as the mail is another
 * account's, and it does not install anything.
 */
import { mkdtemp, readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCertificate } from './certificate.ts';
import { configurationOf, type DovecotOptions, maildirOf, PASSWORDS, type User, writeConfiguration } from './dovecot-config.ts';
import { putMessage, readMessages, type StoredMessage } from './dovecot-mail.ts';
import { findCommand } from './install.ts';
import { onFreePorts } from './on-free-ports.ts';
import { startKeeper } from './server-keeper.ts';
import { type Place, type ServerProcess, serve } from './server-process.ts';

export interface Dovecot {
  /** IMAP in the clear, which also offers STARTTLS. */
  readonly port: number;
  /** IMAP in TLS from the beginning (IMAPS). */
  readonly tlsPort: number;
  /** The PEM file of the authority behind the certificate, which is for localhost and 127.0.0.1. */
  readonly caFile: string;
  /** Of the process that runs, or ran last. */
  readonly pid: number;
  /** imap://user:password@127.0.0.1:port/INBOX, percent-encoded. */
  url(user: User): string;
  /** The same with imaps: and `tlsPort`. */
  tlsUrl(user: User): string;
  /** Into the user's INBOX, with its line ends as they are; UIDs follow the order of the calls. */
  put(user: User, message: string): Promise<void>;
  /** What is in a folder, INBOX or a subfolder like Returns or Returns.Done; nothing where there is no such folder. */
  messages(user: User, folder: string): Promise<StoredMessage[]>;
  /** Drops every connection it has greeted; new ones are welcome. Settles when the processes behind them are gone. */
  kick(): Promise<void>;
  /** Ends it, so that connections are refused; the mail stays. */
  pause(): Promise<void>;
  /** After pause(): on the same ports, with the same mail. */
  resume(): Promise<void>;
  /** The end of what the process that runs, or ran last, has said. */
  log(): string;
  /** Ends it and removes its folder, `caFile` included. May be called again. */
  stop(): Promise<void>;
}

interface Ports {
  readonly port: number;
  readonly tlsPort: number;
}

const GREETING_LIMIT_MS = 20_000;
const KICK_LIMIT_MS = 10_000;

export async function startDovecot(options: DovecotOptions = {}): Promise<Dovecot> {
  const command = findCommand('dovecot');
  if (command === undefined) throw new Error('dovecot is not installed');
  if (process.getuid?.() !== 0) throw new Error('Dovecot can be started by root only');
  return await onFreePorts(2, ([port = 0, tlsPort = 0]) => startOn({ port, tlsPort }, command, options));
}

async function startOn(ports: Ports, command: string, options: DovecotOptions): Promise<Dovecot> {
  const folder = await mkdtemp(join(tmpdir(), 'postrider-dovecot-'));
  const place: Place = { folder, account: undefined, keeper: startKeeper(folder, undefined) };
  // In the foreground, so that it is our child and says on our pipe what it has to say.
  const start = async () => {
    const server = await serve([command, '-F', '-c', configurationOf(folder)], place);
    await greeted(ports.port);
    return server;
  };
  try {
    const { caFile, chainFile } = await makeCertificate(folder);
    await writeConfiguration({ folder, ...ports, chainFile, options });
    return describe(ports, caFile, await start(), start, place);
  } catch (error) {
    await place.keeper.stop();
    throw error;
  }
}

/** It listens before its helpers run, and told to end just then, it would wait for them for six seconds. */
async function greeted(port: number): Promise<void> {
  const socket = createConnection({ host: '127.0.0.1', port, signal: AbortSignal.timeout(GREETING_LIMIT_MS) });
  let greeting = '';
  for await (const text of socket.setEncoding('utf8')) {
    greeting += text;
    if (/ ready\.\r\n/.test(greeting)) return;
  }
  throw new Error(`Dovecot says ${greeting}`);
}

function describe(
  { port, tlsPort }: Ports,
  caFile: string,
  first: ServerProcess,
  start: () => Promise<ServerProcess>,
  { folder, keeper }: Place,
): Dovecot {
  let current = first;
  const pause = async () => {
    const isOver = current.closed.then(() => true);
    current.child.kill('SIGINT');
    // It takes no new connections now, but would wait for six seconds and more for those there are to end.
    do await kick(current.pid);
    while (!(await Promise.race([isOver, sleep(100, false)])));
  };
  return {
    port,
    tlsPort,
    caFile,
    get pid() {
      return current.pid;
    },
    url: (user) => urlOf('imap', user, port),
    tlsUrl: (user) => urlOf('imaps', user, tlsPort),
    put: (user, message) => putMessage(maildirOf(folder, user), message),
    messages: (user, name) => readMessages(maildirOf(folder, user), name),
    kick: () => kick(current.pid),
    pause,
    async resume() {
      current = await start();
    },
    log: () => current.log(),
    async stop() {
      await pause();
      await keeper.stop();
    },
  };
}

function urlOf(scheme: string, user: User, port: number): string {
  return `${scheme}://${user}:${encodeURIComponent(PASSWORDS[user])}@127.0.0.1:${port}/INBOX`;
}

/** A client's connection is held by "imap-login" until it has logged in, then by "imap", or by both where TLS is. */
async function kick(master: number): Promise<void> {
  const children = (await read(`/proc/${master}/task/${master}/children`)).split(' ').filter((pid) => pid !== '');
  const holders: string[] = [];
  for (const pid of children) if (/^imap(-login)?\n$/.test(await read(`/proc/${pid}/comm`))) holders.push(pid);
  for (const pid of holders) terminate(Number(pid));
  const giveUp = Date.now() + KICK_LIMIT_MS;
  for (const pid of holders) {
    while ((await read(`/proc/${pid}/comm`)) !== '') {
      if (Date.now() > giveUp) throw new Error(`Dovecot's process ${pid} did not end in time`);
      await sleep(10);
    }
  }
}

/** Empty where the process is gone. */
function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

function terminate(pid: number): void {
  try {
    process.kill(pid);
  } catch {
    // Its client has just left, and it with them.
  }
}
