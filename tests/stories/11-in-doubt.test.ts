// The data was ended and no reply came: nobody can know whether the message arrived. What becomes of those is for the
// editor to say, once or by newsletter.yaml; nobody else is ever mailed again, and nobody a third time.
import { afterAll, expect, it } from 'vitest';
import { deliveriesOf, type Place, postrider, takenBy } from './cli.ts';
import { promiseHolds } from './holds.ts';
import { endAll, SEND, single } from './several.ts';

const LIMIT = { timeout: 120_000 };
afterAll(endAll);
const COUNT = 200;
const addressOf = (index: number): string => `${index % 40 === 3 ? 'doubt' : 'reader'}${index}@example.org`;
const IN_DOUBT = Array.from({ length: COUNT }, (_, index) => addressOf(index)).filter((address) => address.startsWith('doubt'));
const ALL = { unknownMax: IN_DOUBT.length };

const resolve = (place: Place, how: string) => postrider(['resolve', '--issue', '2023-01', how], place);

it('holds those in doubt, and names the line that settles them', LIMIT, async () => {
  const world = await single(COUNT, { rules: ['drop-after-dot:doubt*'], addressOf });
  for (let time = 0; time < 2; time++) {
    const sent = await postrider(SEND, world.place);
    expect(sent).toMatchObject({ code: 0, stderr: expect.stringContaining('postrider resolve --issue 2023-01') });
    expect((await promiseHolds(world, ALL)).unknown).toEqual(IN_DOUBT);
  }
});

it('sends to exactly those again whom `resolve --resend` settles', LIMIT, async () => {
  const world = await single(COUNT, { rules: ['drop-after-dot:doubt*:1'], addressOf });
  await postrider(SEND, world.place);
  expect(await resolve(world.place, '--resend')).toMatchObject({ code: 0, stderr: expect.stringContaining('5 recipients') });
  expect((await promiseHolds(world, { resent: IN_DOUBT })).accepted).toHaveLength(COUNT);
  expect(takenBy(world.sink)).toHaveLength(COUNT + IN_DOUBT.length);
  expect(await resolve(world.place, '--resend')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('nobody is in doubt'),
  });
});

it('leaves those alone whom `resolve --skip` settles', LIMIT, async () => {
  const world = await single(COUNT, { rules: ['drop-after-dot:doubt*'], addressOf });
  await postrider(SEND, world.place);
  expect(await resolve(world.place, '--skip')).toMatchObject({ code: 0 });
  for (const how of ['--skip', '--resend']) expect(await resolve(world.place, how)).toMatchObject({ code: 2 });
  expect(await postrider(SEND, world.place)).toMatchObject({ code: 0 });
  expect((await promiseHolds(world, ALL)).unknown).toEqual(IN_DOUBT);
});

it('sends once again by itself with onUnknown: resend, though the relay always breaks off', LIMIT, async () => {
  const world = await single(COUNT, { rules: ['drop-after-dot:doubt*'], settings: 'onUnknown: resend\n', addressOf });
  for (let time = 0; time < 2; time++) expect((await postrider(SEND, world.place)).code).toBe(0);
  expect((await promiseHolds(world, { ...ALL, resent: IN_DOUBT })).unknown).toEqual(IN_DOUBT);
  expect(takenBy(world.sink)).toHaveLength(COUNT + IN_DOUBT.length);
});

it('asks nobody with onUnknown: skip', LIMIT, async () => {
  const world = await single(COUNT, { rules: ['drop-after-dot:doubt*'], settings: 'onUnknown: skip\n', addressOf });
  expect(await postrider(SEND, world.place)).toMatchObject({ code: 0 });
  expect((await promiseHolds(world, ALL)).unknown).toEqual(IN_DOUBT);
  const reasons = (await deliveriesOf(world.place)).filter(({ outcome }) => outcome === 'unknown').map(({ reason }) => reason);
  expect(new Set(reasons)).toEqual(new Set(['skipped']));
  expect(await resolve(world.place, '--resend')).toMatchObject({ code: 2 });
});

it('stops by itself, and says why, before it has burnt through a list that nobody takes', LIMIT, async () => {
  const world = await single(300, { rules: ['drop-after-dot:*'] });
  const sent = await postrider(SEND, world.place);
  expect(sent).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/Many deliveries in a row ended badly[\s\S]*still to go/),
  });
  // Ten in doubt are enough; what is on the wire by then still ends.
  const standing = await promiseHolds(world, { unknownMax: 50 });
  expect(standing.due.length).toBeGreaterThanOrEqual(250);
  const { stdout } = await postrider(['status', '--json'], world.place);
  expect(JSON.parse(stdout)).toMatchObject([{ state: 'paused', stateReason: expect.stringContaining('in a row') }]);
});
