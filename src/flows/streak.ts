// A row of bad endings without a single acceptance is not bad luck: the mailing is stopped before it burns
// through the list. Addresses that are gone do not count; old lists are full of them.
import type { Judgement, Trouble } from './judge-submission.ts';

export interface Streak {
  /** Gives the trouble when the row is long enough. */
  note(judgement: Judgement): Trouble | null;
}

const STREAK_MAX = 20;

export function createStreak(): Streak {
  let row = 0;
  return {
    note({ settlement, isSuspicious }) {
      if (settlement?.outcome === 'accepted') row = 0;
      else if (isSuspicious) row++;
      if (row < STREAK_MAX) return null;
      row = 0;
      const words = settlement?.reply ? ` The last was: ${settlement.reply}` : '';
      return {
        kind: 'streak',
        message: `${STREAK_MAX} deliveries in a row ended badly, and none was accepted in between.${words}`,
        advice: 'Look at `postrider deliveries`, settle it with whoever runs the relay, and send again.',
      };
    },
  };
}
