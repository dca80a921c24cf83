// Spaces submissions evenly: each takes the next free moment. Shared by all connections of a process.
import type { Clock } from '../domain/clock.ts';

export interface Pace {
  /** Resolves when it is the caller's turn. */
  turn(): Promise<void>;
}

/** `perSecond` 0: every turn is now. */
export function createPace(perSecond: number, clock: Clock): Pace {
  let nextFreeAt = 0;
  return {
    async turn() {
      if (perSecond === 0) return;
      const now = clock.now();
      const at = Math.max(now, nextFreeAt);
      nextFreeAt = at + 1_000 / perSecond;
      if (at > now) await clock.sleep(at - now);
    },
  };
}
