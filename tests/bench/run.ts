// npm run bench: what Postrider does in a second against what others do, in one run on one machine, and what a
// million costs. Ratios count, not times: they hold on other machines too.
//
//   npm run bench              speed and size
//   npm run bench -- speed     the first table only
//   npm run bench -- size      the second table only
//   npm run bench -- readers   the third table only
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureCommands, findCommand, SERVICES } from '../services/install.ts';
import type { SizeResult } from './a-million.ts';
import { readers } from './readers.ts';
import { many, type Servers, several, startServers } from './several.ts';
import type { Begun } from './until-begun.ts';

const ROUNDS = 3;
// As many as a large newsletter has: a process needs its first two seconds to warm up.
const FAST_COUNT = 50_000;
const SLOW_COUNT = 2_000;
// A process that has sent so many has grown to its size.
const SMALL = 200_000;
const LARGE = 1_000_000;
// As the command starts itself (bin/postrider.js).
const FLAT = '--max-semi-space-size=8';
const OURS = 'Postrider, end to end';
const ONE_WORKER = '… on PostgreSQL and Redis, one worker';
const TWO_WORKERS = '… on PostgreSQL and Redis, two workers';
// Of a million, so many are sent; the rest only have to be there.
const ACCEPTED_OF_MANY = 40_000;

