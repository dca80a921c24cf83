// Redis is killed, emptied, or short of memory in mid-mailing: it holds pointers only, so nobody is lost, nobody is
// mailed twice, nobody is in doubt, and the work goes on.
import { afterAll, expect, it } from 'vitest';
import { startRedis } from '../services/redis.ts';
import { postrider, runSink } from './cli.ts';
import { promiseHolds } from './holds.ts';
import { endAll, inWorld, isPossible, placeOf, type World } from './several.ts';

const story = it.skipIf(!isPossible);
const LIMIT = { timeout: 120_000 };
afterAll(endAll);

async function goesOnAfter(world: World, fault: () => Promise<unknown>): Promise<void> {
  const { end } = world.send();
  await world.untilTaken(world.recipients.length / 4);
  await fault();
  expect(await end).toMatchObject({ code: 0 });
  expect((await promiseHolds(world)).accepted).toHaveLength(world.recipients.length);
}

story(
  'shares an undisturbed mailing of 4,000 out to two workers, at least 30 % to each',
  LIMIT,
  inWorld({ count: 4_000 }, async (world) => {
    expect(await world.send().end).toMatchObject({ code: 0, stderr: expect.stringContaining('Handed over to 2 processes') });
    await promiseHolds(world);
    const clients = world.sink.entries().map(({ client }) => client);
    for (const name of ['worker0.example.org', 'worker1.example.org'])
      expect(clients.filter((client) => client === name).length).toBeGreaterThanOrEqual(0.3 * 4_000);
  }),
);

for (const appendOnly of [true, false])
  story(
    `outlives kill -9 of Redis and its return ${appendOnly ? 'with' : 'without'} its data`,
    LIMIT,
    inWorld({ count: 3_000, redis: { appendOnly } }, (world) =>
      goesOnAfter(world, async () => {
        await world.redis.kill();
        await world.untilTaken(world.sink.entries().length + 100);
        await world.redis.restart();
      }),
    ),
  );

story(
  'outlives FLUSHALL in mid-mailing, three times',
  LIMIT,
  inWorld({ count: 6_000 }, (world) =>
    goesOnAfter(world, async () => {
      for (const share of [0.25, 0.4, 0.6]) {
        await world.untilTaken(share * world.recipients.length);
        await world.redis.command('FLUSHALL');
      }
    }),
  ),
);

story(
  'outlives a Redis that evicts for a while, in mid-mailing',
  LIMIT,
  inWorld({ count: 6_000 }, (world) =>
    goesOnAfter(world, async () => {
      const { redis } = world;
      await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-random');
      await redis.command('CONFIG', 'SET', 'maxmemory', '900kb');
      await world.untilTaken(world.sink.entries().length + 500);
      const evicted = /evicted_keys:(\d+)/.exec(await redis.command('INFO', 'stats'))?.[1];
      await redis.command('CONFIG', 'SET', 'maxmemory', '0');
      await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
      expect(Number(evicted)).toBeGreaterThan(0);
    }),
  ),
);

story('refuses to start on a Redis that throws away what it is given', LIMIT, async () => {
  const [redis, sink] = await Promise.all([startRedis({ policy: 'allkeys-lru' }), runSink()]);
  await redis.command('CONFIG', 'SET', 'requirepass', 'secret');
  const refused = await postrider(['work'], placeOf(sink, { REDIS_URL: redis.url.replace('//', '//:secret@') }));
  await Promise.all([redis.stop(), sink.stop()]);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/maxmemory-policy is allkeys-lru.*\n.*noeviction/) });
  expect(refused.stderr).not.toMatch(/secret|\n {4}at /);
});
