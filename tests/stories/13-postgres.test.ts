// PostgreSQL is restarted or killed in mid-mailing, or keeps its answer to a COMMIT to itself: nobody is lost, nobody
// is mailed twice, and the books add up.
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import type { RunningPostgres } from '../services/postgres.ts';
import { promiseHolds } from './holds.ts';
import { CONNECTIONS, endAll, inWorld, isPossible, type World } from './several.ts';

const story = it.skipIf(!isPossible);
const LIMIT = { timeout: 240_000 };
afterAll(endAll);

/** The editor's send watches: whatever it thinks of a ledger that is away, it says so in a sentence. */
async function goesOnAfter(world: World, fault: () => Promise<unknown>, unknownMax: number): Promise<void> {
  const { end } = world.send();
  await world.untilTaken(world.recipients.length / 4);
  await fault();
  await world.untilFinished();
  const standing = await promiseHolds(world, { unknownMax });
  expect(standing.accepted.length + standing.unknown.length).toBe(world.recipients.length);
  expect((await end).stderr).not.toMatch(/own fault|\n {4}at /);
}

const FAULTS: Readonly<Record<string, (postgres: RunningPostgres) => Promise<unknown>>> = {
  'a fast restart': (postgres) => postgres.restart('fast'),
  'an immediate restart': (postgres) => postgres.restart('immediate'),
  'kill -9': async (postgres) => {
    await postgres.kill();
    await postgres.restart('fast');
  },
};

for (const [name, fault] of Object.entries(FAULTS))
  story(
    `outlives ${name} of PostgreSQL`,
    LIMIT,
    inWorld({ count: 3_000 }, (world) => goesOnAfter(world, () => fault(world.postgres), 2 * CONNECTIONS)),
  );

// Marks and settlements are statements that commit by themselves; asked often, they are called by a name.
const COMMITS = /commit\0|update deliveries set|postrider-\d/i;

/** Between the processes and PostgreSQL. `cut` waits for the next commit, forwards it, and breaks all connections. */
async function cutter(databaseUrl: string) {
  const target = Number(new URL(databaseUrl).port);
  const clients = new Set<Socket>();
  let cut: (() => void) | undefined;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    clients.add(client);
    client.on('close', () => clients.delete(client));
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    client.on('end', () => upstream.end());
    // What was forwarded is read by the server to its end, though nobody waits for the answer.
    client.on('close', () => upstream.end());
    upstream.on('close', () => client.destroy());
    upstream.pipe(client);
    client.on('data', (chunk) => {
      upstream.write(chunk);
      if (cut === undefined || !COMMITS.test(chunk.toString('latin1'))) return;
      for (const each of clients) each.destroy();
      cut();
      cut = undefined;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: databaseUrl.replace(`:${target}/`, `:${port}/`),
    cut: () =>
      new Promise<void>((resolve) => {
        cut = resolve;
      }),
    close: () => server.close(),
  };
}

let proxy: Awaited<ReturnType<typeof cutter>>;

story(
  'outlives COMMITs whose answers never arrive, five times',
  LIMIT,
  inWorld(
    {
      count: 4_000,
      between: async (databaseUrl) => {
        proxy = await cutter(databaseUrl);
        return proxy.url;
      },
    },
    async (world) => {
      await goesOnAfter(
        world,
        async () => {
          for (const share of [0.25, 0.35, 0.45, 0.55, 0.65]) {
            await world.untilTaken(share * world.recipients.length);
            await proxy.cut();
          }
        },
        0,
      );
      proxy.close();
    },
  ),
);
