// The Postfix that returns mail to other tests: what they take for granted of it. Left out where it cannot be run.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type BouncingPostfix, READER, startBouncingPostfix } from './bouncing-postfix.ts';
import { findCommand, SERVICES } from './install.ts';
import { freePorts } from './ports.ts';

const isInstalled = SERVICES.postfix.every(({ command }) => findCommand(command) !== undefined);
const isPossible = isInstalled && process.getuid?.() === 0;
const LIMIT = { timeout: 15_000 };

interface Returned {
  readonly sender: string;
  readonly recipient: string;
  readonly content: string;
}

/** A server just good enough for Postfix: takes all, and notes it. */
function takeReturns(returned: Returned[]): Server {
  return createServer((socket) => {
    let envelope = '';
    let content: string | undefined;
    // Postfix does not wait for the answer to QUIT.
    socket.on('error', () => {});
    socket.write('220 returns.example ready\r\n');
    socket.setEncoding('utf8').on('data', (text: string) => {
      if (content === undefined) envelope += text;
      else content += text;
      if (text === 'DATA\r\n') {
        content = '';
        socket.write('354 go on\r\n');
      } else if (content === undefined) {
        socket.write('250 fine\r\n');
      } else if (content.endsWith('\r\n.\r\n')) {
        const [, sender = '', recipient = ''] = /MAIL FROM:<(.*)>.*\r\nRCPT TO:<(.*)>/.exec(envelope) ?? [];
        returned.push({ sender, recipient, content });
        envelope = '';
        content = undefined;
        socket.write('250 taken\r\n');
      }
    });
  });
}

/** Says one line, or many, and returns the last line of the answer. */
async function say(socket: Socket, text: string): Promise<string> {
  socket.write(`${text}\r\n`);
  for (let answer = ''; ; ) {
    const [more] = await once(socket, 'data');
    answer += String(more);
    const [last] = /^\d{3} .*\r\n$/m.exec(answer) ?? [];
    if (last !== undefined) return last;
  }
}

describe.skipIf(!isPossible)('a private Postfix that returns mail', () => {
  const returned: Returned[] = [];
  const server = takeReturns(returned);
  let returnsPort: number;
  let postfix: BouncingPostfix;

  /** Returns what is answered to RCPT. */
  async function send(sender: string, recipient: string, port = postfix.port): Promise<string> {
    const socket = createConnection({ host: '127.0.0.1', port });
    await once(socket, 'data');
    await say(socket, 'EHLO client.example');
    await say(socket, `MAIL FROM:<${sender}>`);
    const answer = await say(socket, `RCPT TO:<${recipient}>`);
    if (answer.startsWith('250')) {
      await say(socket, 'DATA');
      await say(socket, `From: news@sender.example\r\nMessage-ID: <17@sender.example>\r\n\r\nHello ${recipient}.\r\n.`);
    }
    await say(socket, 'QUIT');
    return answer;
  }

  const returnedTo = (recipient: string) => returned.filter((each) => each.recipient === recipient);

  beforeAll(async () => {
    [returnsPort = 0] = await freePorts(1);
    postfix = await startBouncingPostfix({ returnsDomain: 'returns.example', returnsPort });
    await once(server.listen(returnsPort, '127.0.0.1'), 'listening');
  });
  afterAll(async () => {
    await postfix?.stop();
    server.close();
  });

  it('takes a message for nobody, and returns it to the sender of its envelope with a delivery status', async () => {
    expect(await send('bounces+17@returns.example', 'gone@local.example')).toBe('250 2.1.5 Ok\r\n');
    await vi.waitFor(() => expect(returnedTo('bounces+17@returns.example')).toHaveLength(1), LIMIT);
    const [{ sender, content } = { sender: undefined, content: '' }] = returnedTo('bounces+17@returns.example');
    expect(sender).toBe('');
    expect(content).toMatch(/^Content-Type: multipart\/report; report-type=delivery-status;/m);
    expect(content).toContain('\r\nFinal-Recipient: rfc822; gone@local.example\r\n');
    expect(content).toContain('\r\nAction: failed\r\nStatus: 5.1.1\r\n');
    expect(content).toContain('\r\nDiagnostic-Code: X-Postfix; unknown user: "gone@local.example"\r\n');
    // The message as it was comes along.
    expect(content).toContain('\r\nMessage-ID: <17@sender.example>\r\n');
  });

  it('delivers to the one user there is, under any extension, and returns nothing', async () => {
    const recipients = [READER, 'reader+17@local.example'];
    for (const each of recipients) await send('bounces+known@returns.example', each);
    await vi.waitFor(async () => expect(await postfix.delivered()).toHaveLength(2), LIMIT);
    const delivered = await postfix.delivered();
    expect(delivered.map(({ recipient }) => recipient)).toEqual(recipients);
    expect(delivered.map(({ bytes }) => String(bytes))).toEqual(
      recipients.map((each) => expect.stringContaining(`\r\n\r\nHello ${each}.\r\n`)),
    );
    expect(returnedTo('bounces+known@returns.example')).toEqual([]);
  });

  it('hands over mail of the returns domain that is no returned mail as well', async () => {
    await send('ada@local.example', 'anything@returns.example');
    await vi.waitFor(
      () => expect(returnedTo('anything@returns.example')).toMatchObject([{ sender: 'ada@local.example' }]),
      LIMIT,
    );
  });

  it('takes nothing for another domain', async () => {
    expect(await send('bounces@returns.example', 'ada@elsewhere.example')).toMatch(/^550 5\.4\.4 /);
  });

  it('keeps what it has to return until somebody listens', async () => {
    const [latePort = 0] = await freePorts(1);
    const patient = await startBouncingPostfix({ returnsDomain: 'late.example', returnsPort: latePort });
    await send('bounces@late.example', 'gone@local.example', patient.port);
    await vi.waitFor(async () => expect(await patient.log()).toContain('status=deferred'), LIMIT);
    const late = takeReturns(returned).listen(latePort, '127.0.0.1');
    await vi.waitFor(() => expect(returnedTo('bounces@late.example')).toHaveLength(1), LIMIT);
    late.close();
    await patient.stop();
    expect(existsSync(dirname(patient.caFile))).toBe(false);
  });
});
