// The schedule inside one process, on a clock that is moved by hand.
import { describe, expect, it } from 'vitest';
import type { JobAnswer } from '../../src/queue/schedule.ts';
import { settled } from '../domain/fake-clock.ts';
import { DONE, job, MINUTE_MS, start } from './start-run.ts';

describe('the order of work', () => {
  it('is by due time, then by place, whatever order the jobs came in', async () => {
    const run = start([job(2_001, 5), job(1_001), job(3_001, 2), job(1)], async () => DONE);
    await run.clock.advance(10);
    expect(run.log).toEqual(['0: 1', '0: 1001', '2: 3001', '5: 2001']);
    expect(run.end).toEqual({ kind: 'empty' });
  });

  it('leaves the jobs that it was given as they were', async () => {
    const jobs = [job(1_001), job(1)];
    const run = start(jobs, async () => DONE);
    await run.clock.advance(0);
    expect(run.end).toEqual({ kind: 'empty' });
    expect(jobs).toEqual([job(1_001), job(1)]);
  });

  it('has as many jobs under way as it may, and no more', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const jobs = [1, 2, 3, 4, 5].map((first) => job(first));
    const run = start(jobs, () => gate.then(() => DONE), { concurrency: 2 });
    await settled();
    expect(run.running).toBe(2);
    release();
    await run.clock.advance(0);
    expect(run.log).toHaveLength(5);
    expect(run.mostRunning).toBe(2);
  });

  it('is over at once where there is no job', async () => {
    const run = start([], async () => DONE);
    await settled();
    expect(run.end).toEqual({ kind: 'empty' });
  });
});

describe('a job that is not due yet', () => {
  it('waits until it is', async () => {
    const run = start([job(1, 5 * MINUTE_MS)], async () => DONE);
    await run.clock.advance(5 * MINUTE_MS - 1);
    expect(run.log).toEqual([]);
    await run.clock.advance(1);
    expect(run.log).toEqual(['300000: 1']);
    expect(run.end).toEqual({ kind: 'empty' });
  });

  it('is waited for up to the horizon, and left for another day beyond it', async () => {
    const within = start([job(1, 10 * MINUTE_MS)], async () => DONE);
    await within.clock.advance(10 * MINUTE_MS);
    expect(within.end).toEqual({ kind: 'empty' });
    const beyond = start([job(1, 10 * MINUTE_MS + 1), job(2, 60 * MINUTE_MS)], async () => DONE);
    await settled();
    expect(beyond.end).toEqual({ kind: 'later', at: 10 * MINUTE_MS + 1 });
    expect(beyond.log).toEqual([]);
  });

  it('does not keep back the others', async () => {
    const run = start([job(1, 60 * MINUTE_MS), job(1_001)], async () => DONE);
    await settled();
    expect(run.log).toEqual(['0: 1001']);
    expect(run.end).toEqual({ kind: 'later', at: 60 * MINUTE_MS });
  });
});

describe('a job that comes back', () => {
  it('is worked on again when it is due, as often as it comes', async () => {
    const answers: JobAnswer<string>[] = [{ kind: 'again', at: MINUTE_MS }, { kind: 'again', at: 6 * MINUTE_MS }, DONE];
    const run = start([job(1)], async () => answers.shift() ?? DONE);
    await run.clock.advance(10 * MINUTE_MS);
    expect(run.log).toEqual(['0: 1', '60000: 1', '360000: 1']);
    expect(run.end).toEqual({ kind: 'empty' });
  });

  it('beyond the horizon is left, with the moment at which it is due', async () => {
    const run = start([job(1)], async () => ({ kind: 'again', at: 30 * MINUTE_MS }));
    await settled();
    expect(run.end).toEqual({ kind: 'later', at: 30 * MINUTE_MS });
  });

  it('is worked on when it is due, even while a later one is waited for', async () => {
    const back: JobAnswer<string>[] = [{ kind: 'again', at: 2_500 }];
    const run = start([job(1), job(1_001, 5 * MINUTE_MS)], async (slice) => (slice.first === 1 ? (back.shift() ?? DONE) : DONE), {
      concurrency: 2,
    });
    await run.clock.advance(3_500);
    expect(run.log).toEqual(['0: 1', '2500: 1']);
  });
});
