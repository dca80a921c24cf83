// A ledger comes back from a backup, or moves to a server: an old copy mails nobody before a person has looked, and
// of two places only one sends.
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it } from 'vitest';
import { startPostgres } from '../services/postgres.ts';
import { deliveriesOf, finished, type Place, postrider, type RunningSink, runSink, start, takenBy } from './cli.ts';
import { promiseHolds } from './holds.ts';
import { CONNECTIONS, endAll, isPossible, SEND, single, until } from './several.ts';

const LIMIT = { timeout: 120_000 };
afterAll(endAll);
const COUNT = 1_500;

function ledgerOf({ cwd }: Place): string {
  return join(cwd, '.postrider/ledger.sqlite');
}

function inLedger(file: string, sql: string): unknown[] {
  const database = new DatabaseSync(file);
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

/** As a backup that is put back seven hours later. */
function restore(copy: string, place: Place): void {
  for (const suffix of ['-wal', '-shm']) rmSync(`${ledgerOf(place)}${suffix}`, { force: true });
  copyFileSync(copy, ledgerOf(place));
  inLedger(ledgerOf(place), `update mailings set touched_at = touched_at - ${7 * 60 * 60_000} returning id`);
}

it('mails nobody from an old copy before a person has looked', LIMIT, async () => {
  const world = await single(COUNT);
  const { place, sink } = world;
  const copy = join(place.cwd, 'backup.sqlite');
  const first = finished(start(SEND, place));
  await until(() => takenBy(sink).length > COUNT / 3, first);
  inLedger(ledgerOf(place), `vacuum into '${copy}'`);
  expect(await first).toMatchObject({ code: 0 });
  await promiseHolds(world);

  restore(copy, place);
  const waiting = (await deliveriesOf(place)).filter(({ outcome }) => outcome === 'due').map(({ address }) => address);
  expect(waiting.length).toBeGreaterThan(0);
  const worker = start(['work'], place);
  const ended = finished(worker);
  await until(() => inLedger(ledgerOf(place), `select 1 from mailings where state = 'paused'`).length === 1, ended);
  worker.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0 });

  restore(copy, place);
  const held = /nobody has looked after it since[\s\S]*postrider resume --issue 2023-01/;
  for (let time = 0; time < 2; time++)
    expect(await postrider(SEND, place)).toMatchObject({ code: 1, stderr: expect.stringMatching(held) });
  const asked = await postrider(['resume', '--issue', '2023-01'], place);
  expect(asked).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /for 7 h[\s\S]*restored from a backup[\s\S]*postrider resume --issue 2023-01 --list monthly --yes/,
    ),
  });
  expect(takenBy(sink)).toHaveLength(COUNT);

  expect(await postrider(['resume', '--issue', '2023-01', '--yes'], place)).toMatchObject({ code: 0 });
  // The copy was taken while some were on the wire.
  await promiseHolds(world, { resent: waiting, unknownMax: CONNECTIONS });
});

/** What a reader's message is known by. */
function headersOf(sink: RunningSink): Map<string, string> {
  const kept = sink.entries().filter(({ file }) => file !== null);
  return new Map(
    kept.map(({ recipient, file }) => {
      const [head = ''] = readFileSync(join(sink.folder, file ?? ''), 'utf8').split('\r\n\r\n');
      return [recipient, head.match(/^(Message-ID|List-Unsubscribe):.*(\r\n[ \t].*)*/gim)?.join('\n') ?? ''];
    }),
  );
}

it.skipIf(!isPossible)(
  'moves to a server with a half-sent mailing, which is finished from there and only there',
  LIMIT,
  async () => {
    const [world, postgres, other] = await Promise.all([single(COUNT), startPostgres(), runSink()]);
    const { place, sink } = world;
    const child = start(SEND, place);
    const first = finished(child);
    await until(() => takenBy(sink).length > COUNT / 3, first);
    child.kill('SIGTERM');
    expect(await first).toMatchObject({ code: 130 });
    // What the old ledger would have sent goes to another witness, to be compared.
    const copy = join(place.cwd, 'copy.sqlite');
    inLedger(ledgerOf(place), `vacuum into '${copy}'`);

    const databaseUrl = await postgres.newDatabase();
    const moved: Place = { ...place, env: { DATABASE_URL: databaseUrl.replace('postgres@', 'postgres:secret@') } };
    const move = await postrider(['migrate', '--from', 'sqlite:.postrider/ledger.sqlite'], moved);
    expect(move).toMatchObject({ code: 0, stdout: expect.stringContaining('sends no more') });
    for (const table of ['subscribers', 'subscriptions', 'mailings', 'editions', 'deliveries', 'events']) {
      const [row] = inLedger(ledgerOf(place), `select count(*) as count from ${table}`) as { count: number }[];
      expect(await postgres.psql(databaseUrl, `select count(*) from ${table}`)).toBe(String(row?.count));
    }
    expect(await postrider(SEND, place)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('moved to postgres://127.0.0.1'),
    });
    expect(await postrider(['work'], place)).toMatchObject({ code: 1, stderr: expect.stringContaining('sends no more') });
    const again = await postrider(['migrate', '--from', 'sqlite:.postrider/ledger.sqlite'], moved);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('holds a ledger of its own') });

    expect(await postrider(SEND, moved)).toMatchObject({ code: 0 });
    expect((await promiseHolds({ ...world, place: moved })).accepted).toHaveLength(COUNT);
    expect(await postrider(SEND, { ...place, env: { DATABASE_URL: `sqlite:${copy}`, SMTP_URL: other.url } })).toMatchObject({
      code: 0,
    });
    const [ours, theirs] = [headersOf(sink), headersOf(other)];
    expect(theirs.size).toBeGreaterThan(0);
    for (const [address, headers] of theirs) expect([address, ours.get(address)]).toEqual([address, headers]);
    for (const said of [move, again]) expect(said.stderr).not.toMatch(/secret|\n {4}at /);
    await Promise.all([other.stop(), postgres.stop()]);
  },
);
