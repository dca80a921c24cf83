// How much may go to the relay in a day: the fixed limit, or, while a new sender is warming up, the curve's.

export interface WarmUp {
  /** The first day of the curve, at midnight UTC. */
  readonly fromAt: number;
  /** The limit of each day, in order; after the last the fixed limit holds. */
  readonly perDay: readonly number[];
}

const DAY_MS = 24 * 60 * 60_000;

/** `fixed` 0: no limit. Before the curve begins, its first day holds. */
export function dailyLimit(fixed: number, warmUp: WarmUp | null, now: number): number {
  if (warmUp === null) return fixed;
  const day = Math.max(0, Math.floor((now - warmUp.fromAt) / DAY_MS));
  const curve = warmUp.perDay[day];
  if (curve === undefined) return fixed;
  return fixed === 0 ? curve : Math.min(fixed, curve);
}
