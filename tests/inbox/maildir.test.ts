// Returned mail in a Maildir: what was taken goes to cur/ as seen, a person's mail unread, and nothing is lost between.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { READ_MAX_BYTES, type Take } from '../../src/inbox/inbox.ts';
import { maildir } from '../../src/inbox/maildir.ts';

let folder: string;
let seen: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postrider-maildir-'));
  for (const name of ['tmp', 'new', 'cur']) mkdirSync(join(folder, name));
  seen = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, content: string | Uint8Array = name): void => writeFileSync(join(folder, 'new', name), content);
const names = (part: string): string[] => readdirSync(join(folder, part)).toSorted();
const going = new AbortController().signal;

/** Takes all, but for what a person wrote. */
const take: Take = (bytes, envelope) => {
  expect(envelope).toEqual([]);
  const text = Buffer.from(bytes).toString();
  seen.push(text);
  return Promise.resolve(text.includes('a person') ? 'ordinary' : 'taken');
};

const collect = (by: Take = take, signal = going): Promise<number> => maildir(folder).collect(by, signal);

describe('a look', () => {
  it('moves what was taken to cur/ as seen, and a mail of a person there unread', async () => {
    put('1.a', 'a return');
    put('2.b', 'of a person');
    put('3.c', 'another return');
    expect(await collect()).toBe(2);
    expect([names('new'), names('cur')]).toEqual([[], ['1.a:2,S', '2.b:2,', '3.c:2,S']]);
    expect(readFileSync(join(folder, 'cur', '2.b:2,'), 'utf8')).toBe('of a person');
  });

  it('brings each once, in order of their names', async () => {
    for (const name of ['20.b', '10.a', '30.c']) put(name);
    expect([await collect(), await collect()]).toEqual([3, 0]);
    expect(seen).toEqual(['10.a', '20.b', '30.c']);
  });

  it('leaves what is being written, and what was there before', async () => {
    writeFileSync(join(folder, 'tmp', '1.a'), 'half');
    writeFileSync(join(folder, 'cur', '0.old:2,'), 'old');
    expect(await collect()).toBe(0);
    expect([names('tmp'), names('cur')]).toEqual([['1.a'], ['0.old:2,']]);
  });

  it('moves nothing before it has been taken', async () => {
    put('1.a');
    await collect((bytes, envelope) => {
      expect([names('new'), names('cur')]).toEqual([['1.a'], []]);
      return take(bytes, envelope);
    });
    expect(names('new')).toEqual([]);
  });

  it('that cannot take one leaves it and what is behind it; the next brings them again', async () => {
    for (const name of ['1.a', '2.b', '3.c']) put(name);
    const fail: Take = (bytes, envelope) =>
      String(Buffer.from(bytes)) === '2.b' ? Promise.reject(new Error('disk full')) : take(bytes, envelope);
    await expect(collect(fail)).rejects.toThrow('disk full');
    expect([names('new'), names('cur')]).toEqual([['2.b', '3.c'], ['1.a:2,S']]);
    expect(await collect()).toBe(2);
    expect(seen).toEqual(['1.a', '2.b', '3.c']);
  });

  it('stops at the signal, after the one in hand', async () => {
    for (const name of ['1.a', '2.b', '3.c']) put(name);
    const stop = new AbortController();
    const stopping: Take = (bytes, envelope) => {
      stop.abort();
      return take(bytes, envelope);
    };
    expect(await collect(stopping, stop.signal)).toBe(1);
    expect(names('new')).toEqual(['2.b', '3.c']);
  });
});

describe('a message', () => {
  it.each([
    ['nothing', 0, 0],
    ['one byte', 1, 1],
    ['a million bytes', READ_MAX_BYTES, READ_MAX_BYTES],
    ['two million bytes', 2 * READ_MAX_BYTES, READ_MAX_BYTES],
  ])('of %s is read up to a million, and moved whole', async (_, size, read) => {
    put('1.a', Buffer.alloc(size, 'x'));
    let length = -1;
    await collect((bytes) => {
      length = bytes.length;
      return Promise.resolve('taken');
    });
    expect([length, readFileSync(join(folder, 'cur', '1.a:2,S')).length]).toEqual([read, size]);
  });

  it('that somebody has moved meanwhile is none', async () => {
    put('1.a');
    put('2.b');
    const move: Take = (bytes, envelope) => {
      if (existsSync(join(folder, 'new', '2.b'))) renameSync(join(folder, 'new', '2.b'), join(folder, 'tmp', '2.b'));
      return take(bytes, envelope);
    };
    expect(await collect(move)).toBe(1);
    expect(seen).toEqual(['1.a']);
  });

  it('in a folder in new/ is none', async () => {
    mkdirSync(join(folder, 'new', '1.folder'));
    put('2.b');
    expect(await collect()).toBe(1);
    expect(names('new')).toEqual(['1.folder']);
  });

  it('that somebody moves while it is being taken holds up nobody', async () => {
    put('1.a');
    put('2.b');
    const move: Take = (bytes, envelope) => {
      if (existsSync(join(folder, 'new', '1.a'))) renameSync(join(folder, 'new', '1.a'), join(folder, 'tmp', '1.a'));
      return take(bytes, envelope);
    };
    expect(await collect(move)).toBe(2);
  });
});

describe('a Maildir that is', () => {
  it('not there is told by its name', async () => {
    const missing = join(folder, 'nowhere');
    await expect(maildir(missing).collect(take, going)).rejects.toThrow(missing);
  });

  it('without cur/ is told, and loses nothing', async () => {
    put('1.a');
    rmSync(join(folder, 'cur'), { recursive: true });
    await expect(collect()).rejects.toThrow(join(folder, 'cur'));
    expect(names('new')).toEqual(['1.a']);
  });

  it('named for people by its folder', () => {
    expect(maildir(folder).name).toBe(`${folder} on ${hostname()}`);
  });
});
