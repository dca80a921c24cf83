// The relay's contract, held against a real Postfix: what it answers decides, and nobody's answer is taken for
// somebody else's. Left out where Postfix cannot be run.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/app.ts';
import type { Message } from '../../src/domain/message.ts';
import { RELAY_DEFAULTS, type Relay, type RelaySettings } from '../../src/relay/relay.ts';
import { smtpRelay } from '../../src/relay/smtp-relay.ts';
import { findCommand } from '../services/install.ts';
import { type Postfix, startPostfix } from '../services/postfix.ts';

const isPossible = findCommand('postfix') !== undefined && process.getuid?.() === 0;

function settings(port: number, rest: Partial<RelaySettings> = {}): RelaySettings {
  return {
    ...RELAY_DEFAULTS,
    host: 'localhost',
    port,
    security: 'none',
    login: null,
    ehloName: 'client.example',
    connections: 1,
    messagesPerSecond: 0,
    authority: null,
    ...rest,
  };
}

function message(recipient: string, body = 'Hello.', returnPath = 'bounces@sender.example'): Message {
  const text = `From: <news@sender.example>\nTo: <${recipient}>\nSubject: ${recipient}\n\n${body}\n`;
  return { envelope: { returnPath, recipient }, bytes: Buffer.from(text.replaceAll('\n', '\r\n')) };
}

async function connectionsOf(postfix: Postfix): Promise<number> {
  return (await postfix.log()).split('\n').filter((line) => / connect from/.test(line)).length;
}

const granted = (): Promise<boolean> => Promise.resolve(true);

