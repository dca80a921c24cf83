// A world of several processes: a ledger in PostgreSQL, a schedule in Redis, a witness, workers in folders of their
// own, as on machines of their own, and an editor's folder to send from. `stop` ends all of it, frozen or not.
import type { ChildProcess } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findCommand } from '../services/install.ts';
import { type RunningPostgres, startPostgres } from '../services/postgres.ts';
import { type RedisOptions, type RunningRedis, startRedis } from '../services/redis.ts';
import {
  type Finished,
  finished,
  newsletterFolder,
  type Place,
  postrider,
  type RunningSink,
  runSink,
  start,
  writeReaders,
} from './cli.ts';

/** A world needs these. */
export const isPossible = ['redis-server', 'postgres'].every((command) => findCommand(command) !== undefined);
export const SEND = ['send', '--issue', '2023-01', '--yes'];
/** What each process may have open at the relay, and so in doubt after a crash. */
export const CONNECTIONS = 20;

export interface WorldOptions {
  readonly count: number;
  readonly workers?: number;
  readonly redis?: RedisOptions;
  readonly rules?: readonly string[];
  /** Lines for newsletter.yaml, under `relay`. */
  readonly relay?: readonly string[];
  /** Stands between the processes and PostgreSQL; gives the URL that they use. */
  readonly between?: (databaseUrl: string) => Promise<string>;
}

export interface RunningWorker {
  readonly child: ChildProcess;
  readonly end: Promise<Finished>;
}

export interface World {
  /** The editor's. */
  readonly place: Place;
  readonly sink: RunningSink;
  readonly postgres: RunningPostgres;
  readonly redis: RunningRedis;
  readonly databaseUrl: string;
  readonly recipients: readonly string[];
  readonly workers: RunningWorker[];
  /** On machine `number`, known to the witness as worker`number`.example.org; settles when it is at work. */
  startWorker(number: number, env?: Readonly<Record<string, string>>): Promise<RunningWorker>;
  /** Begins a send of its own process. */
  send(...args: readonly string[]): { readonly child: ChildProcess; readonly end: Promise<Finished> };
  /** Settles when the witness has taken so many, or throws where that does not happen. */
  untilTaken(count: number): Promise<void>;
  /** Settles when the ledger says that the mailing is; throws where it is paused. */
  untilFinished(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWorld(options: WorldOptions): Promise<World> {
  const { count, workers = 2, rules = [], relay = [] } = options;
  const [postgres, redis, sink] = await Promise.all([startPostgres(), startRedis(options.redis), runSink(rules)]);
  const databaseUrl = await postgres.newDatabase();
  const env = { DATABASE_URL: (await options.between?.(databaseUrl)) ?? databaseUrl, REDIS_URL: redis.url };
  const place = placeOf(sink, env, relay);
  const children: ChildProcess[] = [];
  const begin = (args: readonly string[], where: Place) => {
    const child = start(args, where);
    children.push(child);
    return { child, end: finished(child) };
  };
  const world: World = {
    place,
    sink,
    postgres,
    redis,
    databaseUrl,
    recipients: Array.from({ length: count }, (_, index) => readerOf(index)),
    workers: [],
    async startWorker(number, more = {}) {
      const name = `worker${number}.example.org`;
      const worker = begin(['work'], placeOf(sink, { ...env, ...more }, [`ehloName: ${name}`, ...relay]));
      const isAtWork = async () =>
        (await postgres.psql(databaseUrl, `select 1 from crew where pid = ${worker.child.pid}`)) === '1';
      await until(isAtWork, worker.end);
      return worker;
    },
    send: (...args) => begin([...SEND, ...args], place),
    untilTaken: (wanted) => until(() => taken(sink) >= wanted),
    untilFinished: () =>
      until(async () => {
        const stands = await ask(world, 'select state, state_reason from mailings');
        if (stands.startsWith('paused')) throw new Error(`The mailing is ${stands}`);
        return stands.startsWith('finished');
      }),
    async stop() {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all([sink.stop(), redis.stop(), postgres.stop()]);
    },
  };
  await postrider(['migrate'], place);
  await postrider(['subscribers', 'import', writeReaders(place.cwd, count)], place);
  world.workers.push(...(await Promise.all(Array.from({ length: workers }, (_, number) => world.startWorker(number)))));
  return world;
}

/** What a story has begun and not ended. */
const open = new Set<{ stop(): Promise<void> }>();

/** For `afterAll`: nothing outlives the tests, whatever became of them. */
export async function endAll(): Promise<void> {
  await Promise.all([...open].map((each) => each.stop()));
}

/** A test's body in a world of its own, which ends with it. */
export function inWorld(options: WorldOptions, tell: (world: World) => Promise<void>): () => Promise<void> {
  return async () => {
    const world = await startWorld(options);
    open.add(world);
    try {
      await tell(world);
    } finally {
      open.delete(world);
      await world.stop();
    }
  };
}

/** A folder with the sample newsletter and a short issue; what belongs under `relay` is added. */
export function placeOf(sink: RunningSink, env: Readonly<Record<string, string>> = {}, relay: readonly string[] = []): Place {
  const cwd = newsletterFolder(sink.url);
  writeFileSync(join(cwd, 'issues/2023-01.md'), '# January\n\nA short issue with [a link](https://e.example/).\n');
  if (relay.length > 0) appendFileSync(join(cwd, 'newsletter.yaml'), `relay:\n${relay.map((line) => `  ${line}\n`).join('')}`);
  return { cwd, env };
}

const LOOK_MS = 20;
const PATIENCE_MS = 90_000;

/** Looks again and again; throws when patience ends, or when the process that it depends on has ended. */
export async function until(isSo: () => boolean | Promise<boolean>, end?: Promise<Finished>): Promise<void> {
  let early: Finished | undefined;
  void end?.then((result) => {
    early = result;
  });
  for (const giveUpAt = Date.now() + PATIENCE_MS; !(await isSo()); await sleep(LOOK_MS)) {
    if (early !== undefined) throw new Error(`It ended before: ${early.stdout}${early.stderr}`);
    if (Date.now() > giveUpAt) throw new Error(`It did not come to pass: ${isSo}`);
  }
}

/** A newsletter on one machine: its ledger in a file, its readers imported. */
export async function single(
  count: number,
  {
    rules = [],
    settings = '',
    addressOf = readerOf,
  }: { rules?: string[]; settings?: string; addressOf?: (index: number) => string } = {},
) {
  const sink = await runSink(rules);
  open.add(sink);
  const place = placeOf(sink);
  appendFileSync(join(place.cwd, 'newsletter.yaml'), settings);
  await postrider(['subscribers', 'import', writeReaders(place.cwd, count, addressOf)], place);
  return { sink, place, recipients: Array.from({ length: count }, (_, index) => addressOf(index)) };
}

function readerOf(index: number): string {
  return `reader${index}@example.org`;
}

/** What psql prints; empty while the server is away. */
export function ask({ postgres, databaseUrl }: World, sql: string): Promise<string> {
  return postgres.psql(databaseUrl, sql).catch(() => '');
}

function taken(sink: RunningSink): number {
  return sink.entries().filter(({ isTaken }) => isTaken).length;
}
