// What every schedule must do, wherever it is kept. Called by schedule.test.ts for each, on the real clock.
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AtWork, Job, JobAnswer, Schedule, Worker } from '../../src/queue/schedule.ts';

export const DONE: JobAnswer = { kind: 'done' };
export const HOUR_MS = 60 * 60_000;

export function job(first: number, dueAt = Date.now(), mailing = 7): Job {
  return { mailing, first, last: first + 999, dueAt };
}

/** Settles once it holds. */
export function until(holds: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(holds, { timeout: 20_000, interval: 20 });
}

/** A door that workers wait at until it is opened. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

export interface Work {
  readonly atWork: AtWork;
  /** What was begun, in order: `first`, and when. */
  readonly begun: { readonly first: number; readonly at: number }[];
  running: number;
  mostRunning: number;
  idles: number;
}

export async function work(schedule: Schedule, answer: Worker = async () => DONE): Promise<Work> {
  const seen = { begun: [] as Work['begun'], running: 0, mostRunning: 0, idles: 0 };
  const worker: Worker = async (slice, signal) => {
    seen.mostRunning = Math.max(seen.mostRunning, ++seen.running);
    seen.begun.push({ first: slice.first, at: Date.now() });
    return answer(slice, signal).finally(() => seen.running--);
  };
  const atWork = await schedule.work(worker, () => seen.idles++);
  return Object.assign(seen, { atWork });
}

export function firstsOf({ begun }: Work): number[] {
  return begun.map(({ first }) => first).toSorted((a, b) => a - b);
}

