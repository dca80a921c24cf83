// Takes returned mail by SMTP: for our signed return paths and mailto addresses only, so that it is no relay and nobody's
// mailbox. It never sends anything.
import type { AddressInfo } from 'node:net';
import { isIPv6 } from 'node:net';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { SMTPServer } from 'smtp-server';
import { READ_MAX_BYTES, type Take } from './inbox.ts';

export interface ListenerOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Whether an address is signed by us. */
  readonly isOurs: (address: string) => boolean;
  readonly take: Take;
  /** Hears of a message that could not be taken; its sender brings it again. */
  readonly onFailure: (error: unknown) => void;
}

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

// A bounce may hold the message that came back, and all that it went through.
const MESSAGE_MAX_BYTES = 20_000_000;
const CLIENTS_MAX = 50;
const RECIPIENTS_MAX = 10;
const SILENCE_MAX_MS = 60_000;
// Of one sender; a server of our own, on this machine, may bring as much as it has.
const MESSAGES_PER_MINUTE = 300;

export async function startListener({ host, port, isOurs, take, onFailure }: ListenerOptions): Promise<Listener> {
  const limiter = new RateLimiterMemory({ points: MESSAGES_PER_MINUTE, duration: 60 });
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    banner: 'postrider returns',
    disableReverseLookup: true,
    maxClients: CLIENTS_MAX,
    socketTimeout: SILENCE_MAX_MS,
    closeTimeout: 1_000,
    size: MESSAGE_MAX_BYTES,
    onMailFrom(_sender, { remoteAddress }, callback) {
      if (isLoopback(remoteAddress)) return callback();
      limiter.consume(senderOf(remoteAddress)).then(
        () => callback(),
        () => callback(refusal(451, '4.7.1 Too many messages from you; please come back in a minute')),
      );
    },
    onRcptTo({ address }, { envelope }, callback) {
      if (!isOurs(address)) return callback(refusal(550, '5.7.1 This server takes returned mail only'));
      if (envelope.rcptTo.length >= RECIPIENTS_MAX) return callback(refusal(452, '4.5.3 Too many recipients'));
      return callback();
    },
    onData(stream, { envelope }, callback) {
      const chunks: Buffer[] = [];
      let kept = 0;
      stream.on('data', (chunk: Buffer) => {
        if (kept < READ_MAX_BYTES) chunks.push(chunk);
        kept += chunk.length;
      });
      stream.on('end', () => {
        if (stream.sizeExceeded) return callback(refusal(552, '5.3.4 Message too big'));
        const addresses = envelope.rcptTo.map(({ address }) => address);
        take(Buffer.concat(chunks), addresses).then(
          () => callback(null, 'taken'),
          (error: unknown) => {
            onFailure(error);
            callback(refusal(451, '4.3.0 Cannot be written down at the moment; please come back'));
          },
        );
      });
    },
  });
  // A client that hangs up is a client's right.
  server.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** An IPv6 sender has a whole network of addresses. */
function senderOf(ip: string): string {
  return isIPv6(ip) ? ip.split(':').slice(0, 4).join(':') : ip;
}

function isLoopback(ip: string): boolean {
  return ip === '::1' || /^(?:::ffff:)?127\./.test(ip);
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
