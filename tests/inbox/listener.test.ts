// Returned mail by SMTP: what is for an address of ours is taken, and nothing else is. Over real sockets.
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { READ_MAX_BYTES, type Take } from '../../src/inbox/inbox.ts';
import { type Listener, startListener } from '../../src/inbox/listener.ts';
import { connectTo, type SmtpClient } from './smtp-client.ts';

const OURS = 'r-signed@returns.example';
const RETURN = 'From: MAILER-DAEMON@x.example\r\nSubject: failure\r\n\r\nNobody here.\r\n';
const MEGABYTE = 1_000_000;

let listener: Listener;
let arrived: { text: string; envelope: readonly string[] }[];
let failures: unknown[];
let take: Take;
const clients: SmtpClient[] = [];
beforeEach(async () => {
  arrived = [];
  failures = [];
  take = (bytes, envelope) => {
    arrived.push({ text: Buffer.from(bytes).toString('latin1'), envelope });
    return Promise.resolve('taken');
  };
  listener = await startListener({
    ...{ host: '127.0.0.1', port: 0 },
    isOurs: (address) => address.startsWith('r-signed'),
    take: (bytes, envelope) => take(bytes, envelope),
    onFailure: (error) => failures.push(error),
  });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await listener.close();
});

/** A client that has said hello. */
async function greeted(): Promise<SmtpClient> {
  const client = await connectTo(listener.port);
  clients.push(client);
  await client.say('EHLO mx.x.example');
  return client;
}

/** The answers to each of the lines, codes only. */
async function codes(client: SmtpClient, ...lines: string[]): Promise<string[]> {
  const answers: string[] = [];
  for (const line of lines) answers.push((await client.say(line)).slice(0, 3));
  return answers;
}

