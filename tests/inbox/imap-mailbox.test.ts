// Returned mail in a mailbox behind IMAP, in a real Dovecot: what was taken is put away, a person's mail stays as it was,
// and whatever breaks in between, nothing is lost. Left out where it cannot be run.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MailboxPlace } from '../../src/domain/mailbox-place.ts';
import { imapMailbox } from '../../src/inbox/imap-mailbox.ts';
import { READ_MAX_BYTES, type Take } from '../../src/inbox/inbox.ts';
import { type Dovecot, startDovecot } from '../services/dovecot.ts';
import { PASSWORDS } from '../services/dovecot-config.ts';
import { findCommand, SERVICES } from '../services/install.ts';
import { type CuttingProxy, cuttingProxy } from './cutting-proxy.ts';

const isInstalled = SERVICES.dovecot.every(({ command }) => findCommand(command) !== undefined);
const isPossible = isInstalled && process.getuid?.() === 0;
const going = new AbortController().signal;

function placeIn({ port }: Pick<Dovecot, 'port'>, rest: Partial<MailboxPlace> = {}): MailboxPlace {
  return { host: '127.0.0.1', port, security: 'none', user: 'returns', password: PASSWORDS.returns, folder: 'INBOX', ...rest };
}

const letter = (subject: string): string => `From: MAILER-DAEMON@x.example\r\nSubject: ${subject}\r\n\r\nHello.\r\n`;

/** Takes all, but for what a person wrote; notes the subjects. */
function noting(seen: string[]): Take {
  return (bytes, envelope) => {
    expect(envelope).toEqual([]);
    const subject = /^Subject: (.*?)\r?$/m.exec(Buffer.from(bytes).toString('latin1'))?.[1] ?? '';
    seen.push(subject);
    return Promise.resolve(subject.includes('person') ? 'ordinary' : 'taken');
  };
}

async function subjectsIn(dovecot: Dovecot, folder: string): Promise<string[]> {
  const messages = await dovecot.messages('returns', folder);
  return messages.map(({ content }) => /^Subject: (.*?)\r?$/m.exec(content)?.[1] ?? '');
}

