// Pace: submissions are spaced evenly, however many wait, on a clock that is moved by hand.
import { describe, expect, it } from 'vitest';
import { createPace, type Pace } from '../../src/relay/pace.ts';
import { type FakeClock, fakeClock, settled } from '../domain/fake-clock.ts';

/** Asks for so many turns at once; the moments at which they come are noted as time moves on. */
function askFor(pace: Pace, clock: FakeClock, times: number): number[] {
  const turns: number[] = [];
  for (let turn = 0; turn < times; turn++) void pace.turn().then(() => turns.push(clock.now()));
  return turns;
}

describe('a pace', () => {
  it('gives the first turn at once and the others one by one', async () => {
    const clock = fakeClock(5_000);
    const turns = askFor(createPace(10, clock), clock, 5);
    await settled();
    expect(turns).toEqual([5_000]);
    await clock.advance(10_000);
    expect(turns).toEqual([5_000, 5_100, 5_200, 5_300, 5_400]);
  });

  it('gives no more turns than it may in a second, however many ask', async () => {
    const clock = fakeClock();
    const turns = askFor(createPace(7, clock), clock, 100);
    await clock.advance(9_999);
    for (let second = 0; second < 9; second++) {
      expect(turns.filter((at) => at >= second * 1_000 && at < (second + 1) * 1_000).length).toBeLessThanOrEqual(8);
    }
    expect(turns).toHaveLength(70);
  });

  it('saves up nothing while nobody asks', async () => {
    const clock = fakeClock();
    const pace = createPace(10, clock);
    askFor(pace, clock, 1);
    await clock.advance(60_000);
    const turns = askFor(pace, clock, 3);
    await clock.advance(1_000);
    expect(turns).toEqual([60_000, 60_100, 60_200]);
  });

  it('shares its turns among all who ask, in the order in which they ask', async () => {
    const clock = fakeClock();
    const pace = createPace(1, clock);
    const order: string[] = [];
    for (const name of ['a', 'b', 'c']) void pace.turn().then(() => order.push(`${name} ${clock.now()}`));
    await clock.advance(5_000);
    expect(order).toEqual(['a 0', 'b 1000', 'c 2000']);
  });

  it('can be slower than one a second', async () => {
    const clock = fakeClock();
    const turns = askFor(createPace(0.1, clock), clock, 3);
    await clock.advance(20_000);
    expect(turns).toEqual([0, 10_000, 20_000]);
  });

  it('of 0 never waits', async () => {
    const clock = fakeClock();
    const turns = askFor(createPace(0, clock), clock, 1_000);
    await settled();
    expect(turns).toHaveLength(1_000);
    expect(clock.alarms).toEqual([]);
  });

  it('is its own in every run', async () => {
    const clock = fakeClock();
    const [one, other] = [createPace(1, clock), createPace(1, clock)];
    const turns = [askFor(one, clock, 1), askFor(other, clock, 1)];
    await settled();
    expect(turns).toEqual([[0], [0]]);
  });
});
