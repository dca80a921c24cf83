// Tries again what must be written down, while a ledger restarts: a reply that was heard is worth waiting for,
// since without it the delivery would be in doubt.
import type { Clock } from '../domain/clock.ts';

const DELAY_MS = 1_000;
const TRIES = 60;

/** `write` may be done twice. Rejects with the last error when patience ends. */
export async function persist(write: () => Promise<void>, clock: Clock): Promise<void> {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await write();
    } catch (error) {
      if (left === 0) throw error;
      await clock.sleep(DELAY_MS);
    }
  }
}
