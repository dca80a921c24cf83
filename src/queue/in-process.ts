// The schedule inside one process: for a laptop or a single small server, with nothing to install.
import type { Clock } from '../domain/clock.ts';
import type { Job, RunEnd, Schedule, Worker } from './schedule.ts';

export interface InProcessOptions {
  readonly clock: Clock;
  /** Slices at a time: one to be finishing its last replies while the next is under way. */
  readonly concurrency: number;
  /** A job that is due later than this from now is left for another day. */
  readonly horizonMs: number;
}

export function inProcessSchedule<Stop>({ clock, concurrency, horizonMs }: InProcessOptions): Schedule<Stop> {
  return {
    async run(jobs, worker, signal) {
      const queue = [...jobs];
      const stop = new AbortController();
      const either = AbortSignal.any([signal, stop.signal]);
      const settled = await Promise.allSettled(Array.from({ length: concurrency }, () => workOff(queue, worker, either, stop)));
      const failed = settled.find((end) => end.status === 'rejected');
      if (failed) throw failed.reason;
      const ends = settled.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
      const stopped = ends.find((end) => end.kind === 'stopped');
      if (stopped) return stopped;
      if (queue.length === 0) return { kind: 'empty' };
      if (signal.aborted) return { kind: 'interrupted' };
      const next = Math.min(...queue.map((job) => job.dueAt));
      return { kind: 'later', at: next };
    },
  };

  async function workOff(queue: Job[], worker: Worker<Stop>, signal: AbortSignal, stop: AbortController): Promise<RunEnd<Stop>> {
    for (let job = await nextJob(queue, signal); job; job = await nextJob(queue, signal)) {
      const answer = await worker(job, signal).catch((error: unknown) => {
        stop.abort();
        throw error;
      });
      if (answer.kind === 'stopped') {
        stop.abort();
        return answer;
      }
      if (answer.kind === 'again') queue.push({ ...job, dueAt: answer.at });
    }
    return { kind: 'empty' };
  }

  /** The job that is due first, once it is due; undefined where there is none within the horizon. */
  async function nextJob(queue: Job[], signal: AbortSignal): Promise<Job | undefined> {
    while (!signal.aborted) {
      queue.sort((a, b) => a.dueAt - b.dueAt || a.first - b.first);
      const [first] = queue;
      const now = clock.now();
      if (!first || first.dueAt > now + horizonMs) return undefined;
      if (first.dueAt <= now) return queue.shift();
      // Not longer than a second, for another worker may bring a job back that is due earlier.
      await clock.sleep(Math.min(first.dueAt - now, 1_000), signal);
    }
    return undefined;
  }
}
