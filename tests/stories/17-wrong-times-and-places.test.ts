// A time that cannot be, a server that is not there, tables of another version: a sentence that says what to do, the
// right exit code, nothing changed, and neither a stack trace nor a password in anything that is said.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from '../services/postgres.ts';
import { finished, type Place, postrider, type RunningSink, runSink, start, takenBy } from './cli.ts';
import { endAll, isPossible, placeOf, SEND, single, until } from './several.ts';

const LIMIT = { timeout: 60_000 };
afterAll(endAll);
type World = Awaited<ReturnType<typeof single>>;
type Said = Awaited<ReturnType<typeof postrider>>;

function expectSentence(said: Said, code: number, words: string | RegExp): void {
  const stderr = typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words);
  expect(said).toMatchObject({ code, stderr });
  expect(said.stdout + said.stderr).not.toMatch(/secret|own fault|\n {4}at /);
}

describe('--at', () => {
  let world: World;
  beforeAll(async () => {
    world = await single(5, { settings: 'timezone: Europe/Berlin\n' });
  });
  const at = (time: string) => postrider([...SEND, '--at', time], world.place);

  it.each([
    ['2023-01-01 09:00', /in the past: 2023-01-01 09:00.*08:00/],
    ['tomorrow', 'is not a time'],
    ['2027-02-30 09:00', 'is not a time'],
    ['2027-03-28 02:30', 'is not a time that comes once in Europe/Berlin'],
    ['2027-10-31 02:30', 'is not a time that comes once in Europe/Berlin'],
    // It is understood, and nobody would be there at that time.
    ['2027-06-01 09:00', /Nobody is there to do the work[\s\S]*postrider work[\s\S]*postrider send --issue 2023-01/],
  ])('refuses %s, and says why', LIMIT, async (time, words) => {
    expectSentence(await at(time), 2, words);
    expect((await postrider(['status', '--json'], world.place)).stdout.trim()).toBe('[]');
  });

  it('refuses --detach where nobody is there to do the work', LIMIT, async () => {
    expectSentence(await postrider([...SEND, '--detach'], world.place), 2, /Nobody is there to do the work[\s\S]*postrider work/);
  });

  it('says the time in the newsletter’s zone and in UTC, and mails nobody before', LIMIT, async () => {
    const worker = start(['work'], world.place);
    const ended = finished(worker);
    const isAtWork = async () => (await postrider(['status'], world.place)).stderr.includes('At work: work on');
    await until(isAtWork, ended);
    expectSentence(await at('2027-06-01 09:00'), 0, /It will start at 2027-06-01 09:00 .*07:00 UTC/);
    expectSentence(await at('2027-06-01 10:00'), 2, 'has been begun already');
    worker.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0 });
    expect(takenBy(world.sink)).toEqual([]);
    const [status] = JSON.parse((await postrider(['status', '--json'], world.place)).stdout) as object[];
    expect(status).toMatchObject({ state: 'opening', startsAt: '2027-06-01T07:00:00.000Z' });
  });
});

describe.skipIf(!isPossible)('a wrong place', () => {
  let postgres: RunningPostgres;
  let sink: RunningSink;
  let place: Place;
  let databaseUrl: string;
  const withSecret = (url: string): string => url.replace(/\/\/(postgres@)?/, '//postgres:secret@');
  const having = (env: Record<string, string>): Place => ({ ...place, env: { ...place.env, ...env } });
  beforeAll(async () => {
    [postgres, sink] = await Promise.all([startPostgres(), runSink()]);
    databaseUrl = await postgres.newDatabase();
    place = placeOf(sink);
  });
  afterAll(async () => {
    await Promise.all([postgres?.stop(), sink?.stop()]);
  });

  it('says that there is no Redis, or that it is none', LIMIT, async () => {
    const port = sink.url.split(':').at(-1);
    for (const url of ['redis://:secret@127.0.0.1:1', `redis://:secret@127.0.0.1:${port}`])
      expectSentence(
        await postrider(['work'], having({ REDIS_URL: url })),
        1,
        /The Redis of REDIS_URL .*will not do[\s\S]*Check REDIS_URL/,
      );
    expectSentence(
      await postrider(['work'], having({ REDIS_URL: '127.0.0.1:6379' })),
      2,
      'REDIS_URL is not the address of a Redis',
    );
  });

  it('says that there is no PostgreSQL, that it is none, or that it has no such database', LIMIT, async () => {
    const port = sink.url.split(':').at(-1);
    for (const target of ['127.0.0.1:1/news', `127.0.0.1:${port}/news`, `${new URL(databaseUrl).host}/nowhere`])
      for (const command of [SEND, ['status']])
        expectSentence(
          await postrider(command, having({ DATABASE_URL: `postgres://postgres:secret@${target}` })),
          1,
          /The ledger .* cannot be opened[\s\S]*Check DATABASE_URL/,
        );
    expectSentence(
      await postrider(SEND, having({ DATABASE_URL: 'mysql://postgres:secret@h/n' })),
      2,
      'must begin with sqlite: or postgres:',
    );
  });

  it.each([
    ['older', 'delete from kysely_migration where name = (select max(name) from kysely_migration)', 'postrider migrate'],
    ['newer', `insert into kysely_migration (name, timestamp) values ('9999-later', '')`, 'newer Postrider'],
  ])('refuses tables of a version that is %s, and leaves them as they are', LIMIT, async (age, change, words) => {
    const url = await postgres.newDatabase();
    const there = having({ DATABASE_URL: withSecret(url) });
    await postrider(['migrate'], there);
    await postgres.psql(url, change);
    const everything = async () => [
      await postgres.psql(url, 'select * from kysely_migration'),
      await postgres.psql(url, 'select count(*) from ledger'),
      await postgres.psql(url, `select table_name, column_name from information_schema.columns where table_schema = 'public'`),
    ];
    const before = await everything();
    for (const command of [SEND, ['work'], ['status'], ['lists'], ...(age === 'newer' ? [['migrate']] : [])])
      expectSentence(await postrider(command, there), 1, words);
    expect(await everything()).toEqual(before);
  });
});
