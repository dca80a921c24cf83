// A run of the in-process schedule on a clock that is moved by hand, with a log of what was worked on and when.
import { inProcessSchedule } from '../../src/queue/in-process.ts';
import type { Job, JobAnswer, RunEnd, Worker } from '../../src/queue/schedule.ts';
import { fakeClock } from '../domain/fake-clock.ts';

export const MINUTE_MS = 60_000;
export const DONE: JobAnswer<string> = { kind: 'done' };

export function job(first: number, dueAt = 0): Job {
  return { mailing: 1, first, last: first + 999, dueAt };
}

/** A run whose worker answers as told, and what became of it. */
export function start(jobs: readonly Job[], answer: Worker<string>, { concurrency = 1, horizonMs = 10 * MINUTE_MS } = {}) {
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
