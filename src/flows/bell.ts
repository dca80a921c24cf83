// Wakes whoever sleeps until the next look, since something has happened that is worth one now.
import type { Clock } from '../domain/clock.ts';

export interface Bell {
  ring(): void;
  /** Resolves after `delayMs`, at a ring, or at an abort; a ring that nobody heard is heard at once. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
}

export function createBell(clock: Clock): Bell {
  let rung = new AbortController();
  return {
    ring: () => rung.abort(),
    async sleep(delayMs, signal) {
      await clock.sleep(delayMs, AbortSignal.any([rung.signal, signal]));
      if (rung.signal.aborted) rung = new AbortController();
    },
  };
}
