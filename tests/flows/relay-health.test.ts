// How a process gets on with its relay: rows of bad endings, fewer connections while it is busy, longer waits while it
// cannot be reached.
import { describe, expect, it } from 'vitest';
import type { Settlement } from '../../src/domain/delivery.ts';
import type { Judgement, Trouble } from '../../src/flows/judge-submission.ts';
import { type RelayHealth, relayHealth } from '../../src/flows/relay-health.ts';

const MINUTE_MS = 60_000;

function judgement(outcome: Settlement['outcome'] | null, rest: Partial<Judgement> = {}, reply: string | null = null): Judgement {
  const settlement = { mailing: 1, sequence: 1, claim: 'c', reason: null, dueAt: null, countsAsAttempt: true, at: 0, reply };
  return {
    settlement: outcome && { ...settlement, outcome },
    trouble: null,
    refusal: null,
    holdUntil: null,
    suspicion: 0,
    ...rest,
  };
}

const BAD = judgement('rejected', { suspicion: 1 });
const DOUBT = judgement('unknown', { suspicion: 2 });
const GONE = judgement('rejected', { refusal: { reason: 'user-unknown', isGone: true } });
const LATER = judgement('deferred');
const TAKEN = judgement('accepted');
const FENCED = judgement(null);
const UNREACHABLE = judgement('due', { trouble: { kind: 'unreachable', message: '', advice: '' } });
const busy = (now: number): Judgement => judgement('due', { holdUntil: now + MINUTE_MS, suspicion: 1 });

/** What each of so many brings. */
function noteMany(health: RelayHealth, each: Judgement, times: number, now = 0): (Trouble | null)[] {
  return Array.from({ length: times }, () => health.note(each, now));
}

function isQuiet(troubles: readonly (Trouble | null)[]): boolean {
  return troubles.every((trouble) => trouble === null);
}

describe('a row of bad endings', () => {
  it('is let pass up to nineteen and is trouble at the twentieth, with the last words', () => {
    const health = relayHealth(10);
    expect(isQuiet(noteMany(health, BAD, 19))).toBe(true);
    expect(health.note(judgement('rejected', { suspicion: 1 }, '554 5.7.1 Spam'), 0)).toEqual({
      kind: 'streak',
      message: 'Many deliveries in a row ended badly, and none was accepted in between. The last was: 554 5.7.1 Spam',
      advice: expect.stringContaining('postrider deliveries'),
    });
  });

  it('is trouble at the tenth where all are in doubt', () => {
    const health = relayHealth(10);
    expect(isQuiet(noteMany(health, DOUBT, 9))).toBe(true);
    expect(health.note(DOUBT, 0)?.kind).toBe('streak');
  });

  it('is ended by an acceptance', () => {
    const health = relayHealth(10);
    noteMany(health, BAD, 19);
    expect(health.note(TAKEN, 0)).toBeNull();
    expect(isQuiet(noteMany(health, BAD, 19))).toBe(true);
    expect(health.note(BAD, 0)?.kind).toBe('streak');
  });

  it.each([
    ['addresses that are gone', GONE],
    ['those that are tried again', LATER],
    ['those that are somebody else’s', FENCED],
  ])('is neither lengthened nor ended by %s', (_, each) => {
    const health = relayHealth(10);
    noteMany(health, BAD, 19);
    expect(isQuiet(noteMany(health, each, 100))).toBe(true);
    expect(health.note(BAD, 0)?.kind).toBe('streak');
  });

  it('never comes of addresses that are gone alone', () => {
    expect(isQuiet(noteMany(relayHealth(10), GONE, 1_000))).toBe(true);
  });

  it('begins anew after the trouble was told, and apart in every process', () => {
    const [one, other] = [relayHealth(10), relayHealth(10)];
    expect(noteMany(one, BAD, 20).at(-1)?.kind).toBe('streak');
    expect(isQuiet(noteMany(one, BAD, 19))).toBe(true);
    expect(isQuiet(noteMany(other, BAD, 19))).toBe(true);
  });

  it('says nothing of last words where there are none', () => {
    expect(noteMany(relayHealth(10), BAD, 20).at(-1)?.message).toMatch(/in between\.$/);
  });
});

describe('a relay that calls many gone', () => {
  it('is believed up to thirty in a row, and no more', () => {
    const health = relayHealth(10);
    expect(health.isBelieved).toBe(true);
    noteMany(health, GONE, 30);
    expect(health.isBelieved).toBe(true);
    noteMany(health, GONE, 1);
    expect(health.isBelieved).toBe(false);
  });

  it('is believed again once it has accepted somebody', () => {
    const health = relayHealth(10);
    noteMany(health, GONE, 100);
    health.note(TAKEN, 0);
    expect(health.isBelieved).toBe(true);
    noteMany(health, GONE, 30);
    expect(health.isBelieved).toBe(true);
  });

  it.each([
    ['refused for another reason', BAD],
    ['in doubt', DOUBT],
    ['tried again', LATER],
    ['somebody else’s', FENCED],
    ['waiting for a relay that is busy', busy(0)],
    ['waiting for a relay that cannot be reached', UNREACHABLE],
  ])('gains no belief, and loses none, by those that are %s', (_, each) => {
    const [one, other] = [relayHealth(10), relayHealth(10)];
    noteMany(one, each, 100);
    noteMany(one, GONE, 30);
    noteMany(other, GONE, 31);
    noteMany(other, each, 100);
    expect([one.isBelieved, other.isBelieved]).toEqual([true, false]);
  });
});

