// The sender is killed with SIGKILL in the middle, twice, and sent again: nobody is lost, nobody is mailed
// twice, and those in doubt are no more than the connections that were open.
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  addressesWith,
  deliveriesOf,
  finished,
  newsletterFolder,
  postrider,
  type RunningSink,
  runSink,
  start,
  takenBy,
  writeReaders,
} from './cli.ts';

const COUNT = 3_000;
const CONNECTIONS = 20;

let sink: RunningSink;
let folder: string;

beforeAll(async () => {
  sink = await runSink();
  folder = newsletterFolder(sink.url);
});
afterAll(() => sink?.stop());

/** Resolves when the witness has taken more than `count`, or the process has ended. */
async function untilTaken(count: number, child: ChildProcess): Promise<void> {
  while (takenBy(sink).length <= count && child.exitCode === null) await sleep(5);
}

it('continues after each kill until the books are closed', { timeout: 180_000 }, async () => {
  const place = { cwd: folder };
  await postrider(['subscribers', 'import', writeReaders(folder, COUNT)], place);
  const kills = [COUNT / 5, (3 * COUNT) / 5];
  for (const point of kills) {
    const child = start(['send', '--issue', '2023-01', '--yes'], place);
    const end = finished(child);
    await untilTaken(point, child);
    child.kill('SIGKILL');
    expect(await end).toMatchObject({ code: null });
    expect(takenBy(sink).length).toBeLessThan(COUNT);
  }
  const last = await postrider(['send', '--issue', '2023-01', '--yes'], place);
  expect(last.code).toBe(0);

  const deliveries = await deliveriesOf(place);
  const accepted = addressesWith(deliveries, 'accepted');
  const unknown = addressesWith(deliveries, 'unknown');
  expect(accepted.length + unknown.length).toBe(COUNT);
  expect(unknown.length).toBeLessThanOrEqual(kills.length * CONNECTIONS);

  const taken = takenBy(sink);
  expect(new Set(taken).size).toBe(taken.length);
  const inDoubt = new Set(unknown);
  expect(taken.filter((address) => !inDoubt.has(address)).sort()).toEqual(accepted.sort());
});
