// The command line as a person has it: processes of their own, in a newsletter's folder of their own.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SinkEntry } from '../../src/sink/sink.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'bin/postrider.js');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Place {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function start(args: readonly string[], { cwd, env = {} }: Place): ChildProcess {
  const clean = { PATH: process.env['PATH'] ?? '', HOME: cwd, NO_COLOR: '1', TZ: 'UTC' };
  return spawn(process.execPath, [BIN, ...args], { cwd, env: { ...clean, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
}

export function finished(child: ChildProcess, input = ''): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

export function postrider(args: readonly string[], place: Place, input = ''): Promise<Finished> {
  return finished(start(args, place), input);
}

/** A newsletter's folder with the sample's settings and issue, and .env for the given relay. */
export function newsletterFolder(smtpUrl = 'smtp://127.0.0.1:1'): string {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-story-'));
  mkdirSync(join(folder, 'issues'));
  cpSync(join(ROOT, 'config/newsletter.yaml'), join(folder, 'newsletter.yaml'));
  cpSync(join(ROOT, 'issues/2023-01.md'), join(folder, 'issues/2023-01.md'));
  writeFileSync(
    join(folder, '.env'),
    `SMTP_URL=${smtpUrl}\nPOSTRIDER_SECRET=0123456789abcdef0123456789abcdef\nBASE_URL=https://newsletter.example\n`,
  );
  return folder;
}

export interface RunningSink {
  readonly url: string;
  readonly folder: string;
  /** What it wrote down so far. */
  readonly entries: () => SinkEntry[];
  readonly stop: () => Promise<void>;
}

/** The witness: the sink in a process of its own. */
export async function runSink(rules: readonly string[] = []): Promise<RunningSink> {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-witness-'));
  const child = start(['sink', '--port', '0', '--dir', folder, '--quiet', ...rules.flatMap((rule) => ['--rule', rule])], {
    cwd: folder,
  });
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.on('close', () => reject(new Error(`The sink ended: ${said}`)));
  });
  return {
    url: `smtp://127.0.0.1:${port}`,
    folder,
    entries: () => readEntries(folder),
    stop: () =>
      new Promise((resolve) => {
        // Ctrl-C reaches it as well, and one that has ended already does not end again.
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.on('close', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function readEntries(folder: string): SinkEntry[] {
  try {
    const lines = readFileSync(join(folder, 'log.jsonl'), 'utf8').split('\n');
    return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as SinkEntry);
  } catch {
    return [];
  }
}

/** Addresses that the witness has kept a message for, with repetitions. */
export function takenBy(sink: RunningSink): string[] {
  return sink.entries().flatMap(({ isTaken, recipient }) => (isTaken ? [recipient] : []));
}

export interface DeliveryLine {
  readonly address: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly reply: string | null;
  readonly attempts: number;
}

export async function deliveriesOf(place: Place): Promise<DeliveryLine[]> {
  const { stdout } = await postrider(['deliveries', '--issue', '2023-01', '--json'], place);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as DeliveryLine);
}

export function addressesWith(deliveries: readonly DeliveryLine[], outcome: string): string[] {
  return deliveries.filter((delivery) => delivery.outcome === outcome).map(({ address }) => address);
}

/** A CSV file of `count` readers in the folder. */
export function writeReaders(
  folder: string,
  count: number,
  addressOf = (index: number): string => `reader${index}@example.org`,
): string {
  const file = join(folder, 'readers.csv');
  writeFileSync(
    file,
    `email,name\n${Array.from({ length: count }, (_, index) => `${addressOf(index)},Reader ${index}`).join('\n')}\n`,
  );
  return file;
}
