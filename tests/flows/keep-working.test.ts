// Processes that deliver for whoever asks: two of them on one ledger in a file, on one clock that is moved by hand.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mailing } from '../../src/domain/mailing.ts';
import { deliverSlice } from '../../src/flows/deliver-slice.ts';
import { keepWorking, type Working } from '../../src/flows/keep-working.ts';
import { openMailing } from '../../src/flows/open-mailing.ts';
import { cancelMailing, pauseMailing, resumeMailing } from '../../src/flows/steer-mailing.ts';
import { inProcessSchedule } from '../../src/queue/in-process.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { type FakeClock, fakeClock } from '../domain/fake-clock.ts';
import { type Answer, accept, deliveringBy, HOUR_MS, NOW, openTo, quiet, request } from './mailing-to.ts';

let folder: string;
let url: string;
let ledger: Ledger;
let clock: FakeClock;
const processes: Process[] = [];

interface Process {
  readonly ledger: Ledger;
  readonly abort: AbortController;
  readonly tended: string[];
  readonly failures: unknown[];
  tells: number;
  readonly ended: Promise<void>;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postrider-crew-'));
  url = `sqlite:${join(folder, 'ledger.sqlite')}`;
  clock = fakeClock(NOW);
  ({ ledger } = await openLedger(url));
  await ledger.lists.ensure('monthly', 0);
});
afterEach(async () => {
  for (const each of processes) each.abort.abort();
  await pass(0);
  await Promise.allSettled(processes.map(({ ended }) => ended));
  await Promise.all(processes.splice(0).map((each) => each.ledger.close()));
  await ledger.close();
  rmSync(folder, { recursive: true });
});

async function readers(count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => `r${index}@example.org`);
  await ledger.subscribers.import(
    rows.map((address) => ({ address, key: address, name: '', attributes: {} })),
    'monthly',
    0,
  );
}

async function start(id: string, rest: Partial<Working> = {}, answer: Answer = accept): Promise<Process> {
  const own = rest.ledger ?? (await openLedger(url)).ledger;
  const delivering = deliveringBy(own, clock, answer);
  const abort = new AbortController();
  const seen = { ledger: own, abort, tended: [] as string[], failures: [] as unknown[], tells: 0 };
  const working: Working = {
    ...{ ledger: own, clock, schedule: inProcessSchedule({ clock, concurrency: 2 }), limitsAt: () => null, onUnknown: 'hold' },
    workerFor: (onTrouble) => (slice, signal) => deliverSlice(slice, { ...delivering, onTrouble }, signal),
    self: { id, role: 'work', host: 'here', pid: 1, isRelayHere: true },
    claimedAt: () => null,
    syncClock: () => Promise.resolve(),
    tell: async () => {
      seen.tells++;
    },
    report: {
      troubled: () => undefined,
      failed: (error) => seen.failures.push(error),
      tended: ({ issue }, { kind }) => seen.tended.push(`${issue} ${kind}`),
    },
    ...rest,
  };
  const started = Object.assign(seen, { ended: keepWorking(working, abort.signal) });
  processes.push(started);
  return started;
}

