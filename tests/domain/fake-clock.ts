// A clock that is moved by hand. Whoever sleeps wakes when it is moved past their moment, or at an abort.
import type { Clock } from '../../src/domain/clock.ts';

export interface FakeClock extends Clock {
  /** Moves time on step by step, so that each sleeper sees the moment at which it asked to wake. */
  advance(byMs: number): Promise<void>;
  /** Moments at which somebody means to wake, earliest first. */
  readonly alarms: readonly number[];
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export function fakeClock(start = 0): FakeClock {
  let now = start;
  let sleepers: Sleeper[] = [];
  const next = (): Sleeper | undefined => sleepers.toSorted((a, b) => a.at - b.at)[0];
  return {
    now: () => now,
    sleep: (delayMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper = { at: now + delayMs, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((each) => each !== sleeper);
          resolve();
        });
      }),
    async advance(byMs) {
      const end = now + byMs;
      await settled();
      for (let sleeper = next(); sleeper && sleeper.at <= end; sleeper = next()) {
        const woken = sleeper;
        sleepers = sleepers.filter((each) => each !== woken);
        now = Math.max(now, woken.at);
        woken.wake();
        await settled();
      }
      now = end;
    },
    get alarms() {
      return sleepers.map(({ at }) => at).sort((a, b) => a - b);
    },
  };
}

/** Lets everything run that waits for nothing but its turn. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
