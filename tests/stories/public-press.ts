// A newsletter as it is in public, on this machine: `serve` behind a web with TLS at a public name, which a proxy leads to,
// and a relay that is not loopback by its name and speaks STARTTLS. Its folder is a git repository. Nothing leaves this machine.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer, request } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { makeCertificate } from '../services/certificate.ts';
import { freePorts } from '../services/ports.ts';
import { commitAll, git, writeFiles } from '../source/in-git.ts';
import { finished, newsletterFolder, type Place, postrider, start } from './cli.ts';
import { until } from './several.ts';

export const PUBLIC_NAME = 'letters.postrider-press.dev';

export interface TakenMail {
  readonly recipients: readonly string[];
  readonly isSecure: boolean;
  readonly text: string;
}

export interface PublicPress {
  readonly place: Place;
  /** What the relay took, in order. */
  readonly taken: readonly TakenMail[];
  /** How often anybody has come to the relay. */
  readonly calls: () => number;
  /** Hosts that the proxy was asked for. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

export interface PressOptions {
  readonly issues: Readonly<Record<string, string>>;
  readonly readers: Readonly<Record<string, readonly string[]>>;
}

export async function startPublicPress({ issues, readers }: PressOptions): Promise<PublicPress> {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-tls-'));
  const { caFile, chainFile } = await makeCertificate(folder, [`DNS.2 = ${PUBLIC_NAME}`, 'IP.2 = 0.0.0.0']);
  const tls = { key: readFileSync(chainFile), cert: readFileSync(chainFile) };
  const relay = await startRelay(tls);
  const [port = 0] = await freePorts(1);
  const front = await startFront(tls, port);
  const proxy = await startProxy(front.port);
  const cwd = pressFolder(issues);
  const env = {
    SMTP_URL: `smtp://0.0.0.0:${relay.port}`,
    BASE_URL: `https://${PUBLIC_NAME}`,
    NODE_USE_ENV_PROXY: '1',
    HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
    NODE_EXTRA_CA_CERTS: caFile,
    PORT: String(port),
  };
  const place = { cwd, env };
  for (const [list, addresses] of Object.entries(readers)) await importReaders(place, list, addresses);
  const serve = start(['serve'], place);
  const end = finished(serve);
  await until(async () => (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined))?.ok === true, end);
  return {
    ...{ place, taken: relay.taken, calls: relay.calls, asked: proxy.asked },
    async stop() {
      serve.kill('SIGTERM');
      await end;
      await Promise.all([relay, front, proxy].map((each) => each.close()));
    },
  };
}

export async function importReaders(place: Place, list: string, addresses: readonly string[]): Promise<void> {
  const table = `email\n${addresses.join('\n')}\n`;
  const { code, stderr } = await postrider(['subscribers', 'import', '-', '--list', list], place, table);
  if (code !== 0) throw new Error(stderr);
}

function pressFolder(issues: Readonly<Record<string, string>>): string {
  const cwd = newsletterFolder();
  const file = join(cwd, 'newsletter.yaml');
  const settings = readFileSync(file, 'utf8').replace('newsletter@rust-osdev.example', 'newsletter@postrider-press.dev');
  writeFileSync(
    file,
    `${settings}  later:\n    title: Later\n  empty:\n    title: Nobody’s\ndefaultList: monthly\nrelay:\n  messagesPerSecond: 1000\n`,
  );
  writeFileSync(join(cwd, '.env'), 'POSTRIDER_SECRET=0123456789abcdef0123456789abcdef\n');
  writeFiles(cwd, { '.gitignore': '.env\n.postrider/\n', ...issues });
  git(cwd, 'init', '--quiet');
  commitAll(cwd);
  return cwd;
}

interface Running {
  readonly port: number;
  close(): Promise<void>;
}

async function startRelay(tls: ServerOptions) {
  const taken: TakenMail[] = [];
  let calls = 0;
  const server = new SMTPServer({
    ...tls,
    authOptional: true,
    onConnect(_session, callback) {
      calls++;
      callback();
    },
    onData(stream, { envelope, secure }, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const recipients = envelope.rcptTo.map(({ address }) => address);
        taken.push({ recipients, isSecure: secure, text: Buffer.concat(chunks).toString('latin1') });
        callback();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  return { taken, calls: () => calls, port, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

/** What stands before `serve`. */
function startFront(tls: ServerOptions, to: number): Promise<Running> {
  const server = createServer(tls, (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port: to, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(onward);
  });
  return listening(server);
}

/** Leads to the public name, and lets every other ring without an answer. */
async function startProxy(to: number) {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createPlainServer();
  server.on('connect', ({ url = '' }, client: Socket) => {
    const [host = ''] = url.split(':');
    asked.push(host);
    sockets.add(client);
    client.on('error', () => undefined);
    if (host !== PUBLIC_NAME) return void client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    const upstream = createConnection({ host: '127.0.0.1', port: to }, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  const { port, close } = await listening(server);
  return {
    ...{ asked, port },
    close() {
      for (const socket of sockets) socket.destroy();
      return close();
    },
  };
}

async function listening(server: ReturnType<typeof createPlainServer>): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
