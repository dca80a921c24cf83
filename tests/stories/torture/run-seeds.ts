// Many seeds of a world, several at once: mostly they wait for the claims of the dead to run out.
import { startPostgres } from '../../services/postgres.ts';
import { startRedis } from '../../services/redis.ts';
import type { World } from './plan-of-a-seed.ts';
import { runSeed, type SeedResult } from './run-seed.ts';
import type { Services } from './stage.ts';

export interface Run {
  readonly world: World;
  readonly seeds: readonly number[];
  readonly atOnce: number;
  readonly onResult: (result: SeedResult) => void;
  readonly stopped?: AbortSignal;
}

/** Rejects when it was stopped, or when a stage could not be set. */
export async function runSeeds({ world, seeds, atOnce, onResult, stopped = new AbortController().signal }: Run): Promise<void> {
  const services = world === 'several' && seeds.length > 0 ? await startServices() : null;
  const left = [...seeds];
  const workOff = async (): Promise<void> => {
    for (let seed = left.shift(); seed !== undefined; seed = left.shift())
      onResult(await runSeed(seed, world, services, stopped));
  };
  try {
    const ends = await Promise.allSettled(Array.from({ length: atOnce }, workOff));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    await Promise.all([services?.postgres.stop(), services?.redis.stop()]);
  }
}

async function startServices(): Promise<Services> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  return { postgres, redis };
}