/** Half a second after half a second, with time for all that waits for the disk. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left >= 0; left -= 500) {
    await quiet(clock);
    if (left > 0) await clock.advance(Math.min(500, left));
  }
}

async function stateOf({ id }: Mailing) {
  return (await ledger.mailings.get(id)).state;
}

async function crewIds(): Promise<string[]> {
  return (await ledger.crew.present(clock.now() - 20_000)).map(({ id }) => id).toSorted();
}

describe('a process at work', () => {
  it('takes up a mailing that is opened meanwhile, sends it and finishes it', async () => {
    await readers(30);
    await start('a');
    await pass(5_000);
    const mailing = await openMailing(ledger, request({ at: clock.now() }));
    await pass(10_000);
    expect(await stateOf(mailing)).toBe('finished');
    expect((await ledger.mailings.books(mailing.id)).counts.accepted).toBe(30);
  });

  it('says every two seconds that it is there, and no more once it has left', async () => {
    const one = await start('a');
    await pass(10_000);
    expect(await ledger.crew.present(clock.now() - 2_000)).toMatchObject([{ id: 'a', role: 'work', startedAt: NOW }]);
    one.abort.abort();
    await pass(0);
    await one.ended;
    expect(await crewIds()).toEqual([]);
  });

  it('tells the editor at each look', async () => {
    const one = await start('a');
    await pass(10_000);
    expect(one.tells).toBeGreaterThanOrEqual(5);
  });

  it('leaves a mailing alone until its time, and starts it then', async () => {
    await readers(1);
    await start('a');
    const mailing = await openMailing(ledger, request({ startsAt: NOW + 60_000 }));
    await pass(59_000);
    expect(await stateOf(mailing)).toBe('opening');
    await pass(11_000);
    expect(await stateOf(mailing)).toBe('finished');
  });

  it('goes on after a look that failed, and says why', async () => {
    await readers(1);
    const own = (await openLedger(url)).ledger;
    const { beat } = own.crew;
    let failures = 2;
    own.crew.beat = (member) => (failures-- > 0 ? Promise.reject(new Error('the server restarts')) : beat(member));
    const one = await start('a', { ledger: own });
    const mailing = await openMailing(ledger, request());
    await pass(15_000);
    expect(one.failures).toHaveLength(2);
    expect(await stateOf(mailing)).toBe('finished');
  });

  it('waits for the delivery on the wire when it is told to stop', async () => {
    await readers(1);
    const slow: Answer = async (...args) => {
      await clock.sleep(4_000);
      return accept(...args);
    };
    const one = await start('a', {}, slow);
    const mailing = await openMailing(ledger, request());
    await pass(1_000);
    one.abort.abort();
    let isOver = false;
    void one.ended.then(() => {
      isOver = true;
    });
    await pass(1_000);
    expect(isOver).toBe(false);
    await pass(4_000);
    expect(isOver).toBe(true);
    expect((await ledger.mailings.books(mailing.id)).counts.accepted).toBe(1);
  });

  it('closes what was cancelled while somebody else held some of it', async () => {
    await readers(2);
    const mailing = await openTo(ledger);
    const claim = { mailing: mailing.id, first: 1, last: 1, claim: 'x', limit: 1, now: NOW, until: NOW + 15_000 };
    await ledger.deliveries.claim(claim);
    await cancelMailing(ledger, mailing, clock.now());
    await start('a');
    await pass(10_000);
    expect((await ledger.mailings.get(mailing.id)).finishedAt).toBeNull();
    await pass(10_000);
    expect((await ledger.mailings.get(mailing.id)).finishedAt).not.toBeNull();
  });

  it('takes up again what a person paused and resumed', async () => {
    await readers(1);
    await start('a');
    const mailing = await openMailing(ledger, request({ startsAt: NOW + 5_000 }));
    await pauseMailing(ledger, mailing, NOW);
    await pass(30_000);
    expect(await stateOf(mailing)).toBe('paused');
    await resumeMailing(ledger, await ledger.mailings.get(mailing.id), clock.now());
    await pass(10_000);
    expect(await stateOf(mailing)).toBe('finished');
  });

  // Once: one look at all mailings, and the first that fails ends it.
  it('looks after the others where one mailing cannot be looked after', async () => {
    await readers(1);
    const own = (await openLedger(url)).ledger;
    const { touch } = own.mailings;
    own.mailings.touch = (id, at) => (id === 1 ? Promise.reject(new Error('torn page')) : touch(id, at));
    await openMailing(ledger, request());
    const other = await openMailing(ledger, request({ issue: '2023-02' }));
    await start('a', { ledger: own });
    await pass(10_000);
    expect(await stateOf(other)).toBe('finished');
  });
});

describe('two processes at work', () => {
  it('are both there, and one looks after the mailings and tells', async () => {
    await readers(5);
    const [one, other] = [await start('a'), await start('b')];
    await openMailing(ledger, request({ startsAt: NOW + HOUR_MS }));
    await pass(20_000);
    expect(await crewIds()).toEqual(['a', 'b']);
    expect([one.tended.length > 0, other.tended.length > 0].toSorted()).toEqual([false, true]);
    expect([one.tells > 0, other.tells > 0].toSorted()).toEqual([false, true]);
  });

  it('hand the lead over at once when whoever has it leaves', async () => {
    const [one, other] = [await start('a'), await start('b')];
    await pass(3_000);
    const [first, second] = one.tells > 0 ? [one, other] : [other, one];
    first.abort.abort();
    await pass(3_000);
    expect(second.tells).toBeGreaterThan(0);
  });

  it('take the lead over fifteen seconds after whoever had it has died', async () => {
    // Died: its look never ends, and nothing of it is released.
    const dead = await start('a', { tell: () => new Promise(() => undefined) });
    await pass(1_000);
    const heir = await start('b');
    await pass(13_000);
    expect(heir.tells).toBe(0);
    await pass(4_000);
    expect(heir.tells).toBeGreaterThan(0);
    expect(dead.tells).toBe(0);
    processes.splice(processes.indexOf(dead), 1);
    await dead.ledger.close();
  });
});
