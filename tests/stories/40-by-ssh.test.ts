// An editor with a laptop: the newsletter, its ledger and its relay are on a server, and all there is here is a terminal by
// ssh. Whatever becomes of the line, nobody is forgotten and nobody is mailed twice.
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../services/ports.ts';
import { canRunSshd, type RunningSshd, startSshd } from '../services/sshd.ts';
import { commitAll, git, writeFiles } from '../source/in-git.ts';
import {
  type Finished,
  finished,
  type Place,
  postrider,
  type RunningSink,
  runSink,
  start,
  takenBy,
  writeReaders,
} from './cli.ts';
import { promiseHolds } from './holds.ts';
import { linkPostrider, npxEnvironment } from './run-workflow.ts';
import { placeOf, until } from './several.ts';

// Many processes at once, on however few cores.
const LIMIT = { timeout: 180_000 };
const SEND = 'npx postrider send --issue 2023-01';
const RATE = 150;

let sshd: RunningSshd;
const begun: { readonly child: ChildProcess }[] = [];
const sinks: RunningSink[] = [];

describe.skipIf(!canRunSshd)('an editor at the other end of a line', LIMIT, () => {
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    for (const { child } of begun) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await Promise.all(sinks.map((sink) => sink.stop()));
    await sshd?.stop();
  });

  it.concurrent('sees the plan, is asked, says y, and sees the books', async () => {
    const { place, sink } = await server(3);
    const line = bySsh(place, SEND);
    await until(() => line.said().includes('[y/N]'), line.end);
    expect(line.said()).toMatch(/^text +issues\/2023-01\.md, commit [0-9a-f]{10} of/m);
    expect(line.said()).toMatch(/^recipients +3\r?$/m);
    expect(line.said()).toContain('Send it to 3 recipients? [y/N]');
    expect(takenBy(sink)).toEqual([]);
    line.child.stdin?.write('y\r');
    expect(await line.end).toMatchObject({ code: 0, stdout: expect.stringMatching(/= 3[\s\S]*Done\./) });
    expect(takenBy(sink)).toHaveLength(3);
  });

  it.concurrent('types the id of an issue that is in no commit', async () => {
    const { place, sink } = await server(3);
    writeFiles(place.cwd, { 'issues/2023-01.md': '# January\n\nWith a word more.\n' });
    const line = bySsh(place, SEND);
    await until(() => line.said().includes('type the issue’s id: '), line.end);
    line.child.stdin?.write('2023-01\r');
    expect(await line.end).toMatchObject({ code: 0, stdout: expect.stringContaining('= 3') });
    expect(takenBy(sink)).toHaveLength(3);
  });

  it.concurrent('says nothing but Ctrl-C, and nothing is sent', async () => {
    const { place, sink } = await server(3);
    const line = bySsh(place, SEND);
    await until(() => line.said().includes('[y/N]'), line.end);
    line.child.stdin?.write('\u0003');
    const { code, stdout } = await line.end;
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^Nothing was sent\.\r$/m)]);
    expect(takenBy(sink)).toEqual([]);
  });

  it.concurrent('has no terminal without -t, and is told so, with the line that sends', async () => {
    const { place, sink } = await server(3);
    const { code, stderr } = await bySsh(place, SEND, []).end;
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^recipients +3$/m)]);
    expect(stderr).toMatch(/^There is no terminal to ask on, and this is not done unasked\. Nothing was sent\.$/m);
    const [, told = ''] = /then run: (.*)$/m.exec(stderr) ?? [];
    expect(told).toBe('postrider send --issue 2023-01 --yes');
    expect(takenBy(sink)).toEqual([]);
    expect(await bySsh(place, `npx ${told}`, []).end).toMatchObject({ code: 0, stdout: expect.stringContaining('= 3') });
    expect(takenBy(sink)).toHaveLength(3);
  });

  it.concurrent('is cut off while it sends: whoever was on the wire has got it, or is named, and the same line continues', async () => {
    const { place, sink, recipients } = await server(450, { messagesPerSecond: RATE });
    const line = bySsh(place, SEND);
    await until(() => line.said().includes('[y/N]'), line.end);
    line.child.stdin?.write('y\r');
    await until(() => takenBy(sink).length > 100, line.end);
    line.child.kill('SIGKILL');
    await line.end;
    // Nobody looks at it any more, and it ends by itself, in good order.
    await until(() => processesIn(place.cwd).length === 0);
    const left = await holdsAtLast({ place, sink, recipients });
    expect(left.due.length).toBeGreaterThan(100);
    const again = await bySsh(place, SEND).end;
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('= 450') });
    expect(again.stdout).not.toContain('[y/N]');
    const { accepted, unknown } = await holdsAtLast({ place, sink, recipients });
    expect(accepted.length + unknown.length).toBe(450);
  });

  it.concurrent('is cut off without a terminal, and nobody is mailed twice', async () => {
    const { place, sink, recipients } = await server(450, { messagesPerSecond: RATE });
    const line = bySsh(place, `${SEND} --yes`, []);
    await until(() => takenBy(sink).length > 100, line.end);
    line.child.kill('SIGKILL');
    await line.end;
    expect(await bySsh(place, `${SEND} --yes`, []).end).toMatchObject({ code: 0 });
    await until(() => processesIn(place.cwd).length === 0);
    const { accepted, unknown } = await holdsAtLast({ place, sink, recipients });
    expect(accepted.length + unknown.length).toBe(450);
  });

  it.concurrent('only watches where `serve` sends, and being cut off stops nothing', async () => {
    const { place, sink, recipients } = await server(700, { messagesPerSecond: RATE });
    const [port = 0] = await freePorts(1);
    const serve = start(['serve'], { ...place, env: { PORT: String(port) } });
    begun.push({ child: serve });
    const end = finished(serve);
    await until(async () => (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined))?.ok === true, end);
    const line = bySsh(place, SEND);
    await until(() => line.said().includes('[y/N]'), line.end);
    line.child.stdin?.write('y\r');
    await until(() => takenBy(sink).length > 150, line.end);
    expect(line.said()).toContain(`Handed over to serve on `);
    line.child.kill('SIGKILL');
    await line.end;
    await until(() => processesIn(place.cwd).every((pid) => pid === serve.pid));
    expect(takenBy(sink).length).toBeLessThan(700);
    await until(() => takenBy(sink).length === 700, end);
    const watched = await bySsh(place, SEND).end;
    expect(watched).toMatchObject({ code: 0, stdout: expect.stringContaining('= 700') });
    expect((await promiseHolds({ place, sink, recipients })).accepted).toHaveLength(700);
    serve.kill('SIGTERM');
    expect(await end).toMatchObject({ code: 0 });
  });
});

