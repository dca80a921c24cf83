// A schedule inside one process on a clock that is moved by hand, with a log of what was worked on and when.
import { inProcessSchedule } from '../../src/queue/in-process.ts';
import type { AtWork, Job, JobAnswer, Schedule, Worker } from '../../src/queue/schedule.ts';
import { type FakeClock, fakeClock } from '../domain/fake-clock.ts';

export const MINUTE_MS = 60_000;
export const DONE: JobAnswer = { kind: 'done' };

export function job(first: number, dueAt = 0): Job {
  return { mailing: 1, first, last: first + 999, dueAt };
}

export interface Run {
  readonly clock: FakeClock;
  readonly schedule: Schedule;
  readonly atWork: AtWork;
  /** `moment: first` of each job that began. */
  readonly log: string[];
  running: number;
  mostRunning: number;
  idles: number;
}

export async function start(jobs: readonly Job[], answer: Worker, concurrency = 1): Promise<Run> {
  const clock = fakeClock();
  const schedule = inProcessSchedule({ clock, concurrency });
  const counts = { log: [] as string[], running: 0, mostRunning: 0, idles: 0 };
  await schedule.add(jobs);
  const worker: Worker = async (slice, signal) => {
    run.running++;
    run.mostRunning = Math.max(run.mostRunning, run.running);
    run.log.push(`${clock.now()}: ${slice.first}`);
    return answer(slice, signal).finally(() => run.running--);
  };
  const run = Object.assign(counts, { clock, schedule }) as unknown as Run;
  return Object.assign(run, { atWork: await schedule.work(worker, () => run.idles++) });
}

/** A door that workers wait at until it is opened. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}
