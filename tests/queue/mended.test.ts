// What was once wrong here: each of these failed before it was mended.
import { expect, it } from 'vitest';
import { inProcessSchedule } from '../../src/queue/in-process.ts';
import { fakeClock, settled } from '../domain/fake-clock.ts';
import { DONE, job } from './start-run.ts';

it('stops the other workers, and waits for them, when one of them throws', async () => {
  const schedule = inProcessSchedule<string>({ clock: fakeClock(), concurrency: 2, horizonMs: 1_000 });
  const worked: number[] = [];
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isOver = false;
  const run = schedule
    .run(
      [job(1), job(2), job(3), job(4)],
      async ({ first }) => {
        worked.push(first);
        if (first === 1) throw new Error('the ledger is gone');
        await gate;
        return DONE;
      },
      new AbortController().signal,
    )
    .catch((error: unknown) => error)
    .then((end) => {
      isOver = true;
      return end;
    });
  await settled();
  expect(isOver).toBe(false);
  release();
  expect(await run).toBeInstanceOf(Error);
  await settled();
  expect(worked).toEqual([1, 2]);
});
