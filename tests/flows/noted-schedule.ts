// A schedule that only notes what is put into it, for flows that fill one.
import type { Job, Schedule } from '../../src/queue/schedule.ts';

export interface NotedSchedule extends Schedule {
  readonly added: (readonly Job[])[];
}

export function notedSchedule(): NotedSchedule {
  const added: (readonly Job[])[] = [];
  return {
    added,
    async add(jobs) {
      added.push(jobs);
    },
    work: () => Promise.resolve({ stop: () => Promise.resolve() }),
    close: () => Promise.resolve(),
  };
}