interface Result {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

interface Counted extends Result {
  readonly count: number;
}

async function main(): Promise<void> {
  const only = process.argv[2];
  process.stdout.write(
    `Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${new Date().toISOString().slice(0, 10)}\n`,
  );
  const tables = { speed, size, readers: pages };
  for (const [name, table] of Object.entries(tables)) if (only === undefined || only === name) await withSink(table);
}

async function withSink(use: (port: number, servers: Servers) => Promise<void>): Promise<void> {
  ensureCommands([...SERVICES.postfix, ...SERVICES.postgres, ...SERVICES.redis]);
  if (findCommand('smtp-sink') === undefined) throw new Error('The bench needs smtp-sink, from Debian’s package postfix.');
  const port = await freePort();
  const sink = await startSink(port);
  const servers = await startServers();
  try {
    await use(port, servers);
  } finally {
    await servers.stop();
    sink.kill('SIGTERM');
  }
}

async function speed(port: number, servers: Servers): Promise<void> {
  printSpeed(await measure(port, servers));
}

interface Speed {
  readonly name: string;
  readonly rate: number;
  readonly cpuMs: number;
  readonly peak: number;
}

/** The median of some rounds in which everybody takes their turn, so that noise falls on all alike. */
async function measure(port: number, servers: Servers): Promise<Speed[]> {
  const workers = async (count: number): Promise<Counted> => ({
    ...(await several(servers, port, FAST_COUNT, count)),
    count: FAST_COUNT,
  });
  const contestants: Readonly<Record<string, () => Counted | Promise<Counted>>> = {
    'nodemailer loop': () => ({ ...contestant('loop', port, SLOW_COUNT), count: SLOW_COUNT }),
    'SMTPConnection alone': () => ({ ...contestant('connection', port, FAST_COUNT), count: FAST_COUNT }),
    [OURS]: () => ({ ...contestant('postrider', port, FAST_COUNT), count: FAST_COUNT }),
    [ONE_WORKER]: () => workers(1),
    [TWO_WORKERS]: () => workers(2),
    'smtp-source (C)': () => smtpSource(port),
  };
  const rounds: (Counted & { readonly name: string })[] = [];
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, run] of Object.entries(contestants)) rounds.push({ name, ...(await run()) });
  return Object.keys(contestants).map((name) => {
    const results = rounds.filter((each) => each.name === name);
    return {
      name,
      rate: median(results.map(({ count, seconds }) => count / seconds)),
      cpuMs: median(results.map(({ count, cpuSeconds }) => (cpuSeconds / count) * 1_000)),
      peak: median(results.map(({ peakMegabytes }) => peakMegabytes)),
    };
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function printSpeed(speeds: readonly Speed[]): void {
  const own = speeds.find(({ name }) => name === OURS)?.rate ?? 0;
  process.stdout.write(
    `\n60 kB messages, 20 connections, one smtp-sink, SQLite synchronous=FULL, PostgreSQL synchronous_commit=on; median of ${ROUNDS} rounds\n\n`,
  );
  process.stdout.write('| | messages/s | CPU s per 1,000 | peak MB | Postrider is |\n|---|--:|--:|--:|--:|\n');
  for (const { name, rate, cpuMs, peak } of speeds) {
    const measured = [
      Math.round(rate).toLocaleString('en'),
      cpuMs > 0 ? cpuMs.toFixed(2) : '–',
      peak > 0 ? String(Math.round(peak)) : '–',
    ];
    process.stdout.write(`| ${name} | ${measured.join(' | ')} | ${(own / rate).toFixed(2)} × |\n`);
  }
}

function contestant(name: string, port: number, count: number): Result {
  const file = join(import.meta.dirname, 'contestants.ts');
  return JSON.parse(
    execFileSync(process.execPath, [...(name === 'postrider' ? [FLAT] : []), file, name, String(port), String(count)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  ) as Result;
}

function smtpSource(port: number): Counted {
  const startedAt = performance.now();
  spawnSync(
    findCommand('smtp-source') ?? 'smtp-source',
    [
      '-s',
      '20',
      '-m',
      String(FAST_COUNT),
      '-l',
      '60000',
      '-f',
      'bounces@example.org',
      '-t',
      'reader@example.org',
      `127.0.0.1:${port}`,
    ],
    { stdio: 'inherit' },
  );
  return { seconds: (performance.now() - startedAt) / 1_000, cpuSeconds: 0, peakMegabytes: 0, count: FAST_COUNT };
}

async function size(port: number, servers: Servers): Promise<void> {
  process.stdout.write(
    `\nUntil all recipients are written down and ${ACCEPTED_OF_MANY.toLocaleString('en')} messages are accepted\n\n`,
  );
  process.stdout.write(
    '| recipients | first message s | opened s | peak MB | import s | peak MB importing | ledger MB | Redis MB |\n|--:|--:|--:|--:|--:|--:|--:|--:|\n',
  );
  for (const rows of [SMALL, LARGE]) {
    const { importSeconds, importMegabytes, fileMegabytes, ...begun } = alone(rows, port);
    printSize(`${rows.toLocaleString('en')} in SQLite`, begun, [importSeconds.toFixed(1), importMegabytes, fileMegabytes, '–']);
  }
  for (const rows of [SMALL, LARGE]) {
    const { redisMegabytes, ...begun } = await many(servers, port, rows, ACCEPTED_OF_MANY);
    printSize(`${rows.toLocaleString('en')} in PostgreSQL`, begun, ['–', '–', '–', redisMegabytes.toFixed(1)]);
  }
}

function alone(rows: number, port: number): SizeResult {
  const line = [FLAT, join(import.meta.dirname, 'a-million.ts'), rows, port, ACCEPTED_OF_MANY].map(String);
  return JSON.parse(
    execFileSync(process.execPath, line, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
  ) as SizeResult;
}

function printSize(
  name: string,
  { firstSeconds, openedSeconds, peakMegabytes }: Begun & { readonly peakMegabytes: number },
  rest: readonly (number | string)[],
): void {
  const cells = [firstSeconds.toFixed(1), openedSeconds.toFixed(1), peakMegabytes, ...rest];
  const texts = cells.map((cell) => (typeof cell === 'number' ? String(Math.round(cell)) : cell));
  process.stdout.write(`| ${name} | ${texts.join(' | ')} |\n`);
}

/** What readers ask of the pages in a minute. */
async function pages(smtpPort: number, servers: Servers): Promise<void> {
  const load = { perSecond: 200, seconds: 60, smtpPort };
  process.stdout.write(`\nReaders who join, confirm and leave at ${load.perSecond} requests a second for a minute\n\n`);
  process.stdout.write(
    '| `serve` on | asked | errors | median ms | 99 of 100 ms | longest ms | peak MB |\n|---|--:|--:|--:|--:|--:|--:|\n',
  );
  const places = { SQLite: undefined, PostgreSQL: await servers.newDatabase() };
  for (const [name, databaseUrl] of Object.entries(places)) {
    const result = await readers({ ...load, port: await freePort(), ...(databaseUrl !== undefined && { databaseUrl }) });
    const { asked, errors, latencies, peakMegabytes, books } = result;
    if (books.found !== books.expected) throw new Error(`The books say ${books.found}, and it was ${books.expected}.`);
    const at = (share: number): number => latencies[Math.floor((latencies.length - 1) * share)] ?? 0;
    const cells = [at(0.5), at(0.99), at(1), peakMegabytes].map((cell) => String(Math.round(cell)));
    process.stdout.write(`| ${name} | ${asked.toLocaleString('en')} | ${errors} | ${cells.join(' | ')} |\n`);
  }
}

async function startSink(port: number): Promise<ChildProcess> {
  const user = process.getuid?.() === 0 ? ['-u', 'postfix'] : [];
  const child = spawn(findCommand('smtp-sink') ?? 'smtp-sink', [...user, `127.0.0.1:${port}`, '1000'], { stdio: 'ignore' });
  await sleep(500);
  if (child.exitCode !== null) throw new Error('smtp-sink did not start.');
  return child;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

await main();
