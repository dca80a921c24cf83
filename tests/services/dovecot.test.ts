// The Dovecot that other tests lean on: what they take for granted of it. Left out where it cannot be run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Dovecot, startDovecot } from './dovecot.ts';
import { findCommand, SERVICES } from './install.ts';

const isInstalled = SERVICES.dovecot.every(({ command }) => findCommand(command) !== undefined);
const isPossible = isInstalled && process.getuid?.() === 0;
const LOGIN = 'LOGIN returns "p@ss/50%"';

/** Says one line of IMAP and returns all that comes back up to its answer; or up to the end, where that comes first. */
type Ask = (line: string) => Promise<string>;

function converse(socket: Socket): Ask {
  let said = '';
  let tag = 0;
  socket.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  socket.on('error', () => {});
  return async (line) => {
    said = '';
    const own = `t${++tag}`;
    socket.write(`${own} ${line}\r\n`);
    await vi.waitUntil(() => socket.closed || new RegExp(`^${own} .*\r\n$`, 'm').test(said), { timeout: 10_000, interval: 5 });
    return said;
  };
}

/** Settles when the other side is gone, however rudely. */
function hangUp(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket
      .on('error', () => {})
      .on('close', () => resolve())
      .resume();
  });
}

/** One that only waits to be reaped (Z) is over. */
function isAlive(pid: string): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/\) Z /.test(readFileSync(file, 'utf8'));
}

