// An editor is kept from sending by mistake: what would go wrong is refused before anything goes out, what is unlikely to be
// meant is asked about, and with everything in order the issue goes out to a relay by TLS.
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCommand } from '../services/install.ts';
import { writeFiles } from '../source/in-git.ts';
import { type Finished, newsletterFolder, type Place, postrider, type RunningSink, runSink } from './cli.ts';
import { importReaders, PUBLIC_NAME, type PublicPress, startPublicPress } from './public-press.ts';
import { until } from './several.ts';

const ISSUES = {
  'issues/2023-01.md': '# January\n\nA short issue.\n',
  'issues/2023-02.md': '# February\n\nA short issue.\n',
  'issues/2023-03.md': '# March\n\nA short issue.\n',
};
const NEWEST = ['send', '--issue', '2023-03', '--list', 'monthly'];
const OLDER = ['send', '--issue', '2023-01', '--list', 'monthly'];
const UNASKED = ['--yes', '--no-web-check'];
const FIRST = ['ada@engine.dev', 'bob@engine.dev'];

// A dozen processes at once, on however few cores.
const LIMIT = { timeout: 60_000 };

let press: PublicPress;
beforeAll(async () => {
  press = await startPublicPress({ issues: ISSUES, readers: { monthly: FIRST, later: FIRST } });
});
afterAll(() => press?.stop());

interface Books {
  readonly issue: string;
  readonly list: string;
  readonly state: string;
  readonly recipients: number;
}

async function mailings(place: Place = press.place): Promise<Books[]> {
  return JSON.parse((await postrider(['report', '--json'], place)).stdout) as Books[];
}

/** What the world looks like that nothing may change. */
async function standing() {
  return { mailings: await mailings(), taken: press.taken.length, calls: press.calls() };
}

function expectRefused({ code, stderr }: Finished, words: RegExp): void {
  expect(stderr).toMatch(words);
  expect(stderr).toContain('Nothing was sent.');
  expect(stderr).not.toMatch(/own fault|undefined|^ +at /m);
  expect(code).toBe(2);
}

