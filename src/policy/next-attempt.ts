// When a deferred delivery is tried again, and when patience ends.

export interface Patience {
  /** Delay before the second attempt, the third, and so on; the last one repeats. */
  readonly delaysMs: readonly number[];
  /** From the first attempt on. */
  readonly giveUpAfterMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

// A greylister lets the second try pass after one to five minutes; RFC 5321 4.5.4.1 asks for four to five
// days in a relay's own queue, but the relay has that queue, and a newsletter is stale after two.
export const PATIENCE: Patience = {
  delaysMs: [MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 6 * HOUR_MS],
  giveUpAfterMs: 48 * HOUR_MS,
};

export type NextAttempt = { readonly kind: 'again'; readonly at: number } | { readonly kind: 'expired' };

/** `attempts` counts those that have ended, the one just now included. */
export function nextAttempt(attempts: number, firstTriedAt: number, now: number, patience: Patience): NextAttempt {
  const delayMs = patience.delaysMs[Math.min(attempts, patience.delaysMs.length) - 1] ?? 0;
  const at = now + delayMs;
  return at - firstTriedAt > patience.giveUpAfterMs ? { kind: 'expired' } : { kind: 'again', at };
}
