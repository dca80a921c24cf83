// A bell wakes whoever sleeps until the next look.
import { expect, it } from 'vitest';
import { createBell } from '../../src/flows/bell.ts';
import { fakeClock, settled } from '../domain/fake-clock.ts';

function sleeping(delayMs: number) {
  const clock = fakeClock();
  const abort = new AbortController();
  const bell = createBell(clock);
  const state = { clock, abort, bell, wakes: 0, sleep };
  function sleep(): void {
    void bell.sleep(delayMs, abort.signal).then(() => state.wakes++);
  }
  sleep();
  return state;
}

it('lets sleep for as long as was asked where nobody rings', async () => {
  const state = sleeping(2_000);
  await state.clock.advance(1_999);
  expect(state.wakes).toBe(0);
  await state.clock.advance(1);
  expect(state.wakes).toBe(1);
});

it('wakes at a ring, and rings once', async () => {
  const state = sleeping(2_000);
  state.bell.ring();
  await settled();
  expect(state.wakes).toBe(1);
  state.sleep();
  await state.clock.advance(1_999);
  expect(state.wakes).toBe(1);
});

it('wakes at an abort', async () => {
  const state = sleeping(2_000);
  state.abort.abort();
  await settled();
  expect(state.wakes).toBe(1);
});

it('is heard at once by whoever lies down after it rang, however often that was', async () => {
  const state = sleeping(2_000);
  await state.clock.advance(2_000);
  for (let ring = 0; ring < 3; ring++) state.bell.ring();
  state.sleep();
  await settled();
  expect(state.wakes).toBe(2);
  state.sleep();
  await settled();
  expect(state.wakes).toBe(2);
});
