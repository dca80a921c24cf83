// Readers at the pages, many at once: a third joins by the form, a third confirms, a third leaves with one click, each from
// an address of its own, at a rate that does not wait for answers. `serve` runs beside it and sends the letters.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Claim } from '../../src/domain/claim.ts';
import { unsubscribeToken } from '../../src/link/delivery-links.ts';
import { confirmToken, formStamp } from '../../src/link/letter-links.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { usageOf } from './several.ts';

const BIN = join(import.meta.dirname, '../../bin/postrider.js');
const SECRET = '0123456789abcdef0123456789abcdef';
const LIST = 'monthly';

export interface Load {
  readonly perSecond: number;
  readonly seconds: number;
  /** Of serve. */
  readonly port: number;
  readonly smtpPort: number;
  /** Where the ledger is; SQLite in the newsletter's folder where it is left out. */
  readonly databaseUrl?: string;
}

export interface LoadResult {
  readonly asked: number;
  /** Answers that are not what they should be, and none. */
  readonly errors: number;
  /** Milliseconds from when a request was due to the end of its answer, sorted. */
  readonly latencies: readonly number[];
  readonly peakMegabytes: number;
  /** What the ledger holds afterwards, and what it should. */
  readonly books: { readonly found: string; readonly expected: string };
}

interface Call {
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly expected: RegExp;
}

export async function readers(load: Load): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-readers-'));
  const databaseUrl = load.databaseUrl ?? `sqlite:${join(folder, 'ledger.sqlite')}`;
  const settings =
    'name: Bench\nfrom: news@example.org\nissues: { url: "https://example.org/{id}/" }\nlists: { monthly: { title: Monthly } }\n';
  writeFileSync(join(folder, 'newsletter.yaml'), settings);
  const { ledger } = await openLedger(databaseUrl, true);
  const each = Math.floor((load.perSecond * load.seconds) / 3);
  const calls = await callsOf(ledger, each);
  const child = serve(folder, databaseUrl, load);
  try {
    const { port } = load;
    for (;;) {
      if (
        await fetch(`http://127.0.0.1:${port}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        break;
      if (child.exitCode !== null) throw new Error('serve did not start.');
      await sleep(50);
    }
    const result = await run(calls, load, () => usageOf(child).peak);
    const { active = 0, pending = 0, ended = 0 } = (await ledger.lists.find(LIST))?.counts ?? {};
    const shown = (counts: readonly number[]): string => counts.join(' + ');
    return {
      ...result,
      books: { found: shown([active, pending, ended]), expected: shown([each, each, each]) },
    };
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    await ledger.close();
    rmSync(folder, { recursive: true });
  }
}

/** In turn: one joins, one confirms, one leaves. */
async function callsOf(ledger: Ledger, each: number): Promise<Call[]> {
  const list = await ledger.lists.ensure(LIST, 1);
  await fill(ledger, 'pending', each);
  await fill(ledger, 'active', each);
  const pending: number[] = [];
  const active: number[] = [];
  for (let after = 0; ; ) {
    const page = await ledger.subscribers.page(LIST, after, 5_000);
    for (const { id, state } of page) (state === 'pending' ? pending : active).push(id);
    if (page.length === 0) break;
    after = page.at(-1)?.id ?? 0;
  }
  const now = Date.now();
  const stamp = formStamp(now - 60_000, [SECRET]);
  return Array.from({ length: each }, (_, index) => [
    {
      path: '/join',
      fields: { address: `new${index}@domain${index % 500}.example`, list: LIST, stamp, website: '' },
      expected: /Look into your mailbox/,
    },
    {
      path: `/c/${confirmToken({ subscriber: pending[index] ?? 0, askedAt: now, lists: [list] }, [SECRET])}`,
      fields: { confirm: 'yes' },
      expected: /You are subscribed/,
    },
    {
      path: `/u/${unsubscribeToken({ subscriber: active[index] ?? 0, list }, [SECRET])}`,
      fields: { 'List-Unsubscribe': 'One-Click' },
      expected: /You are unsubscribed/,
    },
  ]).flat();
}

async function fill(ledger: Ledger, state: Extract<Claim['state'], 'pending' | 'active'>, count: number): Promise<void> {
  const evidence = { origin: 'import', form: '', words: '', ip: '' } as const;
  const request = { list: LIST, at: Date.now(), import: null, evidence, letterEveryMs: null, isRehearsal: false };
  for (let first = 0; first < count; first += 500) {
    const rows = Array.from({ length: Math.min(500, count - first) }, (_, index) => {
      const address = `${state}${first + index}@example.org`;
      return { address, key: address, name: '', attributes: {}, ip: '', claim: { state, reason: null, since: null } };
    });
    await ledger.imports.apply(rows, request);
  }
}

function serve(cwd: string, databaseUrl: string, { port, smtpPort }: Load): ChildProcess {
  const env = {
    ...{
      PATH: process.env['PATH'] ?? '',
      HOME: cwd,
      NO_COLOR: '1',
      DATABASE_URL: databaseUrl,
      PORT: String(port),
      TRUST_PROXY: '1',
    },
    ...{ SMTP_URL: `smtp://127.0.0.1:${smtpPort}`, BASE_URL: `http://127.0.0.1:${port}`, POSTRIDER_SECRET: SECRET },
  };
  return spawn(process.execPath, [BIN, 'serve'], { cwd, env, stdio: 'ignore' });
}

async function run(calls: readonly Call[], { perSecond, port }: Load, peak: () => number) {
  const latencies: number[] = [];
  let errors = 0;
  const startedAt = performance.now();
  const running: Promise<void>[] = [];
  for (const [index, call] of calls.entries()) {
    const dueAt = startedAt + (index * 1_000) / perSecond;
    const wait = dueAt - performance.now();
    if (wait > 1) await sleep(wait);
    running.push(
      post(port, call, index).then(
        (isGood) => {
          if (!isGood) errors++;
          latencies.push(performance.now() - dueAt);
        },
        () => void errors++,
      ),
    );
  }
  await Promise.all(running);
  return { asked: calls.length, errors, latencies: latencies.sort((a, b) => a - b), peakMegabytes: peak() };
}

/** From as many networks as it takes for none to have more than its share of an hour. */
function post(port: number, { path, fields, expected }: Call, index: number): Promise<boolean> {
  const body = new URLSearchParams(fields).toString();
  const client = `10.${(index >> 12) & 255}.${(index >> 5) & 127}.${index & 31}`;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': body.length,
    'x-forwarded-for': client,
  };
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', method: 'POST', path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(response.statusCode === 200 && expected.test(text)));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
