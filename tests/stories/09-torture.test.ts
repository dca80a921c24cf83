// Processes are killed with SIGKILL, or frozen, at every point of their work and at any moment, and started again:
// whatever a seed decides, nobody is lost, nobody is mailed twice, and whoever is in doubt is one for each open
// connection at most. `npm run torture -- --seeds 1000` goes on where these end.
import { expect, it } from 'vitest';
import { findCommand } from '../services/install.ts';
import type { World } from './torture/plan-of-a-seed.ts';
import { POINTS } from './torture/points.ts';
import { describeResult, type SeedResult } from './torture/run-seed.ts';
import { runSeeds } from './torture/run-seeds.ts';
import { countsAsStrike } from './torture/summary.ts';
import { isKept } from './torture/verdict.ts';

const SEEDS = { alone: 40, several: 40 } as const;
const AT_ONCE = 8;
const OPTIONS = { timeout: 900_000, concurrent: true };
const hasServices = ['postgres', 'redis-server'].every((command) => findCommand(command) !== undefined);

async function torture(world: World): Promise<SeedResult[]> {
  const seeds = Array.from({ length: SEEDS[world] }, (_, index) => index + 1);
  const results: SeedResult[] = [];
  await runSeeds({ world, seeds, atOnce: AT_ONCE, onResult: (result) => results.push(result) });
  return results;
}

function holds(results: readonly SeedResult[], world: World): void {
  expect(results.filter((result) => !isKept(result)).map(describeResult)).toEqual([]);
  expect(results).toHaveLength(SEEDS[world]);
  const strikes = results.flatMap(({ landed }) => landed).filter(countsAsStrike);
  expect(new Set(strikes.map(({ point }) => point))).toEqual(new Set(Object.keys(POINTS)));
  expect(strikes.length).toBeGreaterThanOrEqual(SEEDS[world]);
}

it(`keeps the promise alone, struck in ${SEEDS.alone} ways`, OPTIONS, async () => {
  holds(await torture('alone'), 'alone');
});

it.skipIf(!hasServices)(`keeps the promise among several, struck in ${SEEDS.several} ways`, OPTIONS, async () => {
  holds(await torture('several'), 'several');
});
