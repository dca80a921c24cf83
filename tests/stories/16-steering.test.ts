// A mailing is steered while it is under way: paused, amended, resumed, cancelled, tried again, watched; by workers
// and in the foreground. What is said is what has happened.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it } from 'vitest';
import { deliveriesOf, finished, type Place, postrider, type RunningSink, runSink, start, takenBy } from './cli.ts';
import { promiseHolds } from './holds.ts';
import { ask, endAll, inWorld, isPossible, SEND, single, until } from './several.ts';

const LIMIT = { timeout: 120_000 };
afterAll(endAll);
const COUNT = 3_000;
// Slow enough that a person at the terminal comes in time.
const UNHURRIED = 'messagesPerSecond: 400';
// Two commands must come in time on a busy machine, and nobody waits for the end.
const SLOW = 'messagesPerSecond: 80';
const steer = (place: Place, name: string, ...more: string[]) => postrider([name, '--issue', '2023-01', ...more], place);

function subjectsOf(sink: RunningSink): string[] {
  const messages = sink.entries().map(({ file }) => readFileSync(join(sink.folder, file ?? ''), 'utf8'));
  return messages.map((message) => /^Subject: (.*)\r$/m.exec(message)?.[1] ?? '');
}

it.skipIf(!isPossible)(
  'pauses, amends and resumes what workers send, and reports who got which edition',
  LIMIT,
  inWorld({ count: COUNT, relay: [UNHURRIED] }, async (world) => {
    const { place, sink } = world;
    expect(await world.send('--detach').end).toMatchObject({ code: 0, stderr: expect.stringContaining('--watch') });
    await world.untilTaken(300);
    expect(await steer(place, 'pause')).toMatchObject({ code: 0, stderr: expect.stringContaining('postrider resume') });
    const held = 'select count(*) from deliveries where claimed_until is not null';
    await until(async () => (await ask(world, held)) === '0');
    const early = takenBy(sink).length;
    expect(early).toBeLessThan(COUNT);
    expect(await steer(place, 'pause')).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing to pause') });
    expect(await steer(place, 'status', '--watch')).toMatchObject({ code: 0, stdout: expect.stringContaining('paused') });

    expect(await steer(place, 'amend')).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing to amend') });
    writeFileSync(join(place.cwd, 'issues/2023-01.md'), '# January, mended\n\nA shorter issue.\n');
    expect(await steer(place, 'amend')).toMatchObject({ code: 0, stderr: expect.stringContaining('Edition 2 goes to') });
    expect(takenBy(sink)).toHaveLength(early);

    const [resumed, watched] = await Promise.all([steer(place, 'resume'), steer(place, 'status', '--watch')]);
    expect(resumed).toMatchObject({ code: 0, stderr: expect.stringContaining('Handed over to 2 processes') });
    expect(watched).toMatchObject({ code: 0 });
    expect((await promiseHolds(world)).accepted).toHaveLength(COUNT);
    const { editions } = JSON.parse((await steer(place, 'report', '--json')).stdout) as { editions: object[] };
    const shares = [
      { number: 1, counts: { accepted: early } },
      { number: 2, counts: { accepted: COUNT - early } },
    ];
    expect(editions).toMatchObject(shares);
    expect(subjectsOf(sink).filter((subject) => subject === 'January, mended')).toHaveLength(COUNT - early);
    expect(await steer(place, 'pause')).toMatchObject({ code: 2, stderr: expect.stringContaining('the mailing is finished') });
  }),
);

