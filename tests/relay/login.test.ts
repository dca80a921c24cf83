// Logging in: a relay that wants a login gets it, and one that refuses it is heard in its own words.
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/app.ts';
import { RELAY_DEFAULTS, type RelaySettings } from '../../src/relay/relay.ts';
import { smtpRelay } from '../../src/relay/smtp-relay.ts';

const taken: string[] = [];
const server = new SMTPServer({
  authMethods: ['PLAIN', 'LOGIN'],
  allowInsecureAuth: true,
  disabledCommands: ['STARTTLS'],
  onAuth: ({ username, password }, _session, callback) =>
    username === 'editor' && password === 'p@ss/wörd'
      ? callback(null, { user: username })
      : callback(new Error('5.7.8 No such login')),
  onData(stream, session, callback) {
    stream.resume();
    stream.on('end', () => {
      taken.push(session.envelope.rcptTo[0]?.address ?? '');
      callback();
    });
  },
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve())));
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

function relayWith(login: RelaySettings['login']) {
  const { port } = server.server.address() as AddressInfo;
  const settings = {
    ...RELAY_DEFAULTS,
    host: '127.0.0.1',
    port,
    security: 'none',
    login,
    ehloName: null,
    connections: 1,
    messagesPerSecond: 0,
    authority: null,
  } as const;
  return smtpRelay(settings, systemClock);
}

const MESSAGE = {
  envelope: { returnPath: 'bounces@example.org', recipient: 'ada@example.org' },
  bytes: Buffer.from('Subject: x\r\n\r\nx\r\n'),
};

it('logs in and submits', async () => {
  const relay = relayWith({ user: 'editor', password: 'p@ss/wörd' });
  expect(
    await relay.submit(
      () => MESSAGE,
      () => Promise.resolve(true),
    ),
  ).toMatchObject({ kind: 'replied', reply: { code: 250 } });
  expect(taken).toEqual(['ada@example.org']);
  await relay.close();
});

it('reports a refused login at the stage of the login, without the password, and asks for no mark', async () => {
  let marks = 0;
  const relay = relayWith({ user: 'editor', password: 'a-wrong-one' });
  const submission = await relay.submit(
    () => MESSAGE,
    () => Promise.resolve(++marks > 0),
  );
  expect(submission).toMatchObject({ kind: 'replied', reply: { code: 535, stage: 'auth' } });
  expect(JSON.stringify(submission)).not.toContain('a-wrong-one');
  expect(marks).toBe(0);
});