describe('a relay that is quick', () => {
  it('is claimed ahead for, by as many as it took in the second before', () => {
    const health = relayHealth(10, 40);
    noteMany(health, TAKEN, 25, 5_000);
    expect([5_999, 6_000, 6_999, 7_000].map((now) => health.windowAt(now))).toEqual([10, 25, 25, 10]);
    noteMany(health, TAKEN, 1_000, 7_500);
    expect([8_000, 9_000, 3_600_000].map((now) => health.windowAt(now))).toEqual([40, 10, 10]);
  });

  it('is claimed ahead for no more once it is busy, until all connections are back', () => {
    const health = relayHealth(10, 40);
    noteMany(health, TAKEN, 100, 0);
    health.note(busy(1_000), 1_000);
    expect(health.windowAt(1_000)).toBe(5);
    noteMany(health, TAKEN, 51, MINUTE_MS);
    expect(health.windowAt(MINUTE_MS + 1_000)).toBe(40);
  });
});

describe('a relay that is busy', () => {
  it('is left alone for as long as it takes, by half the connections', () => {
    const health = relayHealth(10);
    expect([health.holdUntil, health.windowAt(0)]).toEqual([0, 10]);
    expect(health.note(busy(0), 0)).toBeNull();
    expect([health.holdUntil, health.windowAt(0)]).toEqual([MINUTE_MS, 5]);
  });

  it('says so once, though all connections hear it', () => {
    const health = relayHealth(100);
    expect(isQuiet(noteMany(health, busy(0), 100))).toBe(true);
    expect([health.holdUntil, health.windowAt(0)]).toEqual([MINUTE_MS, 50]);
  });

  it('has fewer connections each time that it says so again, and never none', () => {
    const health = relayHealth(10);
    const windows = [0, 1, 2, 3, 4, 5].map((time) => {
      health.note(busy(time * MINUTE_MS), time * MINUTE_MS);
      return health.windowAt(0);
    });
    expect(windows).toEqual([5, 2, 1, 1, 1, 1]);
  });

  it('has its connections back, one for each ten that it accepts, and never more than before', () => {
    const health = relayHealth(10);
    health.note(busy(0), 0);
    noteMany(health, TAKEN, 11, MINUTE_MS);
    expect(health.windowAt(0)).toBe(6);
    noteMany(health, TAKEN, 1_000, MINUTE_MS);
    expect(health.windowAt(0)).toBe(10);
  });

  it('for a row of twenty times without an acceptance is trouble after all', () => {
    const health = relayHealth(10);
    const troubles = Array.from({ length: 20 }, (_, time) => health.note(busy(time * MINUTE_MS), time * MINUTE_MS));
    expect(isQuiet(troubles.slice(0, 19))).toBe(true);
    expect(troubles.at(-1)?.kind).toBe('streak');
  });
});

describe('a row of deferrals', () => {
  it('of nine is nothing, and the tenth is a request to wait a minute', () => {
    const health = relayHealth(10);
    noteMany(health, LATER, 9);
    expect([health.holdUntil, health.windowAt(0)]).toEqual([0, 10]);
    expect(health.note(LATER, 0)).toBeNull();
    expect([health.holdUntil, health.windowAt(0)]).toEqual([MINUTE_MS, 5]);
  });

  it('is ended by an acceptance', () => {
    const health = relayHealth(10);
    noteMany(health, LATER, 9);
    health.note(TAKEN, 0);
    noteMany(health, LATER, 9);
    expect(health.holdUntil).toBe(0);
  });

  it('never is trouble', () => {
    expect(isQuiet(noteMany(relayHealth(10), LATER, 1_000))).toBe(true);
  });
});

describe('a relay that cannot be reached', () => {
  function delays(health: RelayHealth, times: number, from = 0): number[] {
    let now = from;
    return Array.from({ length: times }, () => {
      expect(health.note(UNREACHABLE, now)?.kind).toBe('unreachable');
      const delayMs = health.holdUntil - now;
      now = health.holdUntil;
      return delayMs;
    });
  }

  it('is asked again after twice as long each time, up to a minute', () => {
    expect(delays(relayHealth(10), 6)).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it('is asked again soon once it has accepted something', () => {
    const health = relayHealth(10);
    delays(health, 4);
    health.note(TAKEN, MINUTE_MS * 2);
    expect(delays(health, 2, MINUTE_MS * 3)).toEqual([5_000, 10_000]);
  });

  it('says so once, though all connections find it out', () => {
    const health = relayHealth(10);
    noteMany(health, UNREACHABLE, 10);
    expect([health.holdUntil, health.windowAt(0)]).toEqual([5_000, 10]);
    expect(health.note(UNREACHABLE, 5_000)?.kind).toBe('unreachable');
    expect(health.holdUntil).toBe(15_000);
  });
});
