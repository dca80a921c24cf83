// The grown size on the same machine: PostgreSQL, Redis and workers as processes of their own, measured from the
// moment the mailing is made to the moment it is finished.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/app.ts';
import type { Mailing } from '../../src/domain/mailing.ts';
import { openMailing } from '../../src/flows/open-mailing.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { startPostgres } from '../services/postgres.ts';
import { startRedis } from '../services/redis.ts';
import { benchContent } from './content.ts';
import { type Begun, untilBegun } from './until-begun.ts';

const BIN = join(import.meta.dirname, '../../bin/postrider.js');
const POLL_MS = 20;
const LIST = 'monthly';
// A worker lives for weeks: it is measured when its code is compiled and its heap has its size. `send` is not.
const WARM_UP = 20_000;
// Linux counts processor time in hundredths of a second.
const TICKS_PER_SECOND = 100;

export interface Servers {
  readonly redisUrl: string;
  /** What Redis holds in memory, in megabytes. */
  redisMegabytes(): Promise<number>;
  newDatabase(): Promise<string>;
  stop(): Promise<void>;
}

export async function startServers(): Promise<Servers> {
  const postgres = await startPostgres();
  const redis = await startRedis();
  return {
    redisUrl: redis.url,
    async redisMegabytes() {
      const bytes = /^used_memory:(\d+)/m.exec(await redis.command('info', 'memory'))?.[1];
      return Number(bytes) / 1e6;
    },
    newDatabase: () => postgres.newDatabase(),
    async stop() {
      await redis.stop();
      await postgres.stop();
    },
  };
}

export interface SeveralResult {
  readonly seconds: number;
  /** Of the workers alone, since they do what the others do alone. */
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

export interface ManyResult extends Begun {
  readonly peakMegabytes: number;
  readonly redisMegabytes: number;
}

/** A list of `rows`: until all its deliveries are written down and some thousands are accepted. */
export async function many(servers: Servers, port: number, rows: number, accepted: number): Promise<ManyResult> {
  const url = await servers.newDatabase();
  const { ledger } = await openLedger(url, true);
  await fill(ledger, LIST, rows);
  const folder = newsletterFolder(20);
  const child = work(folder, { DATABASE_URL: url, REDIS_URL: servers.redisUrl, SMTP_URL: `smtp://127.0.0.1:${port}` });
  try {
    await untilPresent(ledger, [child]);
    const mailing = await openTo(ledger, LIST);
    let redisMegabytes = 0;
    const begun = await untilBegun(ledger, mailing, accepted, async () => {
      await sleep(200);
      redisMegabytes = Math.max(redisMegabytes, await servers.redisMegabytes());
    });
    return { ...begun, peakMegabytes: usageOf(child).peak, redisMegabytes };
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
    await ledger.close();
    rmSync(folder, { recursive: true });
  }
}

export async function several(servers: Servers, port: number, count: number, workers: number): Promise<SeveralResult> {
  const url = await servers.newDatabase();
  const { ledger } = await openLedger(url, true);
  await fill(ledger, 'warm', WARM_UP);
  await fill(ledger, LIST, count);
  const folder = newsletterFolder(20 / workers);
  const env = { DATABASE_URL: url, REDIS_URL: servers.redisUrl, SMTP_URL: `smtp://127.0.0.1:${port}` };
  const children = Array.from({ length: workers }, () => work(folder, env));
  try {
    await untilPresent(ledger, children);
    await untilFinished(ledger, await openTo(ledger, 'warm'));
    const before = children.map(usageOf);
    const startedAt = performance.now();
    await untilFinished(ledger, await openTo(ledger, LIST));
    const seconds = (performance.now() - startedAt) / 1_000;
    const after = children.map(usageOf);
    const cpuSeconds = after.reduce((sum, { cpu }, index) => sum + cpu - (before[index]?.cpu ?? 0), 0);
    return { seconds, cpuSeconds, peakMegabytes: Math.max(...after.map(({ peak }) => peak)) };
  } finally {
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map((child) => once(child, 'exit')));
    await ledger.close();
    rmSync(folder, { recursive: true });
  }
}

function openTo(ledger: Ledger, list: string): Promise<Mailing> {
  const provenance = { commit: null, isModified: true };
  return openMailing(ledger, { issue: '2023-01', list, content: benchContent(), provenance, at: systemClock.now() });
}

async function fill(ledger: Ledger, list: string, count: number): Promise<void> {
  await ledger.lists.ensure(list, 0);
  for (let first = 0; first < count; first += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, count - first) }, (_, index) => {
      const address = `reader${first + index}@example.org`;
      return { address, key: address, name: 'Ada', attributes: {} };
    });
    await ledger.subscribers.import(rows, list, 0);
  }
}

function newsletterFolder(connections: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-bench-'));
  const lines = [
    'name: Bench',
    'from: Newsletter <newsletter@example.org>',
    'issues: { url: "https://example.org/{id}/" }',
    'lists: { monthly: { title: Monthly } }',
    `relay: { connections: ${connections} }`,
  ];
  writeFileSync(join(folder, 'newsletter.yaml'), `${lines.join('\n')}\n`);
  return folder;
}

function work(cwd: string, env: Readonly<Record<string, string>>): ChildProcess {
  const secret = { POSTRIDER_SECRET: 'a-secret-for-the-bench-alone' };
  const options = { cwd, env: { PATH: process.env['PATH'], ...secret, ...env }, stdio: 'ignore' } as const;
  return spawn(process.execPath, ['--max-semi-space-size=8', BIN, 'work'], options);
}

async function untilPresent(ledger: Ledger, children: readonly ChildProcess[]): Promise<void> {
  while ((await ledger.crew.present(Date.now() - 10_000)).length < children.length) {
    if (children.some(({ exitCode }) => exitCode !== null)) throw new Error('A worker did not start.');
    await sleep(100);
  }
}

async function untilFinished(ledger: Ledger, { id }: Mailing): Promise<void> {
  for (;;) {
    const { state, stateReason } = await ledger.mailings.get(id);
    if (state === 'finished') return;
    if (state === 'paused') throw new Error(`The mailing is paused: ${stateReason}`);
    await sleep(POLL_MS);
  }
}

/** Processor seconds and the most memory that a process has had, in megabytes. */
export function usageOf({ pid }: ChildProcess): { cpu: number; peak: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpu: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, peak: Number(peak) / 1_000 };
}
