// Who looks where, and when: one process at a time at each place, and a place in trouble holds up no other. On a clock that
// the test holds, over a real ledger.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectReturns } from '../../src/flows/collect-returns.ts';
import type { Inbox, Take } from '../../src/inbox/inbox.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { type FakeClock, fakeClock } from '../domain/fake-clock.ts';
import { MINUTE_MS, memoryLedger, NOW, quiet } from './mailing-to.ts';

const SECOND_MS = 1_000;

let ledger: Ledger;
let clock: FakeClock;
let stop: AbortController;
let looks: string[];
let told: string[];
const running: Promise<void>[] = [];
beforeEach(async () => {
  ledger = await memoryLedger();
  clock = fakeClock(NOW);
  stop = new AbortController();
  looks = [];
  told = [];
});
afterEach(async () => {
  stop.abort();
  await Promise.all(running.splice(0));
  await ledger.close();
});

/** When it was looked into, in seconds from the beginning, is noted beside its name. */
function inbox(name: string, collect: Inbox['collect'] = () => Promise.resolve(0)): Inbox {
  return {
    name,
    restMs: 5 * SECOND_MS,
    collect(take, signal) {
      looks.push(`${name} ${(clock.now() - NOW) / SECOND_MS}`);
      return collect(take, signal);
    },
  };
}

/** A process of its own, on the same ledger. */
function work(
  inboxes: readonly Inbox[],
  holder = 'one',
  signal = stop.signal,
  take: Take = () => Promise.resolve('taken'),
): Promise<void> {
  const report = {
    collected: (from: Inbox, count: number) => void told.push(`${holder}: ${count} from ${from.name}`),
    failed: (from: Inbox, error: unknown) => void told.push(`${holder}: ${from.name} failed, ${(error as Error).message}`),
  };
  const ended = collectReturns({ ledger, clock, inboxes, holder, take, report }, signal);
  running.push(ended);
  return ended;
}

/** Lets so much time pass, from one moment at which somebody wakes to the next, and all that comes of it be done. */
async function pass(byMs: number): Promise<void> {
  const end = clock.now() + byMs;
  for (;;) {
    await quiet(clock);
    const next = Math.min(clock.alarms[0] ?? end, end);
    if (clock.now() === end) return;
    await clock.advance(next - clock.now());
  }
}

describe('a place', () => {
  it('is looked into at once, and then after each rest', async () => {
    void work([inbox('a')]);
    await pass(12 * SECOND_MS);
    expect(looks).toEqual(['a 0', 'a 5', 'a 10']);
  });

  it('tells how many were taken, and nothing where none were', async () => {
    const counts = [3, 0, 1];
    void work([inbox('a', () => Promise.resolve(counts.shift() ?? 0))]);
    await pass(12 * SECOND_MS);
    expect(told).toEqual(['one: 3 from a', 'one: 1 from a']);
  });

  it('hands on what it finds, with its envelope', async () => {
    const taken: unknown[] = [];
    const found = inbox('a', async (take) => {
      expect(await take(Buffer.from('x'), ['r@x.example'])).toBe('ordinary');
      return 0;
    });
    void work([found], 'one', stop.signal, (bytes, envelope) => {
      taken.push([String(bytes), envelope]);
      return Promise.resolve('ordinary');
    });
    await pass(0);
    expect(taken).toEqual([['x', ['r@x.example']]]);
  });

  it('that takes long is not looked into again before it is done', async () => {
    void work([inbox('a', (_, signal) => clock.sleep(30 * SECOND_MS, signal).then(() => 1))]);
    await pass(36 * SECOND_MS);
    expect(looks).toEqual(['a 0', 'a 35']);
  });
});

describe('a place in trouble', () => {
  const broken = (name: string): Inbox => inbox(name, () => Promise.reject(new Error('no route')));

  it('is tried again after a rest that doubles, up to ten minutes', async () => {
    void work([broken('a')]);
    await pass(45 * MINUTE_MS);
    const gaps = looks.map((look) => Number(look.split(' ')[1])).map((at, index, all) => at - (all[index - 1] ?? 0));
    expect(gaps).toEqual([0, 10, 20, 40, 80, 160, 320, 600, 600, 600]);
    expect(new Set(told)).toEqual(new Set(['one: a failed, no route']));
  });

  it('that works again is looked into as often as before', async () => {
    let fails = 3;
    void work([inbox('a', () => (--fails >= 0 ? Promise.reject(new Error('no route')) : Promise.resolve(1)))]);
    await pass(85 * SECOND_MS);
    expect(looks).toEqual(['a 0', 'a 10', 'a 30', 'a 70', 'a 75', 'a 80', 'a 85']);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('no route'))],
    ['never answers', () => new Promise<number>((resolve) => stop.signal.addEventListener('abort', () => resolve(0)))],
    [
      'throws',
      () => {
        throw new Error('at once');
      },
    ],
  ])('that %s holds up no other', async (_, collect) => {
    void work([inbox('a', collect), inbox('b')]);
    await pass(11 * SECOND_MS);
    expect(looks.filter((look) => look.startsWith('b'))).toEqual(['b 0', 'b 5', 'b 10']);
  });

  it('may be the ledger: nothing is looked into, and it is told', async () => {
    const { lead } = ledger.crew;
    let isUp = false;
    const crew = {
      ...ledger.crew,
      lead: (...all: Parameters<typeof lead>) => (isUp ? lead(...all) : Promise.reject(new Error('disk full'))),
    };
    ledger = { ...ledger, crew };
    void work([inbox('a')]);
    await pass(SECOND_MS);
    expect([looks, told]).toEqual([[], ['one: a failed, disk full']]);
    isUp = true;
    await pass(10 * SECOND_MS);
    expect(looks).toEqual(['a 10']);
  });

  it('may be what takes: the look fails, and the next comes', async () => {
    let isFull = true;
    const full: Take = () => (isFull ? Promise.reject(new Error('disk full')) : Promise.resolve('taken'));
    void work([inbox('a', async (take) => ((await take(Buffer.from('x'), [])) === 'taken' ? 1 : 0))], 'one', stop.signal, full);
    await pass(SECOND_MS);
    isFull = false;
    await pass(10 * SECOND_MS);
    expect(told).toEqual(['one: a failed, disk full', 'one: 1 from a']);
  });
});