describe('before anything has been sent', LIMIT, () => {
  const send = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> =>
    postrider(args, { ...press.place, env: { ...press.place.env, ...env } });

  afterAll(async () => {
    expect(await standing()).toEqual({ mailings: [], taken: 0, calls: 0 });
  });

  it.concurrent.each<[string, Record<string, string>, RegExp]>([
    [
      'BASE_URL is not https',
      { BASE_URL: `http://${PUBLIC_NAME}` },
      /BASE_URL \(http:.*\) is not https: readers could not leave\./,
    ],
    [
      'nobody answers the probe',
      { BASE_URL: 'https://away.postrider-press.dev' },
      /Nobody answers at BASE_URL \(https:\/\/away\./,
    ],
    ['CI is set, with the ledger of a machine that forgets', { CI: 'true' }, /CI is set, and the ledger would be \.postrider/],
  ])('an issue is refused where %s', async (_what, env, words) => {
    expectRefused(await send([...NEWEST, ...UNASKED], env), words);
  });

  it.concurrent('an issue is refused where another ledger’s web answers', async () => {
    const other = { DATABASE_URL: 'sqlite:.postrider/other.sqlite' };
    await importReaders({ ...press.place, env: { ...press.place.env, ...other } }, 'monthly', FIRST);
    const refused = await send([...NEWEST, ...UNASKED], other);
    expectRefused(
      refused,
      /What answers at BASE_URL .* is not this ledger \(\.postrider\/other\.sqlite\): .* answered with 200\./,
    );
  });

  it.concurrent('an issue is refused that is not on the web', async () => {
    expectRefused(
      await send([...NEWEST, '--yes']),
      /The issue is not at https:\/\/rust-osdev\.example\/.*2023-03\/: .*\n.*--no-web-check/,
    );
  });

  it.concurrent('a list with nobody on it is refused, and its ledger named', async () => {
    const { code, stderr } = await send(['send', '--issue', '2023-03', '--list', 'empty', ...UNASKED]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('may be mailed (ledger .postrider/ledger.sqlite)')]);
  });

  it.concurrent('all that is wrong is told at once, and no --confirm, --expect, --at or --detach lets it pass', async () => {
    const wrong = { CI: 'true', BASE_URL: `http://${PUBLIC_NAME}` };
    const forced = [['--confirm', '2023-03'], ['--expect', '2'], ['--at', '2099-01-01 09:00'], ['--detach']].flat();
    const refused = await send([...NEWEST, ...UNASKED, ...forced], wrong);
    expectRefused(refused, /is not https[\s\S]*CI is set/);
  });

  it.concurrent('an editor who has no relay, and hands over, is guarded too', async () => {
    expectRefused(await send([...NEWEST, ...UNASKED, '--detach'], { SMTP_URL: '', CI: 'true' }), /CI is set/);
  });

  it.concurrent('--confirm with another issue’s id is refused', async () => {
    const refused = await send([...OLDER, '--no-web-check', '--confirm', '2023-03']);
    expectRefused(refused, /--confirm 2023-03 is not the issue that --issue names, 2023-01\./);
  });

  it.concurrent('--yes alone does not send what is not the newest, and the line that does is told', async () => {
    const refused = await send([...OLDER, ...UNASKED]);
    expectRefused(refused, /It is not the newest issue, which is 2023-03\./);
    expect(refused.stderr).toContain(`run: postrider ${OLDER.join(' ')} --no-web-check --confirm 2023-01\n`);
  });

  it.concurrent('a number of recipients that is none, or another, is refused', async () => {
    expectRefused(await send([...NEWEST, ...UNASKED, '--expect', 'all']), /--expect all is not a number/);
    expectRefused(await send([...NEWEST, ...UNASKED, '--expect', '3']), /monthly has 2 recipients, and not 3\./);
  });

  it('an issue is refused where git would take a secret in', async () => {
    writeFiles(press.place.cwd, { '.env.local': 'SMTP_PASSWORD=x\n' });
    const refused = await send([...NEWEST, ...UNASKED]);
    rmSync(join(press.place.cwd, '.env.local'));
    expectRefused(refused, /Git has, or would take in, what must not be published: \.env\.local\./);
  });

  it('--yes alone does not send what is in no commit', async () => {
    writeFiles(press.place.cwd, { 'issues/2023-03.md': '# March\n\nChanged since.\n' });
    const refused = await send([...NEWEST, ...UNASKED]);
    writeFiles(press.place.cwd, { 'issues/2023-03.md': ISSUES['issues/2023-03.md'] });
    expectRefused(refused, /It has changes that are in no commit\./);
  });
});

describe.skipIf(findCommand('script') === undefined)('at a terminal', LIMIT, () => {
  let before: Awaited<ReturnType<typeof standing>>;
  beforeAll(async () => {
    before = await standing();
  });
  afterAll(async () => {
    expect(await standing()).toEqual(before);
  });

  it.concurrent.each([
    ['another id', '2023-10\r'],
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
    ['nothing', '\r'],
  ])('%s in place of the issue’s id sends nothing', async (_what, keys) => {
    const { code, said } = await typed(keys);
    expect([code, said.trimEnd().split(/\r?\n/).at(-1)]).toEqual([1, 'Nothing was sent.']);
    expect(said).toContain('It is not the newest issue, which is 2023-03.');
    expect(said).not.toMatch(/own fault|AbortError/);
  });
});

