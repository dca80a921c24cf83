// What comes back for a message that was really sent is read by the command, and names its delivery; what is no message is
// refused with a sentence.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statusNotification } from '../returns/returned-mail.ts';
import { type Place, postrider } from './cli.ts';
import { endAll, SEND, single } from './several.ts';

const LIMIT = { timeout: 60_000 };

let world: Awaited<ReturnType<typeof single>>;
let place: Place;
beforeAll(async () => {
  world = await single(2, { settings: 'returnsDomain: returns.example.org\n' });
  ({ place } = world);
  expect((await postrider(SEND, place)).code).toBe(0);
}, 60_000);
afterAll(endAll);

function put(name: string, content: string): string {
  writeFileSync(join(place.cwd, name), content);
  return name;
}

/** The message that the second recipient got. */
function sent(): string {
  const entry = world.sink.entries().find(({ recipient, isTaken }) => isTaken && recipient === 'reader1@example.org');
  return readFileSync(join(world.sink.folder, entry?.file ?? ''), 'latin1');
}

async function readJson(...files: string[]) {
  const { code, stdout, stderr } = await postrider(['returns', 'read', '--json', ...files], place);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as { file: string; reports: Record<string, unknown>[] }[];
}

describe('a bounce of a message that was sent', () => {
  const REPORT = { kind: 'bounce', recipient: 'reader1@example.org', status: '5.1.1', reason: 'user-unknown', gone: true };

  it('names its delivery by the headers that came back', LIMIT, async () => {
    const head = sent().split(/\r?\n\r?\n/)[0] ?? '';
    const file = put('bounce.eml', statusNotification([{ address: 'reader1@example.org' }], { returned: `${head}\r\n` }));
    expect(await readJson(file)).toEqual([
      { file, reports: [{ ...REPORT, delivery: { mailing: 1, sequence: 2 }, words: '550 5.1.1 User unknown' }] },
    ]);
  });

  it('names none where nothing of ours came back with it, however much it says', LIMIT, async () => {
    const file = put('forged.eml', statusNotification([{ address: 'reader1@example.org' }], { returned: 'Subject: x\r\n' }));
    expect(await readJson(file)).toMatchObject([{ reports: [{ ...REPORT, delivery: null }] }]);
  });

  it('is shown to people as a table, and comes by a pipe too', LIMIT, async () => {
    const { code, stdout } = await postrider(
      ['returns', 'read', '-'],
      place,
      statusNotification([{ address: 'ada@example.org' }]),
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^file +kind +recipient[^\n]*\n- +bounce +ada@example\.org +5\.1\.1 +user-unknown, gone +550 5\.1\.1/);
  });
});

it.each([
  ['a file that is not there', ['nowhere.eml'], /There is no file nowhere\.eml\./],
  ['a folder', ['issues'], /issues is no file\./],
  ['nothing', [], /missing required argument/],
])('%s is a sentence and exit 2', LIMIT, async (_, files, sentence) => {
  const { code, stdout, stderr } = await postrider(['returns', 'read', ...files], place);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(sentence);
});