describe('of two processes', () => {
  it('one looks into a place, as long as it works', async () => {
    void work([inbox('a', () => Promise.resolve(1))], 'one');
    await pass(0);
    void work([inbox('a', () => Promise.resolve(1))], 'two');
    await pass(5 * MINUTE_MS);
    expect(new Set(told)).toEqual(new Set(['one: 1 from a']));
  });

  it('each may have a place of its own', async () => {
    void work([inbox('a', () => Promise.resolve(1))], 'one');
    void work([inbox('b', () => Promise.resolve(1))], 'two');
    await pass(0);
    expect(told.toSorted()).toEqual(['one: 1 from a', 'two: 1 from b']);
  });

  it('the other takes over a minute after the first was heard of last', async () => {
    // It hangs in its first look, as a process does that is frozen.
    void work([inbox('a', () => new Promise((resolve) => stop.signal.addEventListener('abort', () => resolve(0))))], 'one');
    await pass(0);
    void work([inbox('a', () => Promise.resolve(1))], 'two');
    await pass(59 * SECOND_MS);
    expect(told).toEqual([]);
    await pass(6 * SECOND_MS);
    expect(told[0]).toBe('two: 1 from a');
  });

  it('the other takes over where the place is in trouble for the first', async () => {
    void work([inbox('a', () => Promise.reject(new Error('no route')))], 'one');
    await pass(0);
    void work([inbox('a', () => Promise.resolve(1))], 'two');
    await pass(5 * MINUTE_MS);
    expect(told.filter((each) => each.startsWith('two')).length).toBeGreaterThan(30);
  });

  it('the first keeps the place through a long look in which it takes', async () => {
    const slow = inbox('a', async (take, signal) => {
      for (let index = 0; index < 20; index++) {
        await clock.sleep(20 * SECOND_MS, signal);
        await take(Buffer.from('x'), []);
      }
      return 20;
    });
    void work([slow], 'one');
    await pass(0);
    void work([inbox('a', () => Promise.resolve(1))], 'two');
    await pass(7 * MINUTE_MS);
    expect(told).toEqual(['one: 20 from a']);
  });

  it('the other has the place at once where the first has ended', async () => {
    const first = new AbortController();
    const ended = work([inbox('a')], 'one', first.signal);
    await pass(0);
    void work([inbox('a', () => Promise.resolve(1))], 'two');
    await pass(0);
    first.abort();
    await ended;
    await pass(5 * SECOND_MS);
    expect(told).toEqual(['two: 1 from a']);
  });
});

describe('the end', () => {
  it('comes at the signal, in the midst of a rest', async () => {
    const ended = work([inbox('a'), inbox('b')]);
    await pass(SECOND_MS);
    stop.abort();
    await ended;
    expect(looks).toEqual(['a 0', 'b 0']);
  });

  it('waits for what is in hand', async () => {
    let finish: ((count: number) => void) | undefined;
    const ended = work([inbox('a', () => new Promise((resolve) => (finish = resolve)))]);
    await pass(0);
    stop.abort();
    let isOver = false;
    void ended.then(() => (isOver = true));
    await pass(SECOND_MS);
    expect(isOver).toBe(false);
    finish?.(1);
    await ended;
    expect([told, looks]).toEqual([['one: 1 from a'], ['a 0']]);
  });

  it('gives the place back to nobody but whom it belongs to', async () => {
    const second = new AbortController();
    void work([inbox('a')], 'one');
    await pass(0);
    const ended = work([inbox('a')], 'two', second.signal);
    await pass(0);
    second.abort();
    await ended;
    expect(await ledger.crew.lead('returns: a', 'three', clock.now(), clock.now() + 1)).toBe(false);
  });

  it('comes though the ledger is gone', async () => {
    const ended = work([inbox('a')]);
    await pass(0);
    const { close } = ledger;
    await close();
    ledger = { ...ledger, close: () => Promise.resolve() };
    stop.abort();
    await ended;
  });

  it('is there at once where there is nowhere to look', async () => {
    await work([]);
  });

  it('has come before the beginning where the signal was given already', async () => {
    stop.abort();
    await work([inbox('a')]);
    expect(looks).toEqual([]);
  });
});
