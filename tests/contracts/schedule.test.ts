// The schedule's contract on each schedule, and what more is asked of the one in Redis, which may lose everything.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/app.ts';
import { inProcessSchedule } from '../../src/queue/in-process.ts';
import { redisSchedule } from '../../src/queue/redis-schedule.ts';
import type { AtWork, Schedule, Worker } from '../../src/queue/schedule.ts';
import { findCommand } from '../services/install.ts';
import { type RunningRedis, startRedis } from '../services/redis.ts';
import { DONE, firstsOf, gate, HOUR_MS, job, scheduleContract, until, type Work, work } from './schedule-contract.ts';

const isPossible = ['redis-server', 'redis-cli'].every((command) => findCommand(command) !== undefined);
// As long as a stop may take while Redis is away, and some more for a slow machine.
const SOON_MS = 8_000;
// Before a command would have run out of time.
const AT_ONCE_MS = 2_000;

scheduleContract('in this process', async (concurrency = 2) => inProcessSchedule({ clock: systemClock, concurrency }));

describe.skipIf(!isPossible)('with a Redis', () => {
  let redis: RunningRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.stop());

  scheduleContract('in Redis', async (concurrency = 2) => openOn(redis, randomUUID(), concurrency));
});

/** Ready to be asked: whoever adds hears at once where Redis is not there. */
async function openOn({ url }: RunningRedis, ledger: string, concurrency = 2): Promise<Schedule> {
  const schedule = redisSchedule({ url, ledger, clock: systemClock, concurrency, onError: () => undefined });
  await until(() => schedule.add([job(999_001, Date.now() + HOUR_MS)]));
  return schedule;
}