export function scheduleContract(name: string, open: (concurrency?: number) => Promise<Schedule>): void {
  describe(`a schedule ${name}`, () => {
    const opened: Schedule[] = [];
    const working: AtWork[] = [];
    afterEach(async () => {
      await Promise.all(working.splice(0).map((each) => each.stop()));
      await Promise.all(opened.splice(0).map((each) => each.close()));
    });

    async function start(concurrency?: number): Promise<Schedule> {
      const schedule = await open(concurrency);
      opened.push(schedule);
      return schedule;
    }

    async function begin(schedule: Schedule, answer?: Worker): Promise<Work> {
      const begun = await work(schedule, answer);
      working.push(begun.atWork);
      return begun;
    }

    it('works on each job once', async () => {
      const schedule = await start();
      const jobs = Array.from({ length: 50 }, (_, index) => job(index * 1_000 + 1));
      await schedule.add(jobs);
      const seen = await begin(schedule);
      await until(() => expect(seen.idles).toBeGreaterThan(0));
      expect(firstsOf(seen)).toEqual(jobs.map(({ first }) => first));
    });

    it('works on what is added later, too', async () => {
      const schedule = await start();
      const seen = await begin(schedule);
      await schedule.add([]);
      await schedule.add([job(1)]);
      await until(() => expect(firstsOf(seen)).toEqual([1]));
    });

    it('hands the worker the slice as it was added', async () => {
      const schedule = await start();
      await schedule.add([job(2_001, Date.now(), 12)]);
      const slices: unknown[] = [];
      await begin(schedule, async (slice) => {
        slices.push(slice);
        return DONE;
      });
      await until(() => expect(slices).toMatchObject([{ mailing: 12, first: 2_001, last: 3_000 }]));
    });

    it('has as many jobs under way as it may', async () => {
      const schedule = await start(3);
      await schedule.add([1, 1_001, 2_001, 3_001, 4_001].map((first) => job(first)));
      const door = gate();
      const seen = await begin(schedule, () => door.passed.then(() => DONE));
      await until(() => expect(seen.running).toBe(3));
      door.open();
      await until(() => expect(seen.begun).toHaveLength(5));
      expect(seen.mostRunning).toBe(3);
    });

    it('lets a job wait until it is due, and the others need not wait for it', async () => {
      const schedule = await start();
      const dueAt = Date.now() + 400;
      await schedule.add([job(1, dueAt), job(1_001)]);
      const seen = await begin(schedule);
      await until(() => expect(seen.begun).toHaveLength(2));
      expect(seen.begun.map(({ first }) => first)).toEqual([1_001, 1]);
      expect(seen.begun[1]?.at).toBeGreaterThanOrEqual(dueAt);
    });

    it('brings a job back at the time that the worker names', async () => {
      const schedule = await start();
      const again: number[] = [];
      await schedule.add([job(1)]);
      const seen = await begin(schedule, async () => {
        if (again.length === 2) return DONE;
        again.push(Date.now() + 300);
        return { kind: 'again', at: again.at(-1) ?? 0 };
      });
      await until(() => expect(seen.begun).toHaveLength(3));
      expect(again.every((at, index) => (seen.begun[index + 1]?.at ?? 0) >= at)).toBe(true);
    });

    it('brings a job back at once where that time has passed', async () => {
      const schedule = await start();
      await schedule.add([job(1)]);
      const answers: JobAnswer[] = [0, 1].map((at) => ({ kind: 'again', at }));
      const seen = await begin(schedule, async () => answers.shift() ?? DONE);
      await until(() => expect(seen.begun).toHaveLength(3));
    });

    it('has a job once that is added twice, and once more when it is added after its end', async () => {
      const schedule = await start();
      await schedule.add([job(1), job(1_001)]);
      await schedule.add([job(1), job(1_001)]);
      const seen = await begin(schedule);
      await until(() => expect(seen.idles).toBeGreaterThan(0));
      expect(firstsOf(seen)).toEqual([1, 1_001]);
      await until(async () => {
        await schedule.add([job(1)]);
        expect(firstsOf(seen).slice(0, 2)).toEqual([1, 1]);
      });
    });

    it('brings a job forward that is added again, due earlier', async () => {
      const schedule = await start();
      await schedule.add([job(1, Date.now() + HOUR_MS), job(1_001, Date.now() + HOUR_MS)]);
      const seen = await begin(schedule);
      await schedule.add([job(1)]);
      await until(() => expect(firstsOf(seen)).toEqual([1]));
    });

    it('does not put a job off that is added again, due later', async () => {
      const schedule = await start();
      await schedule.add([job(1)]);
      await schedule.add([job(1, Date.now() + HOUR_MS)]);
      const seen = await begin(schedule);
      await until(() => expect(firstsOf(seen)).toEqual([1]));
    });

    it('never has a job under way twice, though it is added meanwhile', async () => {
      const schedule = await start();
      await schedule.add([job(1)]);
      const door = gate();
      const seen = await begin(schedule, () => door.passed.then(() => DONE));
      await until(() => expect(seen.running).toBe(1));
      // The other job passes by, so the first has had its chance.
      for (const first of [1_001, 2_001]) await schedule.add([job(1), job(first)]);
      door.open();
      await until(() => expect(new Set(firstsOf(seen)).size).toBe(3));
      expect(firstsOf(seen)).toEqual([1, 1_001, 2_001]);
    });

    it('tells whoever is idle when the last job that is due has ended', async () => {
      const schedule = await start(1);
      await schedule.add([job(1), job(1_001), job(2_001, Date.now() + HOUR_MS)]);
      const door = gate();
      const seen = await begin(schedule, () => door.passed.then(() => DONE));
      await until(() => expect(seen.running).toBe(1));
      expect(seen.idles).toBe(0);
      door.open();
      await until(() => expect(seen.idles).toBeGreaterThan(0));
      expect(firstsOf(seen)).toEqual([1, 1_001]);
    });

    it('that is stopped tells the job under way, waits for it, and begins no other', async () => {
      const schedule = await start(1);
      await schedule.add([job(1), job(1_001)]);
      const door = gate();
      const told = gate();
      const seen = await begin(schedule, async (_slice, signal) => {
        signal.addEventListener('abort', told.open);
        await door.passed;
        return { kind: 'again', at: 0 };
      });
      await until(() => expect(seen.running).toBe(1));
      let isOver = false;
      const stopped = seen.atWork.stop().then(() => {
        isOver = true;
      });
      await told.passed;
      await schedule.add([job(2_001)]);
      expect(isOver).toBe(false);
      door.open();
      await stopped;
      expect(seen.running).toBe(0);
      expect(seen.begun).toHaveLength(1);
    });

    it('that is stopped twice, or before anything came, just stops', async () => {
      const seen = await begin(await start());
      await seen.atWork.stop();
      await seen.atWork.stop();
      expect(seen.begun).toEqual([]);
    });
  });
}