/** A client that has said for whom it brings something, and may write it now. */
async function bringing(from = '', to = OURS): Promise<SmtpClient> {
  const client = await greeted();
  expect(await codes(client, `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, 'DATA')).toEqual(['250', '250', '354']);
  return client;
}

describe('who is let in', () => {
  it('whoever brings something for an address of ours: the bytes are taken, and the address with them', async () => {
    const client = await bringing();
    expect(await client.say(`${RETURN}.`)).toMatch(/^250 /);
    expect(arrived).toEqual([{ text: RETURN, envelope: [OURS] }]);
  });

  it.each(['', 'MAILER-DAEMON@x.example', 'ada@x.example', 'postmaster@returns.example'])(
    'from the sender <%s>',
    async (from) => {
      const client = await bringing(from);
      expect(await client.say(`${RETURN}.`)).toMatch(/^250 /);
      expect(arrived).toHaveLength(1);
    },
  );

  it.each([
    ['a mailbox here', 'postmaster@returns.example'],
    ['somebody elsewhere: it is no relay', 'ada@elsewhere.example'],
    ['an address of ours that is not signed', 'r-forged@returns.example'],
    ['a local user', 'root'],
    ['a route through us', 'ada%elsewhere.example@returns.example'],
  ])('nobody who brings something for %s', async (_, to) => {
    const client = await greeted();
    await client.say('MAIL FROM:<>');
    expect(await client.say(`RCPT TO:<${to}>`)).toMatch(/^(?:550 5\.7\.1 This server takes returned mail only|5\d\d )/);
    expect(await client.say('DATA')).toMatch(/^5\d\d /);
    expect(arrived).toEqual([]);
  });

  it('for several of ours it is taken once, with all of them; a stranger among them is left out', async () => {
    const client = await greeted();
    const others = ['r-signed-2@returns.example', 'ada@elsewhere.example', 'r-signed-3@returns.example'];
    const answers = await codes(client, 'MAIL FROM:<>', `RCPT TO:<${OURS}>`, ...others.map((to) => `RCPT TO:<${to}>`), 'DATA');
    expect(answers).toEqual(['250', '250', '250', '550', '250', '354']);
    await client.say(`${RETURN}.`);
    expect(arrived.map(({ envelope }) => envelope)).toEqual([[OURS, others[0], others[2]]]);
  });

  it('for ten at most: the eleventh is to come again', async () => {
    const client = await greeted();
    const all = Array.from({ length: 11 }, (_, index) => `RCPT TO:<r-signed-${index}@returns.example>`);
    expect(await codes(client, 'MAIL FROM:<>', ...all)).toEqual([...Array(11).fill('250'), '452']);
    expect(await codes(client, 'DATA')).toEqual(['354']);
    await client.say(`${RETURN}.`);
    expect(arrived[0]?.envelope).toHaveLength(10);
  });
});

describe('what is offered', () => {
  it('is neither a login nor STARTTLS', async () => {
    const client = await connectTo(listener.port);
    clients.push(client);
    expect(client.greeting).toMatch(/^220 .* postrider returns$/);
    const offered = await client.say('EHLO mx.x.example');
    expect(offered).toMatch(/^250[ -]SIZE 20000000$/m);
    expect(offered).not.toMatch(/AUTH|STARTTLS/);
    expect(await codes(client, 'AUTH PLAIN AGEAYg==', 'STARTTLS', 'VRFY ada', 'EXPN all')).not.toContain('250');
    expect(await codes(client, 'MAIL FROM:<>')).toEqual(['250']);
  });
});

describe('a message', () => {
  it('goes through unstuffed, byte for byte, with whatever bytes it has', async () => {
    const client = await bringing();
    const body = Buffer.concat([
      Buffer.from('Subject: x\r\n\r\n'),
      Buffer.from([0, 128, 255]),
      Buffer.from('\r\n..\r\n...x\r\n'),
    ]);
    await client.write(Buffer.concat([body, Buffer.from('.\r\n')]), 1);
    expect(arrived[0]?.text).toBe('Subject: x\r\n\r\n\u0000\u0080\u00ff\r\n.\r\n..x\r\n');
  });

  it('that is empty is taken', async () => {
    const client = await bringing();
    expect(await client.say('.')).toMatch(/^250 /);
    expect(arrived).toEqual([{ text: '', envelope: [OURS] }]);
  });

  it('after another on the same connection knows nothing of it', async () => {
    const client = await bringing();
    await client.say(`first\r\n.`);
    expect(await codes(client, 'MAIL FROM:<>', 'RCPT TO:<r-signed-2@returns.example>', 'DATA')).toEqual(['250', '250', '354']);
    await client.say('second\r\n.');
    expect(arrived.map(({ envelope }) => envelope)).toEqual([[OURS], ['r-signed-2@returns.example']]);
  });

  it('of 15 MB is taken, and its first million bytes are kept', async () => {
    const client = await bringing();
    const line = `${'x'.repeat(998)}\r\n`;
    const [answer] = await client.write(`${RETURN}${line.repeat((15 * MEGABYTE) / line.length)}.\r\n`, 1);
    expect(answer).toMatch(/^250 /);
    const kept = arrived[0]?.text ?? '';
    expect(kept.startsWith(`${RETURN}xxx`)).toBe(true);
    expect(kept.length).toBeGreaterThanOrEqual(READ_MAX_BYTES);
    // The chunk in which the limit lies is kept whole.
    expect(kept.length).toBeLessThan(READ_MAX_BYTES + 100_000);
  });

  it('over 20 MB is refused for good, whether it says so before or not, and the next is welcome', async () => {
    const client = await greeted();
    expect(await client.say('MAIL FROM:<> SIZE=20000001')).toMatch(/^552 /);
    expect(await codes(client, 'MAIL FROM:<> SIZE=20000000', `RCPT TO:<${OURS}>`, 'DATA')).toEqual(['250', '250', '354']);
    const [answer] = await client.write(`${'x'.repeat(998)}\r\n`.repeat(20_001).concat('.\r\n'), 1);
    expect(answer).toMatch(/^552 5\.3\.4 Message too big/);
    expect(arrived).toEqual([]);
    expect(await codes(client, 'MAIL FROM:<>', `RCPT TO:<${OURS}>`, 'DATA', `${RETURN}.`)).toEqual(['250', '250', '354', '250']);
  });

  it('that cannot be written down is to come again, and somebody hears of it', async () => {
    const wrong = new Error('disk full');
    const works = take;
    take = () => Promise.reject(wrong);
    const client = await bringing();
    expect(await client.say(`${RETURN}.`)).toBe('451 4.3.0 Cannot be written down at the moment; please come back');
    expect(failures).toEqual([wrong]);
    take = works;
    expect(await codes(client, 'MAIL FROM:<>', `RCPT TO:<${OURS}>`, 'DATA', `${RETURN}.`)).toEqual(['250', '250', '354', '250']);
    expect(arrived).toHaveLength(1);
  });

  it('is answered only when it has been taken', async () => {
    let settle: (() => void) | undefined;
    take = () => new Promise((resolve) => (settle = () => resolve('taken')));
    const client = await bringing();
    const answer = client.say(`${RETURN}.`);
    await vi.waitUntil(() => settle !== undefined);
    let isAnswered = false;
    void answer.then(() => (isAnswered = true));
    // Others are served meanwhile.
    expect(await codes(await greeted(), 'MAIL FROM:<>', `RCPT TO:<${OURS}>`)).toEqual(['250', '250']);
    expect(isAnswered).toBe(false);
    settle?.();
    expect(await answer).toMatch(/^250 /);
  });
});

describe('a client', () => {
  it.each([
    ['hangs up', (client: SmtpClient) => client.socket.end()],
    ['is gone', (client: SmtpClient) => client.socket.resetAndDestroy()],
  ])('that %s in the midst of its data leaves nothing behind, and the next is served', async (_, leave) => {
    const client = await bringing();
    await new Promise((resolve) => client.socket.write(`${RETURN}and so`, resolve));
    leave(client);
    await once(client.socket, 'close');
    const next = await bringing();
    expect(await next.say(`${RETURN}.`)).toMatch(/^250 /);
    expect([arrived.length, failures]).toEqual([1, []]);
  });

  it('that is gone before the answer comes harms nobody', async () => {
    let settle: (() => void) | undefined;
    const works = take;
    take = (bytes, envelope) => new Promise((resolve) => (settle = () => resolve(works(bytes, envelope))));
    const client = await bringing();
    client.socket.write(`${RETURN}.\r\n`);
    await vi.waitUntil(() => settle !== undefined);
    client.socket.resetAndDestroy();
    await once(client.socket, 'close');
    settle?.();
    take = works;
    expect(await (await bringing()).say(`${RETURN}.`)).toMatch(/^250 /);
    expect(arrived).toHaveLength(2);
  });

  it.each([
    ['a web browser', 'GET / HTTP/1.1'],
    ['a line without an end', 'x'.repeat(100_000)],
  ])('that is %s is shown out', async (_, line) => {
    const client = await greeted();
    const [answer] = await client.write(`${line}\r\n`, 1);
    expect(answer).toMatch(/^421 /);
  });

  it('on this machine may say more than 300 times a minute that it brings something', async () => {
    const client = await greeted();
    const answers = await client.write('MAIL FROM:<>\r\nRSET\r\n'.repeat(400), 800);
    expect(new Set(answers.map((answer) => answer.slice(0, 3)))).toEqual(new Set(['250']));
  });

  it('with 500 small returns is done with them quickly', async () => {
    const before = performance.now();
    const some = await Promise.all(Array.from({ length: 5 }, () => greeted()));
    await Promise.all(
      some.map(async (client, who) => {
        for (let index = 0; index < 100; index++)
          await codes(client, 'MAIL FROM:<>', `RCPT TO:<r-signed-${who}-${index}@x.example>`, 'DATA', `${RETURN}.`);
      }),
    );
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(new Set(arrived.map(({ envelope }) => envelope[0])).size).toBe(500);
  });
});

describe('the end', () => {
  it('comes soon, though a client is connected and says nothing', async () => {
    const client = await bringing();
    const before = performance.now();
    await listener.close();
    expect(performance.now() - before).toBeLessThan(3_000);
    await vi.waitUntil(() => client.socket.closed);
    await expect(connectTo(listener.port)).rejects.toThrow('ECONNREFUSED');
  });

  it('a port that somebody has is told at the beginning', async () => {
    const again = startListener({
      ...{ host: '127.0.0.1', port: listener.port, isOurs: () => true, take, onFailure: () => undefined },
    });
    await expect(again).rejects.toThrow('EADDRINUSE');
  });
});
