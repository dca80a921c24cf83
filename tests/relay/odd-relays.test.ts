// Relays that do what no relay should: nobody is counted as reached who was not, and nobody is tried again who may
// have been.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../src/app.ts';
import { RELAY_DEFAULTS, type Relay } from '../../src/relay/relay.ts';
import { smtpRelay } from '../../src/relay/smtp-relay.ts';

/** What the odd relay answers to each command; `dot` is the end of the data. */
interface Script {
  readonly ehlo?: string;
  readonly rcpt?: (socket: Socket) => void;
  readonly dot?: (socket: Socket) => void;
  readonly quit?: (socket: Socket) => void;
}

const open: (Server | Relay)[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function relayTo(script: Script): Promise<Relay> {
  const server = createServer((socket) => {
    let isData = false;
    let held = '';
    socket.on('error', () => undefined);
    socket.write('220 odd\r\n');
    socket.on('data', (chunk) => {
      held += chunk.toString('latin1');
      for (let end = held.indexOf('\r\n'); end >= 0; end = held.indexOf('\r\n')) {
        const line = held.slice(0, end);
        held = held.slice(end + 2);
        if (isData && line !== '.') continue;
        if (isData) {
          isData = false;
          (script.dot ?? ((to) => to.write('250 taken\r\n')))(socket);
        } else if (/^EHLO/.test(line)) socket.write(script.ehlo ?? '250 odd\r\n');
        else if (/^RCPT/.test(line) && script.rcpt) script.rcpt(socket);
        else if (/^DATA/.test(line)) {
          isData = true;
          socket.write('354 go on\r\n');
        } else if (/^QUIT/.test(line)) (script.quit ?? ((to) => to.end('221 bye\r\n')))(socket);
        else socket.write('250 fine\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  const relay = smtpRelay(
    {
      ...RELAY_DEFAULTS,
      host: '127.0.0.1',
      port,
      security: 'none',
      login: null,
      ehloName: null,
      connections: 1,
      messagesPerSecond: 0,
      authority: null,
    },
    systemClock,
  );
  open.push(relay, server);
  return relay;
}

const MESSAGE = {
  envelope: { returnPath: 'bounces@example.org', recipient: 'ada@example.org' },
  bytes: Buffer.from('Subject: x\r\n\r\nx\r\n'),
};
const granted = (): Promise<boolean> => Promise.resolve(true);

it.each(['354 what', 'hello there'])('leaves in doubt what is answered to the dot by what is no reply: %s', async (words) => {
  const relay = await relayTo({ dot: (socket) => socket.write(`${words}\r\n`) });
  expect(await relay.submit(() => MESSAGE, granted)).toMatchObject({ kind: 'unknown' });
});

it.each([
  ['without PIPELINING', '250 odd\r\n'],
  ['with PIPELINING', '250-odd\r\n250 PIPELINING\r\n'],
])('hears a 421 in the envelope as the relay’s, %s', async (_how, ehlo) => {
  const relay = await relayTo({ ehlo, rcpt: (socket) => socket.end('421 4.3.2 shutting down\r\n') });
  expect(await relay.submit(() => MESSAGE, granted)).toMatchObject({ kind: 'replied', reply: { code: 421 } });
});

it('offers a message once more where the kept connection had been closed, and asks for one mark', async () => {
  const relay = await relayTo({
    dot: (socket) => {
      socket.write('250 taken\r\n');
      setImmediate(() => socket.destroy());
    },
  });
  let marks = 0;
  for (let index = 1; index <= 30; index++) {
    const submission = await relay.submit(
      () => MESSAGE,
      () => Promise.resolve(++marks > 0),
    );
    expect(submission).toMatchObject({ kind: 'replied', reply: { code: 250 } });
    expect(marks).toBe(index);
  }
});

it('sends nothing when its turn has come and it is not wanted any more', async () => {
  const relay = await relayTo({});
  expect(await relay.submit(() => null, granted)).toEqual({ kind: 'unstarted' });
});
