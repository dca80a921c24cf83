// How a process gets on with its relay: when to wait, how many connections to use, when to stop and call a
// person. It forgets what is past: a relay that accepts again is trusted again, step by step.
import type { Judgement, Trouble } from './judge-submission.ts';

export interface RelayHealth {
  /** Nothing should be claimed before this. */
  readonly holdUntil: number;
  /** Whether its word that an address is gone may suppress a reader. */
  readonly isBelieved: boolean;
  /** How many deliveries a slice may hold; never 0. */
  windowAt(now: number): number;
  /** Takes note of how a submission ended. Gives the trouble where the mailing must not go on. */
  note(judgement: Judgement, now: number): Trouble | null;
}

// A row of bad endings without a single acceptance is not bad luck: the mailing is stopped before it burns
// through the list. Whoever is in doubt counts twice; addresses that are gone do not count, old lists are full
// of them.
const STREAK_MAX = 20;
// A relay that calls more than so many in a row gone, and accepts nobody, may be one that knows nobody: it refuses them, but
// is no proof against them.
const GONE_MAX = 30;
// So many "not now" in a row, without an acceptance, are a request to all.
const DEFERRALS_MAX = 10;
// A relay that cannot be reached is asked again after this, then after twice as long, up to a minute.
const UNREACHABLE_DELAY_MS = 5_000;
const DELAY_MAX_MS = 60_000;
// Of one more connection, for each message that is accepted: half the connections are back after a hundred.
const RECOVERY = 0.1;

/**
 * `aheadMax`: while nothing slows us down, as many are held as were accepted in the second before, up to this; with
 * fewer claims to ask for, and each no further ahead of the wire than before.
 */
export function relayHealth(windowMax: number, aheadMax: number = windowMax): RelayHealth {
  const acceptances = perSecond();
  let window = windowMax;
  let holdUntil = 0;
  let streak = 0;
  let gone = 0;
  let deferrals = 0;
  let unreachableDelayMs = UNREACHABLE_DELAY_MS;

  const slowDown = (until: number, now: number): void => {
    // One 421 to all connections at once is one bad sign and not twenty.
    if (holdUntil <= now) window = Math.max(1, window / 2);
    holdUntil = Math.max(holdUntil, until);
    deferrals = 0;
  };

  return {
    get holdUntil() {
      return holdUntil;
    },
    get isBelieved() {
      return gone <= GONE_MAX;
    },
    windowAt(now) {
      if (window < windowMax) return Math.max(1, Math.floor(window));
      return Math.max(windowMax, Math.min(aheadMax, acceptances.before(now)));
    },
    note(judgement, now) {
      const { settlement, trouble, suspicion } = judgement;
      const isOnHold = holdUntil > now;
      if (judgement.refusal?.isGone) gone++;
      if (judgement.holdUntil !== null) slowDown(judgement.holdUntil, now);
      if (trouble?.kind === 'unreachable' && !isOnHold) {
        holdUntil = now + unreachableDelayMs;
        unreachableDelayMs = Math.min(DELAY_MAX_MS, 2 * unreachableDelayMs);
      }
      if (settlement?.outcome === 'accepted') {
        acceptances.count(now);
        window = Math.min(windowMax, window + RECOVERY);
        streak = 0;
        gone = 0;
        deferrals = 0;
        unreachableDelayMs = UNREACHABLE_DELAY_MS;
      }
      if (settlement?.outcome === 'deferred' && ++deferrals >= DEFERRALS_MAX) slowDown(now + DELAY_MAX_MS, now);
      if (trouble !== null) return trouble;
      if (judgement.holdUntil === null || !isOnHold) streak += suspicion;
      if (streak < STREAK_MAX) return null;
      streak = 0;
      return tooManyInARow(judgement);
    },
  };
}

/** How many there were in the second before this one. */
function perSecond(): { count(now: number): void; before(now: number): number } {
  let second = 0;
  let [last, current] = [0, 0];
  const turn = (now: number): void => {
    const next = Math.floor(now / 1_000);
    if (next === second) return;
    [last, current] = [next === second + 1 ? current : 0, 0];
    second = next;
  };
  return {
    count(now) {
      turn(now);
      current++;
    },
    before(now) {
      turn(now);
      return last;
    },
  };
}

function tooManyInARow({ settlement }: Judgement): Trouble {
  const words = settlement?.reply ? ` The last was: ${settlement.reply}` : '';
  return {
    kind: 'streak',
    message: `Many deliveries in a row ended badly, and none was accepted in between.${words}`,
    advice: 'Look at `postrider deliveries`, and settle it with whoever runs the relay.',
  };
}
