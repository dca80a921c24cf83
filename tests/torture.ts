// npm run torture -- --seeds N [--world alone|several] [--at-once 8]: the proof by kill -9 at length. Each seed is a
// line in .postrider-torture/seeds.jsonl; started again on the same text, it goes on where it stopped.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, globSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { WORLDS, type World } from './stories/torture/plan-of-a-seed.ts';
import { describeResult, type SeedResult } from './stories/torture/run-seed.ts';
import { runSeeds } from './stories/torture/run-seeds.ts';
import { summarise } from './stories/torture/summary.ts';
import { isKept } from './stories/torture/verdict.ts';

/** A seed's line. `text` is the hash of all that it ran on, whether or not it is committed. */
interface Line extends SeedResult {
  readonly commit: string;
  readonly text: string;
  readonly at: string;
}

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, '.postrider-torture');
const FILE = join(FOLDER, 'seeds.jsonl');
const TEXT = '{bin,src,workers,config,templates,tests/stories/torture}/**/*';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '100' },
      world: { type: 'string' },
      'at-once': { type: 'string', default: '8' },
    },
  });
  const worlds = WORLDS.filter((world) => values.world === undefined || world === values.world);
  const seeds = Number(values.seeds);
  const atOnce = Number(values['at-once']);
  if (worlds.length === 0 || !(seeds > 0) || !(atOnce > 0)) {
    process.stderr.write('npm run torture -- --seeds N [--world alone|several] [--at-once N]\n');
    return 2;
  }
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort(new Error('Stopped.')));
  const version = { commit: readCommit(), text: hashOfText() };
  let isGood = true;
  for (const world of worlds) isGood = (await torture(world, seeds, atOnce, version, stopped.signal)) && isGood;
  return isGood ? 0 : 1;
}

type Version = Pick<Line, 'commit' | 'text'>;

async function torture(world: World, count: number, atOnce: number, version: Version, stopped: AbortSignal): Promise<boolean> {
  const all = Array.from({ length: count }, (_, index) => index + 1);
  const done = readDone(world, version).filter(({ plan }) => plan.seed <= count);
  const results: SeedResult[] = [...done];
  const known = new Set(done.map(({ plan }) => plan.seed));
  process.stderr.write(`${world}: ${count} seeds, ${known.size} of them done before, on ${version.commit} (${version.text})\n`);
  mkdirSync(FOLDER, { recursive: true });
  const onResult = (result: SeedResult): void => {
    results.push(result);
    appendFileSync(FILE, `${JSON.stringify({ ...version, at: new Date().toISOString(), ...result } satisfies Line)}\n`);
    if (!isKept(result)) process.stderr.write(`\n${describeResult(result)}\n`);
  };
  const seeds = all.filter((seed) => !known.has(seed));
  await runSeeds({ world, seeds, atOnce, onResult, stopped }).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  });
  process.stdout.write(`\n${world}\n${summarise(results)}\n`);
  return results.length === count && results.every(isKept);
}

function readDone(world: World, { text }: Version): Line[] {
  if (!existsSync(FILE)) return [];
  const lines = readFileSync(FILE, 'utf8').split('\n');
  const whole = lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as Line);
  return whole.filter((line) => line.text === text && line.plan.world === world);
}

function readCommit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short=10', 'HEAD'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'not in git';
  }
}

function hashOfText(): string {
  const hash = createHash('sha256');
  for (const name of globSync(TEXT, { cwd: ROOT }).sort())
    if (statSync(join(ROOT, name)).isFile()) hash.update(`${name}\0`).update(readFileSync(join(ROOT, name)));
  return hash.digest('hex').slice(0, 12);
}

process.exitCode = await main();
