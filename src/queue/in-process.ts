// The schedule inside one process: for a laptop or a single small server, with nothing to install.
import type { Clock } from '../domain/clock.ts';
import type { AtWork, Job, Schedule, Worker } from './schedule.ts';

const SLEEP_MAX_MS = 60_000;

export interface InProcessOptions {
  readonly clock: Clock;
  /** Slices at a time: one to be finishing its last replies while the next is under way. */
  readonly concurrency: number;
}

/** When a job is worked on: not before its due time, and later where a worker has put it off. */
interface Waiting extends Job {
  readonly at: number;
}

export function inProcessSchedule({ clock, concurrency }: InProcessOptions): Schedule {
  const waiting = new Map<string, Waiting>();
  const underWay = new Set<string>();
  let wake = new AbortController();

  const notice = (): void => {
    wake.abort();
    wake = new AbortController();
  };
  const put = (job: Waiting): void => {
    const known = waiting.get(nameOf(job));
    if (!known || job.dueAt < known.dueAt) waiting.set(nameOf(job), job);
  };

  return {
    add(jobs) {
      for (const job of jobs) if (!underWay.has(nameOf(job))) put({ ...job, at: job.dueAt });
      notice();
      return Promise.resolve();
    },
    work(worker, onIdle) {
      const stopped = new AbortController();
      const loops = Array.from({ length: concurrency }, () => workOff(worker, onIdle, stopped.signal));
      const atWork: AtWork = {
        async stop() {
          stopped.abort();
          notice();
          await Promise.all(loops);
        },
      };
      return Promise.resolve(atWork);
    },
    close: () => Promise.resolve(),
  };

  async function workOff(worker: Worker, onIdle: () => void, stopped: AbortSignal): Promise<void> {
    for (let job = await nextJob(stopped); job; job = await nextJob(stopped)) {
      const name = nameOf(job);
      underWay.add(name);
      const { mailing, first, last } = job;
      const answer = await worker({ mailing, first, last }, stopped);
      underWay.delete(name);
      if (answer.kind === 'again') put({ ...job, at: answer.at, dueAt: answer.dueAt ?? answer.at });
      if (!hasDue()) onIdle();
    }
  }

  /** The job that is due first, once it is due; undefined when it is time to stop. */
  async function nextJob(stopped: AbortSignal): Promise<Job | undefined> {
    while (!stopped.aborted) {
      const first = firstWaiting();
      const now = clock.now();
      if (first && first.at <= now) {
        waiting.delete(nameOf(first));
        return first;
      }
      // Timers cannot be set for longer than 24 days; `add` and `stop` wake whoever sleeps.
      await clock.sleep(Math.min(first ? first.at - now : SLEEP_MAX_MS, SLEEP_MAX_MS), wake.signal);
    }
    return undefined;
  }

  function firstWaiting(): Waiting | undefined {
    let first: Waiting | undefined;
    for (const job of waiting.values())
      if (!first || job.at < first.at || (job.at === first.at && job.first < first.first)) first = job;
    return first;
  }

  function hasDue(): boolean {
    const first = firstWaiting();
    return underWay.size > 0 || (first !== undefined && first.at <= clock.now());
  }
}

function nameOf({ mailing, first }: Job): string {
  return `${mailing}/${first}`;
}
