// A wire tap: it stands between Postrider and a relay, passes everything on, and tells afterwards what was said, byte for
// byte. It can keep a relay's extensions from Postrider, and changes nothing else.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What a client said to hand over one message, and what it had been offered. */
export interface Conversation {
  /** Each command without its CRLF, and as many as led to this message. */
  readonly ehlo: string;
  readonly mailFrom: string;
  readonly rcptTo: string;
  /** Keywords of the relay's answer to EHLO, in capitals. */
  readonly announced: readonly string[];
  /** After DATA, up to and with the line of one dot: dots doubled, as it came. */
  readonly data: Buffer;
}

export interface WireTap {
  readonly url: string;
  readonly conversations: () => Conversation[];
  readonly stop: () => Promise<void>;
}

const END_OF_DATA = '\r\n.\r\n';

export async function tapWire(relayUrl: string, hidden: readonly string[] = []): Promise<WireTap> {
  const { hostname, port } = new URL(relayUrl);
  const heard: { readonly client: Buffer[]; readonly relay: Buffer[] }[] = [];
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const relay = connect(Number(port), hostname);
    const lines = { client: [] as Buffer[], relay: [] as Buffer[] };
    heard.push(lines);
    carry(client, relay, (chunk) => {
      lines.client.push(chunk);
      return chunk;
    });
    carry(relay, client, (chunk) => {
      const shown = withoutExtensions(chunk, hidden);
      lines.relay.push(shown);
      return shown;
    });
    for (const socket of [client, relay]) open.add(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    conversations: () =>
      heard.flatMap(({ client, relay }) =>
        conversationsIn(Buffer.concat(client).toString('latin1'), Buffer.concat(relay).toString('latin1')),
      ),
    stop: async () => {
      for (const socket of open) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

function carry(from: Socket, to: Socket, change: (chunk: Buffer) => Buffer): void {
  from.on('data', (chunk: Buffer) => to.write(change(chunk)));
  from.on('end', () => to.end());
  for (const event of ['error', 'close']) from.on(event, () => to.destroy());
}

/** The relay's answer to EHLO, which comes in one piece, without some of its lines. */
function withoutExtensions(chunk: Buffer, hidden: readonly string[]): Buffer {
  const text = chunk.toString('latin1');
  if (!text.startsWith('250-') || hidden.length === 0) return chunk;
  const kept = text.split(/(?<=\r\n)/).filter((line) => !hidden.includes(/^250[- ](\w+)/.exec(line)?.[1] ?? ''));
  return Buffer.from(
    kept.map((line, index) => line.replace(/^250./, index < kept.length - 1 ? '250-' : '250 ')).join(''),
    'latin1',
  );
}

/** All messages of a connection whose commands were all taken; both sides as Latin-1, so that a byte is a character. */
function conversationsIn(client: string, relay: string): Conversation[] {
  const found: Conversation[] = [];
  const [answer = ''] = /^250-.*\r\n(?:250-.*\r\n)*250 .*\r\n/m.exec(relay) ?? [];
  // Its first line is a greeting.
  const announced = [...answer.matchAll(/^250[- ](\w+)/gm)].slice(1).map(([, word = '']) => word.toUpperCase());
  let said = { ehlo: '', mailFrom: '', rcptTo: '' };
  for (let at = 0; at < client.length; ) {
    const end = client.indexOf('\r\n', at);
    if (end < 0) break;
    const line = Buffer.from(client.slice(at, end), 'latin1').toString('utf8');
    at = end + 2;
    if (/^EHLO\b/i.test(line)) said = { ...said, ehlo: line };
    if (/^MAIL\b/i.test(line)) said = { ...said, mailFrom: line };
    if (/^RCPT\b/i.test(line)) said = { ...said, rcptTo: line };
    if (line !== 'DATA') continue;
    const ends = client.indexOf(END_OF_DATA, at);
    if (ends < 0) break;
    found.push({ ...said, announced, data: Buffer.from(client.slice(at, ends + END_OF_DATA.length), 'latin1') });
    at = ends + END_OF_DATA.length;
  }
  return found;
}
