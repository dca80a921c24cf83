// The schedule inside one process, on a clock that is moved by hand.
import { describe, expect, it } from 'vitest';
import { inProcessSchedule } from '../../src/queue/in-process.ts';
import type { Job, JobAnswer, RunEnd, Worker } from '../../src/queue/schedule.ts';
import { fakeClock, settled } from '../domain/fake-clock.ts';

const MINUTE_MS = 60_000;
const DONE: JobAnswer<string> = { kind: 'done' };

function job(first: number, dueAt = 0): Job {
  return { mailing: 1, first, last: first + 999, dueAt };
}

/** A run whose worker answers as told, and what became of it. */
function start(jobs: readonly Job[], answer: Worker<string>, { concurrency = 1, horizonMs = 10 * MINUTE_MS } = {}) {
  const clock = fakeClock();
  const abort = new AbortController();
  const log: string[] = [];
  const run = { clock, abort, log, running: 0, mostRunning: 0, end: undefined as RunEnd<string> | undefined };
  const worker: Worker<string> = async (slice, signal) => {
    run.running++;
    run.mostRunning = Math.max(run.mostRunning, run.running);
    log.push(`${clock.now()}: ${slice.first}`);
    const given = await answer(slice, signal);
    run.running--;
    return given;
  };
  const schedule = inProcessSchedule<string>({ clock, concurrency, horizonMs });
  void schedule.run(jobs, worker, abort.signal).then((end) => {
    run.end = end;
  });
  return run;
}

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

  it('earlier than the one that is waited for is noticed within a second', async () => {
    const back: JobAnswer<string>[] = [{ kind: 'again', at: 2_500 }];
    const run = start([job(1), job(1_001, 5 * MINUTE_MS)], async (slice) => (slice.first === 1 ? (back.shift() ?? DONE) : DONE), {
      concurrency: 2,
    });
    await run.clock.advance(3_500);
    expect(run.log).toEqual(['0: 1', '2500: 1']);
  });
});

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
    const clock = fakeClock();
    const schedule = inProcessSchedule<string>({ clock, concurrency: 2, horizonMs: MINUTE_MS });
    const worked: number[] = [];
    const end = await schedule.run([job(1)], async ({ first }) => (worked.push(first), DONE), AbortSignal.abort());
    expect(end).toEqual({ kind: 'interrupted' });
    expect(worked).toEqual([]);
  });
});
