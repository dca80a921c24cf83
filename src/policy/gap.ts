// A mailing under way that nobody has looked after for hours may be an old copy of the ledger: whoever was mailed
// since would be mailed twice. It is held until a person has looked.

const GAP_MS = 6 * 60 * 60_000;

/** `startsAt`: a mailing that waits for its time is not neglected. */
export function isNeglected(touchedAt: number, startsAt: number | null, now: number): boolean {
  return now - Math.max(touchedAt, startsAt ?? 0) > GAP_MS;
}