describe.skipIf(!isPossible)('a private Dovecot', () => {
  let dovecot: Dovecot;
  const sockets: Socket[] = [];

  async function connectTo(port: number): Promise<Socket> {
    const socket = createConnection({ host: '127.0.0.1', port });
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  async function connectInTls(): Promise<Socket> {
    const socket = connect({ host: 'localhost', port: dovecot.tlsPort, ca: readFileSync(dovecot.caFile) });
    sockets.push(socket);
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    return socket;
  }

  const imap = async (): Promise<Ask> => converse(await connectTo(dovecot.port));

  beforeAll(async () => {
    dovecot = await startDovecot();
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  afterAll(async () => {
    await dovecot?.stop();
  });

  it('shows a client what was put, in that order, and nobody else', async () => {
    const texts = ['first', 'second', 'third'].map((word) => `Subject: ${word}\n\nKnown by ${word}.\n`);
    await Promise.all(texts.map((text) => dovecot.put('second', text)));
    const ask = await imap();
    expect(await ask('LOGIN second "two words?"')).toContain('OK');
    expect(await ask('SELECT INBOX')).toContain('* 3 EXISTS');
    expect(await ask('SEARCH SUBJECT second')).toContain('* SEARCH 2\r\n');
    expect(await ask('FETCH 2 BODY.PEEK[TEXT]')).toContain('Known by second.\r\n');
    expect(await ask('LOGOUT')).toContain('* BYE');
    expect(await dovecot.messages('second', 'INBOX')).toEqual(texts.map((content) => ({ flags: '', content })));
    expect(await dovecot.messages('returns', 'INBOX')).toEqual([]);
  });

  it('shows a client at once what is put while it waits', async () => {
    const ask = await imap();
    await ask(LOGIN);
    await ask('SELECT INBOX');
    const idle = ask('IDLE');
    await dovecot.put('returns', 'Subject: late\n\nHello.\n');
    const [socket] = sockets;
    let pushed = '';
    socket?.on('data', (text: string) => {
      pushed += text;
    });
    await vi.waitUntil(() => pushed.includes('EXISTS'), { timeout: 10_000 });
    socket?.write('DONE\r\n');
    expect(await idle).toContain('Idle completed');
  });

  it('tells what clients did: flags, and moves into folders', async () => {
    const ask = await imap();
    await ask(LOGIN);
    await dovecot.put('returns', 'Subject: to be moved\n\nHello.\n');
    expect(await dovecot.messages('returns', 'Returns')).toEqual([]);
    await ask('CREATE Returns');
    await ask('SELECT INBOX');
    const [, number = ''] = /\* SEARCH (\d+)/.exec(await ask('SEARCH SUBJECT moved')) ?? [];
    await ask(`STORE ${number} +FLAGS (\\Seen \\Flagged)`);
    expect(await ask(`MOVE ${number} Returns`)).toContain('OK');
    expect(await dovecot.messages('returns', 'Returns')).toEqual([{ flags: 'FS', content: 'Subject: to be moved\n\nHello.\n' }]);
  });

  it('refuses a wrong password without making anybody wait', async () => {
    const ask = await imap();
    const before = performance.now();
    for (const attempt of [1, 2]) expect(await ask(`LOGIN returns wrong${attempt}`)).toContain('NO [AUTHENTICATIONFAILED]');
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('gives the address of a mailbox as a URL', () => {
    expect(dovecot.url('returns')).toBe(`imap://returns:p%40ss%2F50%25@127.0.0.1:${dovecot.port}/INBOX`);
    expect(dovecot.tlsUrl('second')).toBe(`imaps://second:two%20words%3F@127.0.0.1:${dovecot.tlsPort}/INBOX`);
    expect(decodeURIComponent(new URL(dovecot.url('returns')).password)).toBe('p@ss/50%');
  });

  it('speaks TLS on its other port, with a certificate the authority vouches for', async () => {
    expect(await converse(await connectInTls())(LOGIN)).toContain('Logged in');
  });

  it('offers STARTTLS in the clear, and without TLS where the settings say so', async () => {
    expect(await (await imap())('CAPABILITY')).toContain('STARTTLS');
    const plain = await startDovecot({ settings: { ssl: 'no' } });
    expect(await converse(await connectTo(plain.port))('CAPABILITY')).not.toContain('STARTTLS');
    await plain.stop();
  });

  it('can be one that knows neither MOVE nor IDLE', async () => {
    const old = await startDovecot({ settings: { imap_capability: 'IMAP4rev1' } });
    expect(await converse(await connectTo(old.port))(LOGIN)).toContain('OK [CAPABILITY IMAP4rev1] Logged in');
    await old.stop();
  });

  it('drops every connection when it is kicked, and takes new ones', async () => {
    const open = [await connectTo(dovecot.port), await connectTo(dovecot.port), await connectInTls()];
    const [first, second, third] = open.map(converse) as [Ask, Ask, Ask];
    expect(await first(LOGIN)).toContain('Logged in');
    expect(await second('NOOP')).toContain('OK');
    expect(await third(LOGIN)).toContain('Logged in');
    const closed = open.map(hangUp);
    await dovecot.kick();
    await Promise.all(closed);
    expect(await (await imap())(LOGIN)).toContain('Logged in');
  });

  it('refuses connections while it pauses, and comes back on the same ports with the same mail', async () => {
    const { pid } = dovecot;
    await dovecot.put('returns', 'Subject: kept\n\nHello.\n');
    await dovecot.pause();
    await expect(connectTo(dovecot.port)).rejects.toThrow('ECONNREFUSED');
    await dovecot.resume();
    expect(dovecot.pid).not.toBe(pid);
    const ask = await imap();
    await ask(LOGIN);
    await ask('SELECT INBOX');
    expect(await ask('SEARCH SUBJECT kept')).toMatch(/\* SEARCH \d/);
  });

  it('does not collide with another', async () => {
    const [one, other] = await Promise.all([startDovecot(), startDovecot()]);
    await one.put('returns', 'Subject: mine\n\nHello.\n');
    expect(await other.messages('returns', 'INBOX')).toEqual([]);
    await one.stop();
    expect(await converse(await connectTo(other.port))(LOGIN)).toContain('Logged in');
    await other.stop();
  });

  it('leaves neither a process nor a folder when it is stopped, though a client is connected', async () => {
    const stopped = await startDovecot();
    await converse(await connectTo(stopped.port))(LOGIN);
    const children = readFileSync(`/proc/${stopped.pid}/task/${stopped.pid}/children`, 'utf8').trim().split(' ');
    expect(children.length).toBeGreaterThan(3);
    await stopped.stop();
    await stopped.stop();
    expect([String(stopped.pid), ...children].filter(isAlive)).toEqual([]);
    expect(existsSync(dirname(stopped.caFile))).toBe(false);
  });

  it('ends when the tests that started it are killed', async () => {
    const program = `import { startDovecot } from ${JSON.stringify(join(import.meta.dirname, 'dovecot.ts'))};
      const dovecot = await startDovecot();
      console.log(dovecot.port, dovecot.caFile);`;
    const tests = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = await once(tests.stdout, 'data');
    const [port = '', caFile = ''] = String(said).trim().split(' ');
    const socket = await connectTo(Number(port));
    const hungUp = hangUp(socket);
    tests.kill('SIGKILL');
    await hungUp;
    await vi.waitFor(() => expect(existsSync(dirname(caFile))).toBe(false), { timeout: 10_000 });
  });
});