describe.skipIf(!isPossible)('a mailbox', () => {
  let dovecot: Dovecot;
  let seen: string[];
  beforeAll(async () => {
    dovecot = await startDovecot();
  });
  afterAll(() => dovecot?.stop());
  beforeEach(() => {
    seen = [];
  });
  // Each test begins with an empty mailbox that has no folders.
  afterEach(() => {
    const home = join(dovecot.caFile, '..', 'mail', 'returns', 'Maildir');
    execFileSync('find', [home, '-mindepth', '1', '-name', '.*', '-type', 'd', '-prune', '-exec', 'rm', '-r', '{}', '+']);
    execFileSync('find', [home, '-type', 'f', '-delete']);
  });

  const collect = (take = noting(seen), rest: Partial<MailboxPlace> = {}): Promise<number> =>
    imapMailbox(placeIn(dovecot, rest)).collect(take, going);
  const put = async (...subjects: string[]): Promise<void> => {
    for (const subject of subjects) await dovecot.put('returns', letter(subject));
  };

  it('gives what is there, in order, and puts away what was taken', async () => {
    await put('one', 'two', 'three');
    expect(await collect()).toBe(3);
    expect(seen).toEqual(['one', 'two', 'three']);
    expect([await subjectsIn(dovecot, 'INBOX'), await subjectsIn(dovecot, 'Postrider')]).toEqual([[], ['one', 'two', 'three']]);
  });

  it('that is empty gives nothing, again and again', async () => {
    expect([await collect(), await collect()]).toEqual([0, 0]);
  });

  // A fault: the folder is looked for by its last name, at any depth.
  it('puts it into a folder of its own, though another has one of that name', async () => {
    const home = join(dovecot.caFile, '..', 'mail', 'returns', 'Maildir');
    const inside = ['', 'cur', 'new', 'tmp'].map((part) => join(home, '.Archive.Postrider', part));
    execFileSync('install', ['-d', '-m', '700', '-o', '65534', '-g', '65534', ...inside]);
    await put('one');
    await collect();
    expect([await subjectsIn(dovecot, 'Archive.Postrider'), await subjectsIn(dovecot, 'Postrider')]).toEqual([[], ['one']]);
  });

  it('moves nothing before it has been taken', async () => {
    await put('one');
    await collect(async (bytes, envelope) => {
      expect([await subjectsIn(dovecot, 'INBOX'), await subjectsIn(dovecot, 'Postrider')]).toEqual([['one'], []]);
      return noting(seen)(bytes, envelope);
    });
    expect(await subjectsIn(dovecot, 'INBOX')).toEqual([]);
  });

  it('leaves a mail of a person where it is, unread, and looks at it once', async () => {
    await put('of a person', 'one');
    const mailbox = imapMailbox(placeIn(dovecot));
    expect(await mailbox.collect(noting(seen), going)).toBe(1);
    const [left] = await dovecot.messages('returns', 'INBOX');
    expect([left?.content, left?.flags.includes('S')]).toEqual([letter('of a person'), false]);
    await put('two');
    // By this process, and by another that has not seen it.
    expect([await mailbox.collect(noting(seen), going), await collect()]).toEqual([1, 0]);
    expect(seen).toEqual(['of a person', 'one', 'two']);
  });

  it('gives what a person has read already as well', async () => {
    await put('one');
    const home = join(dovecot.caFile, '..', 'mail', 'returns', 'Maildir');
    execFileSync('sh', ['-c', 'for f in "$1"/new/*; do mv "$f" "$1/cur/$(basename "$f"):2,S"; done', 'sh', home]);
    expect(await collect()).toBe(1);
  });

  it('that cannot take one puts away what was taken before; the rest comes again', async () => {
    await put('one', 'of a person', 'two', 'three');
    let isFull = true;
    const take: Take = (bytes, envelope) =>
      isFull && Buffer.from(bytes).includes('Subject: two')
        ? Promise.reject(new Error('disk full'))
        : noting(seen)(bytes, envelope);
    await expect(collect(take)).rejects.toThrow('disk full');
    expect(await subjectsIn(dovecot, 'INBOX')).toEqual(['of a person', 'two', 'three']);
    isFull = false;
    expect(await collect(take)).toBe(2);
    expect(seen).toEqual(['one', 'of a person', 'two', 'three']);
  });

  it('whose connection breaks while it is read loses nothing, and brings hardly anything twice', async () => {
    const subjects = Array.from({ length: 50 }, (_, index) => `number ${index}`);
    await put(...subjects);
    const take: Take = async (bytes, envelope) => {
      if (seen.length === 30) await dovecot.kick();
      return noting(seen)(bytes, envelope);
    };
    await expect(collect(take)).rejects.toThrow();
    const before = seen.length;
    await collect();
    expect(new Set(seen)).toEqual(new Set(subjects));
    // What was taken on the broken connection, and could not be moved any more: one batch.
    expect(seen.length - subjects.length).toBeLessThanOrEqual(20);
    expect(before).toBeLessThan(subjects.length);
    expect((await subjectsIn(dovecot, 'Postrider')).toSorted()).toEqual(subjects.toSorted());
    expect(seen.filter((subject) => seen.indexOf(subject) !== seen.lastIndexOf(subject)).length).toBeLessThanOrEqual(40);
  });

  it('of 200 messages is read to its end', async () => {
    await put(...Array.from({ length: 200 }, (_, index) => `number ${index}`));
    expect(await collect()).toBe(200);
    expect([new Set(seen).size, await subjectsIn(dovecot, 'INBOX')]).toEqual([200, []]);
  });

  it('gives the first million bytes of a message of five, and puts it away whole', async () => {
    await dovecot.put('returns', `${letter('long')}${`${'x'.repeat(78)}\r\n`.repeat(62_500)}`);
    let length = 0;
    await collect((bytes) => {
      length = bytes.length;
      return Promise.resolve('taken');
    });
    expect(length).toBe(READ_MAX_BYTES);
    const [moved] = await dovecot.messages('returns', 'Postrider');
    expect(moved?.content.length).toBeGreaterThan(5_000_000);
  });

  it('stops at the signal, after the batch in hand', async () => {
    await put(...Array.from({ length: 25 }, (_, index) => `number ${index}`));
    const stop = new AbortController();
    const take: Take = (bytes, envelope) => {
      stop.abort();
      return noting(seen)(bytes, envelope);
    };
    expect(await imapMailbox(placeIn(dovecot)).collect(take, stop.signal)).toBe(20);
    expect(await subjectsIn(dovecot, 'INBOX')).toHaveLength(5);
  });

  it.each([
    ['that is not there', { folder: 'Nowhere' }],
    ['of a name that IMAP must quote', { folder: 'a "b" {3}\\ *' }],
  ])('in a folder %s is told', async (_, rest) => {
    await expect(collect(noting(seen), rest)).rejects.toThrow();
  });

  it('of another password is told, and no password with it', async () => {
    const error = await collect(noting(seen), { password: 'hunter2-and-more' }).then(
      () => new Error('let in'),
      (thrown: Error) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect(error.message).not.toBe('let in');
    for (const text of [error.message, String(error.stack), JSON.stringify(error)])
      expect(text).not.toMatch(new RegExp(`hunter2|${Buffer.from('hunter2-and-more').toString('base64').slice(0, 10)}`));
  });

  // Once it said `Command failed`, whatever it was; why stands beside that, as responseText.
  it.each([
    ['password', { password: 'another' }, /authentication|password/i],
    ['folder', { folder: 'Nowhere' }, /Nowhere|doesn't exist/],
  ])('of another %s says so', async (_, rest, sentence) => {
    await expect(collect(noting(seen), rest)).rejects.toThrow(sentence);
  });

  it('is named for people, without a password', () => {
    expect(imapMailbox(placeIn({ port: 143 })).name).toBe('returns at 127.0.0.1, INBOX');
  });

  it('nobody answers for is told', async () => {
    await dovecot.pause();
    await expect(collect()).rejects.toThrow('ECONNREFUSED');
    await dovecot.resume();
  });

  it.each(['tls', 'starttls'] as const)('whose certificate nobody vouches for gets no password (%s)', async (security) => {
    const port = security === 'tls' ? dovecot.tlsPort : dovecot.port;
    await expect(collect(noting(seen), { port, security })).rejects.toThrow(/certificate/);
  });

  describe('behind a server that', () => {
    let proxy: CuttingProxy | undefined;
    afterEach(() => proxy?.close());

    it('knows neither MOVE nor UIDPLUS is read and put away all the same', async () => {
      const old = await startDovecot({ settings: { imap_capability: 'IMAP4rev1' } });
      await old.put('returns', letter('one'));
      await old.put('returns', letter('of a person'));
      for (let look = 0; look < 2; look++) await imapMailbox(placeIn(old)).collect(noting(seen), going);
      expect(seen).toEqual(['one', 'of a person']);
      expect([await subjectsIn(old, 'INBOX'), await subjectsIn(old, 'Postrider')]).toEqual([['of a person'], ['one']]);
      await old.stop();
    });

    it('keeps no marks of ours is asked for a mail of a person once by a process', async () => {
      proxy = await cuttingProxy(dovecot.port, [[/\[PERMANENTFLAGS \([^)]*\)\]/g, '[PERMANENTFLAGS (\\Seen \\Deleted)]']]);
      await put('of a person');
      const mailbox = imapMailbox(placeIn(proxy));
      for (let look = 0; look < 2; look++) await mailbox.collect(noting(seen), going);
      expect(seen).toEqual(['of a person']);
    });

    it('offers no STARTTLS gets no password over a network', async () => {
      proxy = await cuttingProxy(dovecot.port, [[/ STARTTLS/g, '']]);
      await expect(imapMailbox(placeIn(proxy, { security: 'starttls' })).collect(noting(seen), going)).rejects.toThrow();
      expect(proxy.said()).not.toMatch(/LOGIN |AUTHENTICATE/);
    });

    // As servers do that are older than RFC 5530.
    it('says only NO where the folder is there already is read', async () => {
      proxy = await cuttingProxy(dovecot.port, [[/NO \[ALREADYEXISTS\]/g, 'NO']]);
      await put('one');
      await collect();
      await put('two');
      expect(await imapMailbox(placeIn(proxy)).collect(noting(seen), going)).toBe(1);
    });

    // imapflow gives false for a refusal, and throws nothing.
    it('refuses to move what was taken is told', async () => {
      proxy = await cuttingProxy(dovecot.port, [], [[/UID MOVE (\S+) \S+/g, 'UID MOVE $1 Nowhere']]);
      await put('one');
      await expect(imapMailbox(placeIn(proxy)).collect(noting(seen), going)).rejects.toThrow();
    });

    it('refuses to search is told', async () => {
      proxy = await cuttingProxy(dovecot.port, [], [[/UID SEARCH .*/g, 'UID SEARCH NONSENSE']]);
      await put('one');
      await expect(imapMailbox(placeIn(proxy)).collect(noting(seen), going)).rejects.toThrow();
    });
  });
});
