// The schedule inside one process, on a clock that is moved by hand. What it shares with the one in Redis stands in
// tests/contracts/schedule-contract.ts.
import { describe, expect, it } from 'vitest';
import type { JobAnswer } from '../../src/queue/schedule.ts';
import { settled } from '../domain/fake-clock.ts';
import { DONE, gate, job, MINUTE_MS, start } from './start-schedule.ts';

const DAY_MS = 24 * 60 * MINUTE_MS;

describe('the order of work', () => {
  it('is by due time, then by place, whatever order the jobs came in', async () => {
    const run = await start([job(2_001, 5), job(1_001), job(3_001, 2), job(1)], async () => DONE);
    await run.clock.advance(10);
    expect(run.log).toEqual(['0: 1', '0: 1001', '2: 3001', '5: 2001']);
  });

  it('leaves the jobs that it was given as they were', async () => {
    const jobs = [job(1_001), job(1)];
    const run = await start(jobs, async () => DONE);
    await run.clock.advance(0);
    expect(run.log).toHaveLength(2);
    expect(jobs).toEqual([job(1_001), job(1)]);
  });

  it('has as many jobs under way as it may, and no more', async () => {
    const door = gate();
    const jobs = [1, 2, 3, 4, 5].map((first) => job(first));
    const run = await start(jobs, () => door.passed.then(() => DONE), 2);
    await settled();
    expect(run.running).toBe(2);
    door.open();
    await run.clock.advance(0);
    expect(run.log).toHaveLength(5);
    expect(run.mostRunning).toBe(2);
  });
});

describe('a job that is not due yet', () => {
  it.each([5 * MINUTE_MS, 2 * DAY_MS])('waits until it is, in %i milliseconds', async (dueAt) => {
    const run = await start([job(1, dueAt)], async () => DONE);
    await run.clock.advance(dueAt - 1);
    expect(run.log).toEqual([]);
    await run.clock.advance(1);
    expect(run.log).toEqual([`${dueAt}: 1`]);
  });

  it('does not keep back the others', async () => {
    const run = await start([job(1, 60 * MINUTE_MS), job(1_001)], async () => DONE);
    await settled();
    expect(run.log).toEqual(['0: 1001']);
  });

  it('is worked on at once when it is added again, due now', async () => {
    const run = await start([job(1, DAY_MS)], async () => DONE);
    await run.clock.advance(10);
    await run.schedule.add([job(1, 10)]);
    await settled();
    expect(run.log).toEqual(['10: 1']);
    await run.clock.advance(2 * DAY_MS);
    expect(run.log).toHaveLength(1);
  });

  it('is not put off by being added again, due later', async () => {
    const run = await start([job(1, 100)], async () => DONE);
    await run.schedule.add([job(1, 900)]);
    await run.clock.advance(1_000);
    expect(run.log).toEqual(['100: 1']);
  });
});

describe('a job that comes back', () => {
  it('is worked on again when it is due, as often as it comes', async () => {
    const answers: JobAnswer[] = [{ kind: 'again', at: MINUTE_MS }, { kind: 'again', at: 6 * MINUTE_MS }, DONE];
    const run = await start([job(1)], async () => answers.shift() ?? DONE);
    await run.clock.advance(10 * MINUTE_MS);
    expect(run.log).toEqual(['0: 1', '60000: 1', '360000: 1']);
  });

  it('is worked on when it is due, even while a later one is waited for', async () => {
    const back: JobAnswer[] = [{ kind: 'again', at: 2_500 }];
    const answer = async ({ first }: { first: number }) => (first === 1 ? (back.shift() ?? DONE) : DONE);
    const run = await start([job(1), job(1_001, 5 * MINUTE_MS)], answer, 2);
    await run.clock.advance(3_500);
    expect(run.log).toEqual(['0: 1', '2500: 1']);
  });

  it('is known under its name and not beside itself when it is added while it is under way', async () => {
    const door = gate();
    const answers: JobAnswer[] = [{ kind: 'again', at: 100 }];
    const run = await start([job(1)], () => door.passed.then(() => answers.shift() ?? DONE), 2);
    await settled();
    await run.schedule.add([job(1)]);
    await settled();
    expect(run.mostRunning).toBe(1);
    door.open();
    await run.clock.advance(1_000);
    expect(run.log).toEqual(['0: 1', '100: 1']);
  });
});

describe('the end', () => {
  it('wakes whoever waits, and begins nothing', async () => {
    const run = await start([job(1, MINUTE_MS)], async () => DONE);
    await run.clock.advance(10);
    await run.atWork.stop();
    await run.clock.advance(2 * MINUTE_MS);
    expect(run.log).toEqual([]);
    expect(run.clock.alarms).toEqual([]);
  });

  it('tells the job under way, waits for it, and begins no other', async () => {
    const door = gate();
    let wasTold = false;
    const run = await start([job(1), job(1_001)], async (_slice, signal) => {
      await door.passed;
      wasTold = signal.aborted;
      return { kind: 'again', at: 0 };
    });
    await settled();
    let isOver = false;
    const stop = run.atWork.stop().then(() => {
      isOver = true;
    });
    await settled();
    expect(isOver).toBe(false);
    door.open();
    await stop;
    expect(wasTold).toBe(true);
    expect(run.log).toEqual(['0: 1']);
  });
});

describe('onIdle', () => {
  it('is called when the last job that is due has ended, and not before', async () => {
    const run = await start([job(1), job(1_001), job(2_001, MINUTE_MS)], async () => DONE);
    await run.clock.advance(0);
    expect([run.log.length, run.idles]).toEqual([2, 1]);
    await run.clock.advance(MINUTE_MS);
    expect(run.idles).toBe(2);
  });

  it('is not called while another job is under way', async () => {
    const door = gate();
    const run = await start(
      [job(1), job(1_001)],
      ({ first }) => (first === 1 ? door.passed : Promise.resolve()).then(() => DONE),
      2,
    );
    await settled();
    expect(run.idles).toBe(0);
    door.open();
    await run.clock.advance(0);
    expect(run.idles).toBe(1);
  });
});