describe.skipIf(!isPossible)('a schedule in a Redis of its own', () => {
  let redis: RunningRedis;
  const opened: Schedule[] = [];
  const working: AtWork[] = [];
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await Promise.all(working.splice(0).map((each) => each.stop()));
    await Promise.all(opened.splice(0).map((each) => each.close()));
    await redis.stop();
  });

  async function open(ledger = 'one', concurrency?: number): Promise<Schedule> {
    const schedule = await openOn(redis, ledger, concurrency);
    opened.push(schedule);
    return schedule;
  }

  async function begin(schedule: Schedule, answer?: Worker): Promise<Work> {
    const begun = await work(schedule, answer);
    working.push(begun.atWork);
    return begun;
  }

  async function timed(does: Promise<unknown>): Promise<number> {
    const startedAt = Date.now();
    await does.catch(() => undefined);
    return Date.now() - startedAt;
  }

  it('keeps no job that has ended', async () => {
    const schedule = await open();
    await schedule.add([job(1), job(1_001)]);
    const seen = await begin(schedule);
    await until(() => expect(seen.begun).toHaveLength(2));
    await until(async () => expect(await redis.command('KEYS', '*:m7-s*1')).toBe('postrider:one:slices:m7-s999001'));
  });

  it('works on each job once, however many processes work', async () => {
    const schedules = [await open(), await open(), await open()];
    const seen = await Promise.all(schedules.map((each) => begin(each)));
    const jobs = Array.from({ length: 60 }, (_, index) => job(index * 1_000 + 1));
    await schedules[0]!.add(jobs);
    await until(() => expect(seen.flatMap(firstsOf)).toHaveLength(60));
    expect(new Set(seen.flatMap(firstsOf)).size).toBe(60);
  });

  it('has nothing to do with that of another ledger', async () => {
    const [one, other] = [await open('one'), await open('other')];
    const seen = await begin(other);
    await one.add([job(1)]);
    await other.add([job(1_001)]);
    await until(() => expect(firstsOf(seen)).toEqual([1_001]));
    expect(
      firstsOf(await begin(one).then((work) => until(() => expect(work.idles).toBeGreaterThan(0)).then(() => work))),
    ).toEqual([1]);
  });

  it('goes on when all was lost and is added again', async () => {
    const schedule = await open();
    const seen = await begin(schedule);
    await schedule.add([job(1, Date.now() + HOUR_MS)]);
    await redis.command('FLUSHALL');
    await schedule.add([job(1)]);
    await until(() => expect(firstsOf(seen)).toEqual([1]));
  });

  it('never has a job under way twice in one process, though all was lost and it is added again; it comes back later', async () => {
    const schedule = await open();
    await schedule.add([job(1)]);
    const door = gate();
    const seen = await begin(schedule, () => door.passed.then(() => DONE));
    await until(() => expect(seen.running).toBe(1));
    await redis.command('FLUSHALL');
    await schedule.add([job(1)]);
    // Taken up, and put off since it is under way.
    await until(async () => expect(await redis.command('ZCARD', 'postrider:one:slices:delayed')).toBe('1'));
    expect(seen.mostRunning).toBe(1);
    door.open();
    await until(() => expect(seen.begun).toHaveLength(2));
    expect(seen.mostRunning).toBe(1);
  });

  it('puts a job into line again of which Redis has kept no more than its name', async () => {
    const schedule = await open();
    await redis.command('DEL', 'postrider:one:slices:delayed');
    await schedule.add([job(1)]);
    expect(await redis.command('DEL', 'postrider:one:slices:wait')).toBe('1');
    await schedule.add([job(1)]);
    const seen = await begin(schedule);
    await until(() => expect(firstsOf(seen)).toEqual([1]));
  });

  // Once: replaceLost looks for what is lost only where less is there in all than was added just now.
  it('puts a job into line again though other jobs wait', async () => {
    const schedule = await open();
    await schedule.add([job(1), job(1_001, Date.now() + HOUR_MS)]);
    expect(await redis.command('DEL', 'postrider:one:slices:wait')).toBe('1');
    await schedule.add([job(1)]);
    expect(await redis.command('LRANGE', 'postrider:one:slices:wait', '0', '-1')).toBe('m7-s1');
  });

  // Once: BullMQ says `drained` once, when the line is empty, though jobs are under way; at their end nobody says it.
  it('tells whoever is idle when the last job has ended, though the line was empty before', async () => {
    const schedule = await open();
    await schedule.add([job(1), job(1_001)]);
    const door = gate();
    const seen = await begin(schedule, ({ first }) => (first === 1 ? Promise.resolve() : door.passed).then(() => DONE));
    await until(() => expect([firstsOf(seen).length, seen.running]).toEqual([2, 1]));
    const before = seen.idles;
    door.open();
    await vi.waitFor(() => expect(seen.idles).toBe(before + 1), { timeout: 3_000 });
  });

  it('says soon that Redis is away, and is there again when Redis is', async () => {
    const schedule = await open();
    const seen = await begin(schedule);
    await redis.kill();
    let isRejected = false;
    expect(
      await timed(
        schedule.add([job(1)]).catch(() => {
          isRejected = true;
        }),
      ),
    ).toBeLessThan(AT_ONCE_MS);
    expect(isRejected).toBe(true);
    await redis.restart();
    await until(() => schedule.add([job(1)]));
    await until(() => expect(firstsOf(seen)).toEqual([1]));
  });

  it.each([
    ['nothing is under way', false],
    ['a job is', true],
  ])('is stopped and closed soon while Redis is away and %s', async (_, isBusy) => {
    const schedule = await open();
    const door = gate();
    const seen = await begin(schedule, () => door.passed.then(() => ({ kind: 'again', at: Date.now() + 100 })));
    if (isBusy) await schedule.add([job(1)]);
    await until(() => expect(seen.running).toBe(isBusy ? 1 : 0));
    await redis.kill();
    const stopped = seen.atWork.stop();
    door.open();
    expect(await timed(stopped)).toBeLessThan(SOON_MS);
    expect(await timed(schedule.close())).toBeLessThan(SOON_MS);
  });

  it('ends the job under way in peace when Redis went away meanwhile', async () => {
    const schedule = await open();
    await schedule.add([job(1)]);
    const door = gate();
    const seen = await begin(schedule, () => door.passed.then(() => DONE));
    await until(() => expect(seen.running).toBe(1));
    await redis.kill();
    // A slow relay: longer than the stop waits for Redis, twice.
    setTimeout(door.open, 5_000);
    await seen.atWork.stop();
    expect(seen.running).toBe(0);
  });
});