/** What lies on the server: a repository with a committed issue, its `.env`, and a ledger with readers. */
async function server(count: number, { messagesPerSecond = 0 } = {}) {
  const sink = await runSink();
  sinks.push(sink);
  const place = placeOf(sink);
  const { cwd } = place;
  appendFileSync(join(cwd, 'newsletter.yaml'), `relay:\n  messagesPerSecond: ${messagesPerSecond}\n`);
  writeFiles(cwd, { '.gitignore': '.env\n.postrider/\nnode_modules/\nreaders.csv\n', 'package.json': '{}\n' });
  git(cwd, 'init', '--quiet');
  commitAll(cwd);
  linkPostrider(cwd);
  await postrider(['subscribers', 'import', writeReaders(cwd, count)], place);
  return { place, sink, recipients: Array.from({ length: count }, (_, index) => `reader${index}@example.org`) };
}

interface Line {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly end: Promise<Finished>;
}

/** -tt, since these tests have no terminal of their own. */
function bySsh({ cwd }: Place, command: string, terminal: readonly string[] = ['-tt']): Line {
  const words = Object.entries({ ...npxEnvironment(cwd), NO_COLOR: '1', TZ: 'UTC' }).map(([name, value]) => `${name}='${value}'`);
  const [ssh, ...options] = sshd.client;
  const child = spawn(ssh, [...options, ...terminal, sshd.host, `cd '${cwd}' && ${words.join(' ')} ${command}`], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  begun.push({ child });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stdin.on('error', () => undefined);
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const end = new Promise<Finished>((resolve) => child.on('close', (code) => resolve({ code, stdout: said, stderr: complaint })));
  return { child, said: () => said, end };
}

// As many as a relay on the same machine is given.
const CONNECTIONS = 20;
// Claims of whoever died run out after a quarter of a minute.
const CLAIMS_MS = 40_000;

/** Once whatever a process left behind has run out: on a busy machine, the system may end one before it has ended by itself. */
async function holdsAtLast(world: Parameters<typeof promiseHolds>[0]): Promise<Awaited<ReturnType<typeof promiseHolds>>> {
  for (const giveUpAt = Date.now() + CLAIMS_MS; ; ) {
    const standing = await promiseHolds(world, { unknownMax: CONNECTIONS }).catch((error: unknown) => error as Error);
    if (!(standing instanceof Error)) return standing;
    if (Date.now() > giveUpAt) throw standing;
  }
}

/** Those that run in this folder, as seen by the system. */
function processesIn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
      } catch {
        return false;
      }
    })
    .map(Number);
}
