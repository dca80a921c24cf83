// How a run of the in-process schedule ends before its jobs do: by trouble, or by the caller.
import { describe, expect, it } from 'vitest';
import { inProcessSchedule } from '../../src/queue/in-process.ts';
import { fakeClock, settled } from '../domain/fake-clock.ts';
import { DONE, job, MINUTE_MS, start } from './start-run.ts';

describe('the end of a run', () => {
  it('by a worker’s trouble starts no other job and tells those under way', async () => {
    let wasTold = false;
    const run = start(
      [job(1), job(1_001), job(2_001)],
      async (slice, signal) => {
        if (slice.first === 1) return { kind: 'stopped', trouble: 'the relay said no' };
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        wasTold = true;
        return { kind: 'again', at: 0 };
      },
      { concurrency: 2 },
    );
    await settled();
    expect(run.end).toEqual({ kind: 'stopped', trouble: 'the relay said no' });
    expect(wasTold).toBe(true);
    expect(run.log).toEqual(['0: 1', '0: 1001']);
  });

  it('by the caller wakes whoever waits', async () => {
    const run = start([job(1, MINUTE_MS)], async () => DONE);
    await run.clock.advance(10);
    run.abort.abort();
    await settled();
    expect(run.end).toEqual({ kind: 'interrupted' });
    expect(run.log).toEqual([]);
  });

  it('by the caller waits for the job under way', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const run = start([job(1), job(1_001)], () => gate.then(() => ({ kind: 'again', at: 0 })));
    await settled();
    run.abort.abort();
    await settled();
    expect(run.end).toBeUndefined();
    release();
    await settled();
    expect(run.end).toEqual({ kind: 'interrupted' });
    expect(run.log).toEqual(['0: 1']);
  });

  it('by the caller before it began does nothing', async () => {
    const schedule = inProcessSchedule<string>({ clock: fakeClock(), concurrency: 2, horizonMs: MINUTE_MS });
    const end = await schedule.run([job(1)], () => expect.unreachable(), AbortSignal.abort());
    expect(end).toEqual({ kind: 'interrupted' });
  });
});
