// A rehearsal mails nobody and leaves the ledger as it is; a notice tells the editor, by mail and by a program, what
// happens by itself.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it } from 'vitest';
import { type Place, postrider, type RunningSink, runSink, takenBy } from './cli.ts';
import { endAll, SEND, single } from './several.ts';

const LIMIT = { timeout: 120_000 };
afterAll(endAll);

/** All rows of all tables. */
function everythingIn({ cwd }: Place): unknown {
  const database = new DatabaseSync(join(cwd, '.postrider/ledger.sqlite'));
  const tables = database.prepare(`select name from sqlite_master where type = 'table' order by name`).all();
  const rows = tables.map(({ name }) => [name, database.prepare(`select * from "${String(name)}"`).all()]);
  database.close();
  return rows;
}

it('rehearses with the real list and the real issue, and mails nobody', LIMIT, async () => {
  const world = await single(300, { addressOf: (index) => `reader${index}@${index % 3 === 0 ? 'one' : 'other'}.example` });
  const before = everythingIn(world.place);
  const { code, stdout, stderr } = await postrider(['send', '--issue', '2023-01', '--rehearse'], world.place);
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('nobody was mailed') });
  expect(stdout).toMatch(/accepted +300[\s\S]*a second[\s\S]*MB in all, to 2 domains:\s+other\.example +200\s+one\.example +100/);
  expect(world.sink.entries()).toEqual([]);
  expect(everythingIn(world.place)).toEqual(before);
});

const NOTICES = `notices:
  to: Editors <editors@desk.example>
  command: [sh, -c, cat >> told.jsonl]
`;

interface Told {
  readonly event: string;
  readonly [key: string]: unknown;
}

function toldTo({ cwd }: Place): Told[] {
  const file = join(cwd, 'told.jsonl');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
}

function mailsToEditor(sink: RunningSink): string[] {
  const kept = sink.entries().filter(({ recipient, isTaken }) => isTaken && recipient === 'editors@desk.example');
  return kept.map(({ file }) => readFileSync(join(sink.folder, file ?? ''), 'utf8'));
}

it('tells of the start, of those in doubt and of the end, each once', LIMIT, async () => {
  const world = await single(100, {
    rules: ['drop-after-dot:reader7@*'],
    settings: NOTICES,
  });
  for (let time = 0; time < 2; time++) expect((await postrider(SEND, world.place)).code).toBe(0);
  const told = toldTo(world.place);
  expect(told.map(({ event }) => event)).toEqual(['started', 'finished', 'unknown']);
  const last = { issue: '2023-01', list: 'monthly', state: 'finished', recipients: 100, counts: { accepted: 99, unknown: 1 } };
  expect(told.slice(1)).toMatchObject([last, { ...last, detail: expect.stringContaining('1 may have got it') }]);
  const mails = mailsToEditor(world.sink);
  expect(mails).toHaveLength(3);
  for (const [index, words] of ['has started', 'is finished', 'postrider resolve --issue 2023-01'].entries())
    expect(mails[index]).toContain(words);
});

it('tells that a mailing has stopped, and why', LIMIT, async () => {
  const world = await single(100, { rules: ['drop-after-dot:reader*'], settings: NOTICES });
  expect((await postrider(SEND, world.place)).code).toBe(1);
  const [started, stopped, ...rest] = toldTo(world.place);
  expect([started?.event, stopped?.event, rest]).toEqual(['started', 'stopped', []]);
  expect(stopped).toMatchObject({ state: 'paused', detail: expect.stringContaining('in a row') });
  const mails = mailsToEditor(world.sink);
  expect(mails).toHaveLength(2);
  expect(mails[1]).toMatch(/has stopped[\s\S]*in a row[\s\S]*postrider send --issue 2023-01/);
});

it('tells of a refused login by the program alone, since the relay would not take the mail', LIMIT, async () => {
  const world = await single(10, { settings: NOTICES });
  const sink = await runSink();
  const place = { ...world.place, env: { SMTP_URL: sink.url.replace('//', '//editor:secret@') } };
  const sent = await postrider(SEND, place);
  expect(sent.code).toBe(1);
  expect(sent.stderr).not.toContain('secret');
  const [last] = toldTo(place).slice(-1);
  expect(last).toMatchObject({ event: 'login-refused', state: 'paused', counts: { due: 10 } });
  expect(takenBy(sink)).toEqual([]);
  await sink.stop();
});