describe.skipIf(!isPossible)('a relay that is a real Postfix', () => {
  let postfix: Postfix;
  const relays: Relay[] = [];

  function relay(port: number, rest: Partial<RelaySettings> = {}): Relay {
    const opened = smtpRelay(settings(port, rest), systemClock);
    relays.push(opened);
    return opened;
  }

  beforeAll(async () => {
    postfix = await startPostfix();
  });
  afterAll(async () => {
    for (const each of relays) await each.close();
    await postfix?.stop();
  });

  it('accepts a message with a 2xx at the end of the data, and delivers the very bytes', async () => {
    const sent = message('ada@reader.example', 'A line.\n..two dots\n.one dot\n\nThe end.');
    const submission = await relay(postfix.port).submit(() => sent, granted);
    expect(submission).toMatchObject({ kind: 'replied', reply: { code: 250, stage: 'data-end' } });
    const [taken] = (await postfix.delivered()).filter(({ recipient }) => recipient === 'ada@reader.example');
    expect(taken?.bytes.toString()).toBe(Buffer.from(sent.bytes).toString());
    expect(taken?.sender).toBe('bounces@sender.example');
  });

  it('refuses one recipient between two good ones on one connection, and each gets its own answer', async () => {
    const before = await connectionsOf(postfix);
    const one = relay(postfix.port);
    const answers = [];
    for (const name of ['first', 'unknown', 'second', 'greylisted', 'third'])
      answers.push(await one.submit(() => message(`${name}@between.example`), granted));
    expect(answers.map((answer) => (answer.kind === 'replied' ? [answer.reply.code, answer.reply.stage] : answer))).toEqual([
      [250, 'data-end'],
      [550, 'rcpt'],
      [250, 'data-end'],
      [450, 'rcpt'],
      [250, 'data-end'],
    ]);
    const taken = (await postfix.deliveredTo()).filter((recipient) => recipient.endsWith('@between.example'));
    expect(taken.sort()).toEqual(['first@between.example', 'second@between.example', 'third@between.example']);
    expect((await connectionsOf(postfix)) - before).toBe(1);
  });

  it('keeps the reply verbatim, with the enhanced status', async () => {
    const submission = await relay(postfix.port).submit(() => message('unknown@verbatim.example'), granted);
    expect(submission).toMatchObject({
      kind: 'replied',
      reply: { text: expect.stringMatching(/^550 5\.1\.1 .*unknown@verbatim\.example/) },
    });
  });

  it('reports a sender that is refused at MAIL, and goes on with the next message', async () => {
    const one = relay(postfix.earlyPort);
    const refused = await one.submit(() => message('ada@mail.example', 'x', 'blocked-sender@sender.example'), granted);
    expect(refused).toMatchObject({ kind: 'replied', reply: { code: 550, stage: 'mail' } });
    expect(await one.submit(() => message('bob@mail.example'), granted)).toMatchObject({ kind: 'replied', reply: { code: 250 } });
    expect((await postfix.deliveredTo()).filter((each) => each.endsWith('@mail.example'))).toEqual(['bob@mail.example']);
  });

  it('ends no data before the mark is granted', async () => {
    let isMarked = false;
    const submission = await relay(postfix.port).submit(
      () => message('marked@mark.example'),
      async () => {
        expect(await postfix.deliveredTo()).not.toContain('marked@mark.example');
        isMarked = true;
        return true;
      },
    );
    expect(isMarked).toBe(true);
    expect(submission).toMatchObject({ kind: 'replied', reply: { code: 250 } });
  });

  it('sends nothing when the mark is refused, and the connection is not used again', async () => {
    const one = relay(postfix.port);
    expect(
      await one.submit(
        () => message('fenced@fence.example'),
        () => Promise.resolve(false),
      ),
    ).toEqual({ kind: 'fenced' });
    expect(await one.submit(() => message('next@fence.example'), granted)).toMatchObject({
      kind: 'replied',
      reply: { code: 250 },
    });
    expect((await postfix.deliveredTo()).filter((each) => each.endsWith('@fence.example'))).toEqual(['next@fence.example']);
  });

  it('sends nothing when the ledger fails at the mark', async () => {
    const one = relay(postfix.port);
    const submission = await one.submit(
      () => message('failed@ledger.example'),
      () => Promise.reject(new Error('disk full')),
    );
    expect(submission).toMatchObject({ kind: 'unmarked', why: expect.stringContaining('disk full') });
    expect(await one.submit(() => message('next@ledger.example'), granted)).toMatchObject({
      kind: 'replied',
      reply: { code: 250 },
    });
    expect((await postfix.deliveredTo()).filter((each) => each.endsWith('@ledger.example'))).toEqual(['next@ledger.example']);
  });

  it('takes a 421 that comes before the end of the data for an answer, ends nothing, and shifts no later answer', async () => {
    const one = relay(postfix.timeoutPort);
    // Postfix loses patience after two seconds of silence in DATA; the mark is granted only afterwards.
    const late = (): Promise<boolean> => new Promise((resolve) => setTimeout(() => resolve(true), 3_500));
    const early = await one.submit(() => message('stalled@early.example'), late);
    expect(early.kind === 'replied' ? early.reply.code : early.kind).toBeOneOf([421, 'unended']);
    expect(await one.submit(() => message('unknown@early.example'), granted)).toMatchObject({
      kind: 'replied',
      reply: { code: 550, stage: 'rcpt' },
    });
    expect(await one.submit(() => message('after@early.example'), granted)).toMatchObject({
      kind: 'replied',
      reply: { code: 250 },
    });
    expect((await postfix.deliveredTo()).filter((each) => each.endsWith('@early.example'))).toEqual(['after@early.example']);
  });

  it('hears that a message is too big in the words of the relay', async () => {
    const one = relay(postfix.smallPort);
    const submission = await one.submit(() => message('big@size.example', 'x'.repeat(70).concat('\n').repeat(4_000)), granted);
    expect(submission).toMatchObject({ kind: 'replied', reply: { code: 552, stage: 'data-end' } });
    expect(await one.submit(() => message('small@size.example'), granted)).toMatchObject({
      kind: 'replied',
      reply: { code: 250 },
    });
  });

  it('begins a new connection after as many messages as it is told', async () => {
    const before = await connectionsOf(postfix);
    const one = relay(postfix.port, { messagesPerConnection: 2 });
    for (let index = 0; index < 5; index++)
      expect(await one.submit(() => message(`reader${index}@renew.example`), granted)).toMatchObject({
        kind: 'replied',
        reply: { code: 250 },
      });
    await one.close();
    expect((await connectionsOf(postfix)) - before).toBe(3);
  });

  it('brings many messages over several connections, each once', async () => {
    const many = relay(postfix.port, { connections: 5 });
    const names = Array.from(
      { length: 60 },
      (_, index) => `${index % 3 === 1 ? `unknown+${index}` : `reader${index}`}@many.example`,
    );
    const answers = await Promise.all(names.map((name) => many.submit(() => message(name), granted)));
    const accepted = names.filter(
      (_, index) => answers[index]?.kind === 'replied' && (answers[index] as { reply: { code: number } }).reply.code === 250,
    );
    expect(accepted).toEqual(names.filter((name) => name.startsWith('reader')));
    expect((await postfix.deliveredTo()).filter((each) => each.endsWith('@many.example')).sort()).toEqual([...accepted].sort());
  });

  it('speaks STARTTLS when it is required, verified against the authority', async () => {
    const authority = readFileSync(postfix.caFile, 'utf8');
    const secure = relay(postfix.port, { security: 'starttls', authority });
    expect(await secure.submit(() => message('secret@tls.example'), granted)).toMatchObject({
      kind: 'replied',
      reply: { code: 250 },
    });
  });

  it('says nothing to a relay whose certificate nobody vouches for', async () => {
    const submission = await relay(postfix.port, { security: 'starttls' }).submit(
      () => message('secret@untrusted.example'),
      granted,
    );
    expect(submission).toMatchObject({ kind: 'unreachable', why: expect.stringMatching(/certificate|self-signed|issuer/i) });
    expect(await postfix.deliveredTo()).not.toContain('secret@untrusted.example');
  });

  it('carries an address beyond ASCII where the relay does (SMTPUTF8)', async () => {
    expect(await relay(postfix.port).submit(() => message('zoë@utf8.example'), granted)).toMatchObject({
      kind: 'replied',
      reply: { code: 250 },
    });
  });
});

