// A row of bad endings without an acceptance stops the mailing.
import { describe, expect, it } from 'vitest';
import type { Settlement } from '../../src/domain/delivery.ts';
import type { Judgement } from '../../src/flows/judge-submission.ts';
import { createStreak, type Streak } from '../../src/flows/streak.ts';

function judgement(outcome: Settlement['outcome'], isSuspicious: boolean, reply: string | null = null): Judgement {
  const rest = { mailing: 1, sequence: 1, claim: 'c', reason: null, dueAt: null, countsAsAttempt: true, at: 0 };
  return { settlement: { ...rest, outcome, reply }, trouble: null, holdUntil: null, isSuspicious };
}

const BAD = judgement('rejected', true);
const GONE = judgement('rejected', false);
const LATER = judgement('deferred', false);
const TAKEN = judgement('accepted', false);
const FENCED: Judgement = { settlement: null, trouble: null, holdUntil: null, isSuspicious: false };

/** What the last of so many brings. */
function noteMany(streak: Streak, each: Judgement, times: number) {
  return Array.from({ length: times }, () => streak.note(each)).at(-1) ?? null;
}

describe('a streak', () => {
  it('is let pass up to nineteen in a row and is trouble at the twentieth', () => {
    const streak = createStreak();
    expect(Array.from({ length: 19 }, () => streak.note(BAD)).every((trouble) => trouble === null)).toBe(true);
    expect(streak.note(judgement('rejected', true, '554 5.7.1 Spam'))).toEqual({
      kind: 'streak',
      message: '20 deliveries in a row ended badly, and none was accepted in between. The last was: 554 5.7.1 Spam',
      advice: expect.stringContaining('postrider deliveries'),
    });
  });

  it('is ended by an acceptance', () => {
    const streak = createStreak();
    noteMany(streak, BAD, 19);
    expect(streak.note(TAKEN)).toBeNull();
    expect(noteMany(streak, BAD, 19)).toBeNull();
    expect(streak.note(BAD)?.kind).toBe('streak');
  });

  it.each([
    ['addresses that are gone', GONE],
    ['those that are tried again', LATER],
    ['those that are somebody else’s', FENCED],
  ])('is neither lengthened nor ended by %s', (_, each) => {
    const streak = createStreak();
    noteMany(streak, BAD, 19);
    expect(noteMany(streak, each, 100)).toBeNull();
    expect(streak.note(BAD)?.kind).toBe('streak');
  });

  it('never comes of addresses that are gone alone', () => {
    expect(noteMany(createStreak(), GONE, 1_000)).toBeNull();
  });

  it('counts every kind of bad ending', () => {
    const streak = createStreak();
    const kinds = [BAD, judgement('unknown', true), judgement('due', true), judgement('deferred', true)];
    for (let row = 0; row < 19; row++) expect(streak.note(kinds[row % kinds.length]!)).toBeNull();
    expect(streak.note(BAD)?.kind).toBe('streak');
  });

  it('begins anew after the trouble was told, and apart in every run', () => {
    const [one, other] = [createStreak(), createStreak()];
    expect(noteMany(one, BAD, 20)?.kind).toBe('streak');
    expect(noteMany(one, BAD, 19)).toBeNull();
    expect(noteMany(other, BAD, 19)).toBeNull();
  });

  it('says nothing of last words where there are none', () => {
    expect(noteMany(createStreak(), BAD, 20)?.message).toMatch(/in between\.$/);
  });
});
