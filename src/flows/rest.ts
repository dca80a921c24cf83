// How long whoever looks after mailings rests between two looks.

const REST_MS = 2_000;
// Looking at a million deliveries takes a moment; no more than a twentieth of the time is spent on it.
const REST_FACTOR = 20;

export function restAfter(lookMs: number): number {
  return Math.max(REST_MS, lookMs * REST_FACTOR);
}