describe.skipIf(!isPossible)('a relay without STARTTLS', () => {
  let postfix: Postfix;
  beforeAll(async () => {
    postfix = await startPostfix({ settings: { smtpd_tls_security_level: 'none', smtputf8_enable: 'no' } });
  });
  afterAll(() => postfix?.stop());

  it('gets no message in the clear where STARTTLS is required', async () => {
    const relay = smtpRelay(settings(postfix.port, { security: 'starttls' }), systemClock);
    const submission = await relay.submit(() => message('secret@clear.example'), granted);
    expect(submission.kind).not.toBe('unknown');
    expect(submission.kind === 'replied' && submission.reply.code < 400).toBe(false);
    expect(await postfix.deliveredTo()).toEqual([]);
  });

  it('is not asked to carry an address beyond ASCII when it cannot', async () => {
    const relay = smtpRelay(settings(postfix.port), systemClock);
    expect(await relay.submit(() => message('zoë@utf8.example'), granted)).toMatchObject({ kind: 'unsupported' });
    expect(await relay.submit(() => message('ada@utf8.example'), granted)).toMatchObject({
      kind: 'replied',
      reply: { code: 250 },
    });
    await relay.close();
  });

  it('refuses a login that it does not offer, and that concerns nobody on the list', async () => {
    const relay = smtpRelay(settings(postfix.port, { login: { user: 'editor', password: 'wrong' } }), systemClock);
    const submission = await relay.submit(() => message('ada@login.example'), granted);
    expect(submission.kind === 'unreachable' || (submission.kind === 'replied' && submission.reply.stage === 'auth')).toBe(true);
  });
});

describe('no relay at all', () => {
  it('is unreachable, and the mark is never asked for', async () => {
    let asked = 0;
    const relay = smtpRelay(settings(1), systemClock);
    const submission = await relay.submit(
      () => message('ada@nowhere.example'),
      () => Promise.resolve(++asked > 0),
    );
    expect(submission).toMatchObject({ kind: 'unreachable' });
    expect(asked).toBe(0);
  });
});
