// The schedule in Redis, by BullMQ: shared by any number of processes on any number of machines.
//
// **Invariant**: Redis may be emptied, evicted or restored from an old copy at any moment. A job is a pointer, its
// name says all that it holds, and whoever follows it asks the ledger what is to be done. So no job is kept once it
// has ended, in whatever way: one that is kept blocks its name, and the slice would never come back.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Job as BullJob, Worker as BullWorker, DelayedError, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { Clock } from '../domain/clock.ts';
import { SLICE_SIZE, type Slice } from '../domain/mailing.ts';
import type { AtWork, Job, JobAnswer, Schedule, Worker } from './schedule.ts';

export interface RedisScheduleOptions {
  readonly url: string;
  /** Keeps ledgers apart that share a Redis. */
  readonly ledger: string;
  readonly clock: Clock;
  /** Slices at a time, in this process. */
  readonly concurrency: number;
  /** Redis away, a lock lost: what passes by itself. */
  readonly onError: (error: Error) => void;
}

const QUEUE = 'slices';
// As long as a claim lasts: when a worker has died, its slice is free as soon as its deliveries are. Measured: 12 to
// 19 seconds after a kill.
const LOCK_MS = 15_000;
const STALLED_CHECK_MS = 5_000;
// A slice whose workers die again and again is nobody's fault but the machine's.
const STALLS_MAX = 1_000_000;
const COMMAND_TIMEOUT_MS = 3_000;
const RECONNECT_MAX_MS = 1_000;
// A close that waits for a Redis that is away would wait for ever.
const CLOSE_MAX_MS = 2_000;
// After a flush the same slice may come to a process that still works on it.
const TWICE_DELAY_MS = 3_000;
const GONE = { removeOnComplete: true, removeOnFail: true } as const;

/** All that a job holds beside its name: when the ledger said that it is due. */
interface Pointer {
  readonly dueAt: number;
}

export function redisSchedule({ url, ledger, clock, concurrency, onError }: RedisScheduleOptions): Schedule {
  const prefix = `postrider:${ledger}`;
  const retryStrategy = (tries: number): number => Math.min(tries * 100, RECONNECT_MAX_MS);
  // Whoever adds jobs hears at once that Redis is away.
  const hasty = new Redis(url, {
    retryStrategy,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: COMMAND_TIMEOUT_MS,
  });
  hasty.on('error', onError);
  const queue = new Queue<Pointer>(QUEUE, { connection: hasty, prefix, skipWaitingForReady: true, skipVersionCheck: true });
  queue.on('error', onError);

  return {
    async add(jobs) {
      if (jobs.length === 0) return;
      await queue.addBulk(jobs.map(toBull));
      await bringForward(jobs);
      await replaceLost(jobs);
    },
    work: (worker, onIdle) => Promise.resolve(startWork(worker, onIdle)),
    async close() {
      await Promise.race([queue.close(), sleep(CLOSE_MAX_MS)]).catch(onError);
      hasty.disconnect();
    },
  };

  function toBull(job: Job) {
    const delay = Math.max(0, Math.ceil(job.dueAt - clock.now()));
    return { name: QUEUE, data: { dueAt: job.dueAt }, opts: { ...GONE, jobId: nameOf(job), delay } };
  }

  /** A job that is there already was left as it is; one that waits for longer than it need comes sooner. */
  async function bringForward(jobs: readonly Job[]): Promise<void> {
    const dueAt = new Map(jobs.map((job) => [nameOf(job), job.dueAt]));
    // BullMQ keeps the due time as the score, in 4,096ths of a millisecond.
    const scores = await hasty.zrange(queue.toKey('delayed'), 0, '-1', 'WITHSCORES');
    for (let index = 0; index < scores.length; index += 2) {
      const name = scores[index] ?? '';
      const delay = Math.max(0, (dueAt.get(name) ?? Number.POSITIVE_INFINITY) - clock.now());
      if (Math.floor(Number(scores[index + 1]) / 4_096) - Date.now() <= delay + COMMAND_TIMEOUT_MS) continue;
      const job = await queue.getJob(name);
      // A worker has put it off for reasons of its own.
      if (!job || job.data.dueAt <= (dueAt.get(name) ?? 0)) continue;
      // It may be taken at this very moment, and then needs nobody to hasten it.
      await job.changeDelay(delay).catch(() => undefined);
    }
  }

  /** A Redis that evicts may have kept a job and lost its place in line; as long as the job is there, none is added. */
  async function replaceLost(jobs: readonly Job[]): Promise<void> {
    const inLine = new Set(await queue.getRanges(['wait', 'active', 'delayed'], 0, -1));
    for (const job of jobs.filter((each) => !inLine.has(nameOf(each)))) {
      const lost = await queue.getJob(nameOf(job));
      // One that has ended meanwhile is not there at all.
      if (!lost || (await lost.getState()) !== 'unknown') continue;
      await queue.remove(nameOf(job));
      await queue.addBulk([toBull(job)]);
    }
  }

  function startWork(worker: Worker, onIdle: () => void): AtWork {
    const stopped = new AbortController();
    const underWay = new Map<string, Promise<unknown>>();
    // BullMQ says once that the line is empty, though the last jobs may still be under way.
    let isEmpty = false;
    // Whoever waits for jobs waits for Redis, too.
    const patient = new Redis(url, { retryStrategy, maxRetriesPerRequest: null });
    patient.on('error', onError);
    const bull = new BullWorker<Pointer>(QUEUE, takeJob, {
      connection: patient,
      prefix,
      concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: STALLS_MAX,
      // A job whose options were evicted goes like the others.
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    bull.on('error', onError);
    bull.on('drained', () => {
      isEmpty = true;
      if (underWay.size === 0) onIdle();
    });
    return { stop };

    async function takeJob(job: BullJob<Pointer>, token?: string): Promise<void> {
      const name = job.id ?? '';
      const slice = sliceOf(name);
      if (!slice) return;
      isEmpty = false;
      const answer: JobAnswer = underWay.has(name)
        ? { kind: 'again', at: clock.now() + TWICE_DELAY_MS }
        : await workOn(name, slice);
      if (isEmpty && underWay.size === 0) onIdle();
      if (answer.kind === 'done') return;
      await job.updateData({ dueAt: answer.dueAt ?? answer.at });
      await job.moveToDelayed(Date.now() + Math.max(0, answer.at - clock.now()), token);
      throw new DelayedError();
    }

    async function workOn(name: string, slice: Slice): Promise<JobAnswer> {
      const work = worker(slice, stopped.signal);
      underWay.set(name, work);
      return work.finally(() => underWay.delete(name));
    }

    async function stop(): Promise<void> {
      stopped.abort();
      await Promise.race([bull.pause(true), sleep(CLOSE_MAX_MS)]).catch(onError);
      await Promise.allSettled(underWay.values());
      await Promise.race([bull.close(patient.status !== 'ready'), sleep(CLOSE_MAX_MS)]).catch(onError);
      patient.disconnect();
    }
  }
}

/** Not digits only, and no colon: BullMQ takes neither. */
function nameOf({ mailing, first }: Slice): string {
  return `m${mailing}-s${first}`;
}

function sliceOf(name: string): Slice | undefined {
  const [, mailing, first] = /^m(\d+)-s(\d+)$/.exec(name) ?? [];
  if (mailing === undefined || first === undefined) return undefined;
  return { mailing: Number(mailing), first: Number(first), last: Number(first) + SLICE_SIZE - 1 };
}
