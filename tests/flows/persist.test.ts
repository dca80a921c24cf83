// What must be written down is tried for a minute.
import { expect, it } from 'vitest';
import { persist } from '../../src/flows/persist.ts';
import { fakeClock, settled } from '../domain/fake-clock.ts';

function writing(failures: number) {
  const clock = fakeClock();
  const state = { clock, writes: 0, end: undefined as 'written' | string | undefined };
  const write = async (): Promise<void> => {
    if (++state.writes <= failures) throw new Error(`away ${state.writes}`);
  };
  void persist(write, clock).then(
    () => {
      state.end = 'written';
    },
    (error: Error) => {
      state.end = error.message;
    },
  );
  return state;
}

it('writes once where that succeeds', async () => {
  const state = writing(0);
  await settled();
  expect(state).toMatchObject({ writes: 1, end: 'written' });
  expect(state.clock.alarms).toEqual([]);
});

it('writes again every second until it succeeds', async () => {
  const state = writing(3);
  await state.clock.advance(2_999);
  expect(state).toMatchObject({ writes: 3, end: undefined });
  await state.clock.advance(1);
  expect(state).toMatchObject({ writes: 4, end: 'written' });
});

it('gives up after sixty tries, with the last error', async () => {
  const state = writing(1_000);
  await state.clock.advance(58_999);
  expect(state.end).toBeUndefined();
  await state.clock.advance(1);
  expect(state).toMatchObject({ writes: 60, end: 'away 60' });
});
