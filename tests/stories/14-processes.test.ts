// Processes are frozen, asked to stop, run twice, lose their terminal or their disk, or have the wrong time.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { findCommand } from '../services/install.ts';
import { finished, start, takenBy } from './cli.ts';
import { promiseHolds } from './holds.ts';
import { ask, CONNECTIONS, endAll, inWorld, isPossible, SEND, single, until } from './several.ts';

const story = it.skipIf(!isPossible);
const LIMIT = { timeout: 240_000 };
afterAll(endAll);
const AN_HOUR_AHEAD = { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'an-hour-ahead.ts')}` };

function begin(place: { readonly cwd: string }, env: Readonly<Record<string, string>> = {}) {
  const child = start(SEND, { ...place, env });
  return { child, end: finished(child) };
}

story.concurrent(
  'sends nothing that another has taken when a worker wakes up that was frozen for longer than its lease',
  LIMIT,
  inWorld({ count: 3_000 }, async (world) => {
    const { end } = world.send();
    await world.untilTaken(800);
    const [frozen] = world.workers;
    frozen?.child.kill('SIGSTOP');
    // Longer than the lock and the lease: what it holds is another's, then.
    await sleep(20_000);
    await world.untilFinished();
    expect(await end).toMatchObject({ code: 0 });
    frozen?.child.kill('SIGCONT');
    frozen?.child.kill('SIGTERM');
    expect(await frozen?.end).toMatchObject({ code: 0 });
    await promiseHolds(world, { unknownMax: CONNECTIONS });
  }),
);

story.concurrent(
  'leaves nobody in doubt when a worker is stopped and started every two seconds',
  LIMIT,
  inWorld({ count: 3_000, workers: 0 }, async (world) => {
    let worker = await world.startWorker(0);
    expect(await world.send('--detach').end).toMatchObject({ code: 0 });
    let stops = 0;
    while ((await ask(world, 'select state from mailings')) !== 'finished') {
      await Promise.race([sleep(2_000), world.untilFinished()]);
      worker.child.kill('SIGTERM');
      expect(await worker.end).toMatchObject({ code: 0 });
      worker = await world.startWorker(++stops);
    }
    expect(stops).toBeGreaterThan(1);
    expect((await promiseHolds(world)).accepted).toHaveLength(3_000);
  }),
);

story(
  'makes one mailing of two sends that work themselves on PostgreSQL',
  LIMIT,
  inWorld({ count: 1_000, workers: 0 }, async (world) => {
    const ends = await Promise.all([world.send().end, world.send().end]);
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    expect((await promiseHolds(world)).accepted).toHaveLength(1_000);
  }),
);

story(
  'goes on without the terminal of a send that has handed over',
  LIMIT,
  inWorld({ count: 1_500 }, async (world) => {
    const { child, end } = world.send();
    await world.untilTaken(200);
    child.kill('SIGHUP');
    expect(await end).toMatchObject({ code: 130, stderr: expect.stringContaining('the sending goes on') });
    await world.untilFinished();
    expect((await promiseHolds(world)).accepted).toHaveLength(1_500);
  }),
);

it.for(['SIGHUP', 'SIGTERM', 'SIGINT'] as const)(
  'ends a send in good order on %s, and the next goes on',
  LIMIT,
  async (signal) => {
    const world = await single(1_500);
    const { child, end } = begin(world.place);
    await until(() => takenBy(world.sink).length > 300, end);
    child.kill(signal);
    expect(await end).toMatchObject({ code: 130, stderr: expect.stringContaining('nobody was mailed twice') });
    const standing = await promiseHolds(world);
    expect(standing.due.length).toBeGreaterThan(0);
    expect(await begin(world.place).end).toMatchObject({ code: 0 });
    expect((await promiseHolds(world)).accepted).toHaveLength(1_500);
  },
);

it.skipIf(findCommand('prlimit') === undefined).concurrent(
  'stops with a sentence when the disk is full, and goes on when there is space',
  LIMIT,
  async () => {
    const world = await single(2_000);
    const { child, end } = begin(world.place);
    await until(() => takenBy(world.sink).length > 300, end);
    // No file of the sender's is written to beyond this any more, and the ledger's are longer by now.
    execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=100000']);
    const stopped = await end;
    expect(stopped).toMatchObject({ code: 1, stderr: expect.stringContaining('The ledger cannot be written') });
    expect(stopped.stderr).not.toMatch(/own fault|\n {4}at /);
    expect(await begin(world.place).end).toMatchObject({ code: 0 });
    const standing = await promiseHolds(world, { unknownMax: CONNECTIONS });
    expect(standing.accepted.length + standing.unknown.length).toBe(2_000);
  },
);

story.concurrent(
  'agrees about the time by the server’s clock when one of two workers is an hour ahead',
  LIMIT,
  inWorld({ count: 2_000, workers: 1, rules: ['defer:reader*7@*:1'] }, async (world) => {
    await world.startWorker(1, AN_HOUR_AHEAD);
    const { end } = world.send();
    expect(await end).toMatchObject({ code: 0 });
    expect((await promiseHolds(world)).accepted).toHaveLength(2_000);
  }),
);

it('mails nobody twice when a second send on a file is an hour ahead', LIMIT, async () => {
  const world = await single(2_000);
  const first = begin(world.place);
  await until(() => takenBy(world.sink).length > 200, first.end);
  const [, second] = await Promise.all([first.end, begin(world.place, AN_HOUR_AHEAD).end]);
  // The first may find that the rest is held by claims of the other, for an hour, and leave it at that.
  expect(second).toMatchObject({ code: 0 });
  await promiseHolds(world, { unknownMax: CONNECTIONS });
});