it.skipIf(!isPossible)(
  'cancels what workers send: the rest is withheld, and stays so',
  LIMIT,
  inWorld({ count: COUNT, relay: [SLOW] }, async (world) => {
    const { end } = world.send();
    await world.untilTaken(300);
    const asked = await steer(world.place, 'cancel');
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('postrider cancel --issue 2023-01') });
    expect(await steer(world.place, 'cancel', '--yes')).toMatchObject({ code: 0 });
    expect(await end).toMatchObject({ code: 1, stderr: expect.stringContaining('The mailing is cancelled') });
    await until(async () => (await ask(world, 'select 1 from mailings where finished_at is not null')) === '1');
    const standing = await promiseHolds(world);
    expect(standing.withheld.length).toBeGreaterThan(0);
    expect(standing.accepted.length + standing.withheld.length).toBe(COUNT);
    const reasons = (await deliveriesOf(world.place)).filter(({ outcome }) => outcome === 'withheld').map(({ reason }) => reason);
    expect(new Set(reasons)).toEqual(new Set(['cancelled']));
    for (const name of ['resume', 'pause', 'retry']) expect(await steer(world.place, name)).toMatchObject({ code: 2 });
    expect(await world.send().end).toMatchObject({ code: 1, stderr: expect.stringContaining('cancelled') });
    expect((await promiseHolds(world)).withheld).toEqual(standing.withheld);
  }),
);

it('pauses and cancels what a send works off in the foreground', LIMIT, async () => {
  const world = await single(COUNT, { settings: `relay: { ${SLOW} }\n` });
  const first = finished(start(SEND, world.place));
  await until(() => takenBy(world.sink).length > 300, first);
  expect(await steer(world.place, 'pause')).toMatchObject({ code: 0 });
  expect(await first).toMatchObject({ code: 1, stderr: expect.stringMatching(/paused[\s\S]*postrider resume --issue 2023-01/) });
  const paused = await promiseHolds(world);
  // Who paused it did so for a reason: only `resume` goes on.
  expect(await postrider(SEND, world.place)).toMatchObject({ code: 1, stderr: expect.stringContaining('postrider resume') });
  expect((await promiseHolds(world)).due).toEqual(paused.due);

  const second = finished(start(['resume', '--issue', '2023-01'], world.place));
  await until(() => takenBy(world.sink).length > paused.accepted.length + 300, second);
  expect(await steer(world.place, 'cancel', '--yes')).toMatchObject({ code: 0 });
  expect(await second).toMatchObject({ code: 1, stderr: expect.stringContaining('The mailing is cancelled') });
  const standing = await promiseHolds(world);
  expect(standing.accepted.length + standing.withheld.length).toBe(COUNT);
});

it('tries those again who were given up, and never an address that does not exist', LIMIT, async () => {
  const temper = (index: number): string => ['gone', 'grey'][index % 10] ?? 'reader';
  const world = await single(100, {
    rules: ['refuse:gone*', 'defer:grey*'],
    addressOf: (index) => `${temper(index)}${index}@example.org`,
  });
  const [gone, grey] = ['gone', 'grey'].map((name) => world.recipients.filter((address) => address.startsWith(name)));
  const child = start(SEND, world.place);
  const end = finished(child);
  await until(() => world.sink.entries().length === 100, end);
  child.kill('SIGTERM');
  expect(await end).toMatchObject({ code: 130 });
  expect((await promiseHolds(world)).deferred).toEqual(grey);
  expect(await steer(world.place, 'retry')).toMatchObject({ code: 2, stderr: expect.stringContaining('nobody to try again') });
  // As after two days of "not now".
  const database = new DatabaseSync(join(world.place.cwd, '.postrider/ledger.sqlite'));
  database.exec(`update deliveries set outcome = 'expired', due_at = null where outcome = 'deferred'`);
  database.close();

  const mended = await runSink();
  const place = { ...world.place, env: { SMTP_URL: mended.url } };
  expect(await steer(place, 'retry')).toMatchObject({ code: 0, stderr: expect.stringContaining('10 recipients to try again') });
  expect(takenBy(mended).sort()).toEqual(grey?.toSorted());
  expect(mended.entries()).toHaveLength(10);
  expect((await deliveriesOf(place)).filter(({ outcome }) => outcome === 'rejected').map(({ address }) => address)).toEqual(gone);
  await mended.stop();
});