describe('with everything in order', LIMIT, () => {
  it('the issue goes out, to the relay, by TLS, once the web has proved that readers can leave', async () => {
    const before = press.asked.length;
    const sent = await postrider([...NEWEST, ...UNASKED], press.place);
    expect(sent).toMatchObject({ code: 0, stdout: expect.stringContaining('= 2') });
    expect(press.asked.slice(before)).toEqual([PUBLIC_NAME]);
    expect(press.taken.flatMap(({ recipients }) => recipients).toSorted()).toEqual(FIRST);
    for (const { text, isSecure } of press.taken) {
      expect(isSecure).toBe(true);
      expect(text).toMatch(/^X-Postrider-Issue: 2023-03\r$/m);
      expect(text.replace(/\r\n[ \t]/g, '')).toMatch(new RegExp(`^List-Unsubscribe:\\s*<https://${PUBLIC_NAME}/u/`, 'm'));
    }
  });

  it('a list that has grown beyond reason is refused, until its new size is said', async () => {
    await importReaders(
      press.place,
      'monthly',
      Array.from({ length: 60 }, (_, index) => `new${index}@engine.dev`),
    );
    const before = { taken: press.taken.length, calls: press.calls() };
    const send = (...more: string[]) =>
      postrider(['send', '--issue', '2023-02', '--confirm', '2023-02', '--no-web-check', ...more], press.place);
    const [unsaid, wrong] = await Promise.all([send(), send('--expect', '61')]);
    expectRefused(unsaid, /monthly has 62 recipients, and the last issue went to 2 recipients\.\n.*--expect 62/);
    expectRefused(wrong, /monthly has 62 recipients, and not 61\./);
    expect({ taken: press.taken.length, calls: press.calls() }).toEqual(before);
    expect(await mailings()).toMatchObject([{ issue: '2023-03' }]);
    expect(await send('--expect', '62')).toMatchObject({ code: 0, stdout: expect.stringContaining('= 62') });
    expect(press.taken).toHaveLength(before.taken + 62);
  });

  it.skipIf(findCommand('script') === undefined)(
    'an issue whose id is typed goes out, and its next send is not asked about',
    async () => {
      const before = press.taken.length;
      expect(await typed('2023-01\r')).toMatchObject({ code: 0 });
      expect(press.taken).toHaveLength(before + 62);
      // What is begun goes on, or is done, whatever has become of the world since.
      const again = await postrider([...OLDER, '--yes'], { ...press.place, env: { ...press.place.env, CI: 'true' } });
      expect([again.code, press.taken.length]).toEqual([0, before + 62]);
    },
  );
});

describe('to a relay on this machine', () => {
  let sink: RunningSink;
  afterAll(() => sink?.stop());

  it('everything may be tried with --yes', async () => {
    sink = await runSink();
    const place = { cwd: newsletterFolder(sink.url), env: { CI: 'true', BASE_URL: 'http://127.0.0.1:1' } };
    writeFiles(place.cwd, { ...ISSUES });
    await importReaders(place, 'monthly', FIRST);
    const [counted, confirmed, unasked] = await Promise.all(
      [['--expect', '3', '--yes'], ['--confirm', '2023-03'], []].map((more) => postrider([...OLDER, ...more], place)),
    );
    expect([counted?.code, confirmed?.code, unasked?.code]).toEqual([2, 2, 2]);
    expect(unasked?.stderr).toMatch(/Nothing was sent\.\n.* run: postrider send --issue 2023-01 .*--yes\n/);
    expect(sink.entries()).toEqual([]);
    expect(await postrider([...OLDER, '--yes'], place)).toMatchObject({ code: 0 });
    expect(sink.entries()).toHaveLength(2);
  });
});

describe('an editor whose own relay is a sink, and who hands over to others', () => {
  it('is guarded too', async () => {
    // In a hundred years, so that nothing goes out.
    const later = ['send', '--issue', '2023-03', '--list', 'later', ...UNASKED, '--at', '2123-01-01 09:00'];
    const env = { ...press.place.env, SMTP_URL: 'smtp://127.0.0.1:1', CI: 'true' };
    expect((await postrider(later, { ...press.place, env })).code).toBe(2);
  });
});

/** What somebody at a terminal gets who types this where the id is asked for. */
async function typed(keys: string): Promise<{ readonly code: number | null; readonly said: string }> {
  const { cwd, env } = press.place;
  const line = [process.execPath, BIN, ...OLDER, '--no-web-check'].map((word) => `'${word}'`).join(' ');
  const child: ChildProcess = spawn('script', ['-qec', line, '/dev/null'], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, NO_COLOR: '1', TZ: 'UTC', TERM: 'xterm', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const end = new Promise<Finished>((resolve) => child.on('close', (code) => resolve({ code, stdout: said, stderr: '' })));
  await until(() => said.includes('type the issue’s id: '), end);
  child.stdin?.write(keys);
  const { code } = await end;
  return { code, said };
}

const BIN = join(import.meta.dirname, '../../bin/postrider.js');
