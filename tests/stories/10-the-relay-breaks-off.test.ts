// The relay breaks off at every moment of a conversation, answers early, or never: whoever had no dot is tried again,
// whoever had one is in doubt by name, and nobody is mailed twice.
import { afterAll, expect, it } from 'vitest';
import { deliveriesOf, finished, postrider, start, takenBy } from './cli.ts';
import { promiseHolds } from './holds.ts';
import { endAll, SEND, single, until } from './several.ts';

const LIMIT = { timeout: 180_000 };
afterAll(endAll);
const COUNT = 400;
const TEMPERS = ['rcpt', 'data', 'midst', 'after', 'early'];
// The first three MAILs are dropped, whoever they are for: at MAIL nobody can know.
const RULES = [
  'drop-at-mail:newsletter@*:3',
  'drop-at-rcpt:rcpt*:1',
  'drop-at-data:data*:1',
  'drop-in-data:midst*:1',
  'drop-after-dot:after*',
  'answer-early:early*',
];

/** One in ten meets with one of the faults. */
function addressOf(index: number): string {
  const temper = index % 10 === 5 ? TEMPERS[Math.floor(index / 10) % TEMPERS.length] : 'reader';
  return `${temper}${index}@example.org`;
}

it.concurrent('tries those again whose data was never ended, and lists the others', LIMIT, async () => {
  const world = await single(COUNT, { rules: RULES, addressOf });
  const sent = await postrider(SEND, world.place);
  expect(sent.code).toBe(0);
  const named = (name: string): string[] => world.recipients.filter((address) => address.startsWith(name));

  const standing = await promiseHolds(world, { unknownMax: COUNT / 25 });
  // Between the 354 and the end of the connection the data may have been ended, or not: only the ledger knows.
  const midst = standing.unknown.filter((address) => address.startsWith('midst'));
  expect(standing.rejected).toEqual(named('early'));
  expect(new Set(standing.unknown)).toEqual(new Set([...named('after'), ...midst]));
  expect(standing.accepted).toHaveLength(COUNT - standing.rejected.length - standing.unknown.length);

  const deliveries = await deliveriesOf(world.place);
  const again = deliveries.filter(({ outcome, attempts }) => outcome === 'accepted' && attempts === 2);
  const dropped = [...named('rcpt'), ...named('data'), ...named('midst')].filter((address) => !midst.includes(address));
  // A kept connection that turns out to be closed is nobody's fault: those are tried again at once, and not counted.
  expect(again.length).toBeLessThanOrEqual(dropped.length + 3);
  expect(world.sink.entries().filter(({ answer }) => answer === 'dropped at MAIL')).toHaveLength(3);
});

it.concurrent('lists those by name whom the relay never answered, when the sender is killed and sends again', LIMIT, async () => {
  const world = await single(300, {
    rules: ['stall:never*'],
    addressOf: (index) => `${index % 60 === 7 ? 'never' : 'reader'}${index}@example.org`,
  });
  const never = world.recipients.filter((address) => address.startsWith('never'));
  const child = start(SEND, world.place);
  const end = finished(child);
  await until(() => takenBy(world.sink).length === 300, end);
  const accepted = async () => (await deliveriesOf(world.place)).filter(({ outcome }) => outcome === 'accepted').length;
  await until(async () => (await accepted()) === 300 - never.length, end);
  child.kill('SIGKILL');
  expect(await end).toMatchObject({ code: null });
  expect(await postrider(SEND, world.place)).toMatchObject({ code: 0, stderr: expect.stringContaining('postrider resolve') });
  expect((await promiseHolds(world, { unknownMax: never.length })).unknown).toEqual(never);
});
