// Imports so many rows from a CSV file and begins to send to them, each in a process of its own, and prints the times
// and the peaks of memory. Started by run.ts: `a-million.ts ROWS PORT ACCEPTED [import|send FOLDER]`.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runningOf, systemClock } from '../../src/app.ts';
import { openTables } from '../../src/csv/open-tables.ts';
import { importSubscribers } from '../../src/flows/import-subscribers.ts';
import { openMailing } from '../../src/flows/open-mailing.ts';
import { runMailing } from '../../src/flows/run-mailing.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { benchContent } from './content.ts';
import { sinkRelay } from './sink-relay.ts';
import { type Begun, untilBegun } from './until-begun.ts';

export interface ImportResult {
  readonly importSeconds: number;
  readonly importMegabytes: number;
}

export interface SizeResult extends ImportResult, Begun {
  readonly peakMegabytes: number;
  readonly fileMegabytes: number;
}

async function all(rows: number, args: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-million-'));
  await writeRows(join(folder, 'readers.csv'), rows);
  const step = (name: string): object => {
    const line = [...process.execArgv, import.meta.filename, ...args, name, folder];
    return JSON.parse(execFileSync(process.execPath, line, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })) as object;
  };
  const result = { ...step('import'), ...step('send'), fileMegabytes: statSync(join(folder, 'ledger.sqlite')).size / 1e6 };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  rmSync(folder, { recursive: true });
}

async function writeRows(file: string, rows: number): Promise<void> {
  const stream = createWriteStream(file);
  stream.write('email,name,city\n');
  for (let index = 0; index < rows; index++) {
    const isRoom = stream.write(`reader${index}@example${index % 97}.org,Reader ${index},Berlin\n`);
    if (!isRoom) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}

async function importAll(folder: string, rows: number): Promise<ImportResult> {
  const { ledger } = await openLedger(ledgerIn(folder));
  const startedAt = performance.now();
  const outcome = await importSubscribers(await openTables(join(folder, 'readers.csv'), process.stdin), ledger, {
    list: 'monthly',
    at: 1,
    refuse: () => undefined,
  });
  const importSeconds = (performance.now() - startedAt) / 1_000;
  await ledger.close();
  if (outcome.kind !== 'imported' || outcome.report.added !== rows) throw new Error(`Not all of ${rows} were imported.`);
  return { importSeconds, importMegabytes: peak() };
}

async function send(folder: string, port: number, accepted: number): Promise<Begun & { readonly peakMegabytes: number }> {
  const { ledger } = await openLedger(ledgerIn(folder));
  const relay = sinkRelay(port);
  const provenance = { commit: null, isModified: true };
  const request = { issue: '2023-01', list: 'monthly', content: benchContent(), provenance, at: systemClock.now() };
  const mailing = await openMailing(ledger, request);
  const stop = new AbortController();
  const run = runMailing(mailing, runningOf({ ledger, relay, secrets: ['a-secret-for-the-bench-alone'] }), stop.signal);
  const begun = await untilBegun(ledger, mailing, accepted, () => sleep(200));
  stop.abort();
  await run;
  await relay.close();
  await ledger.close();
  return { ...begun, peakMegabytes: peak() };
}

function ledgerIn(folder: string): string {
  return `sqlite:${join(folder, 'ledger.sqlite')}`;
}

function peak(): number {
  return process.resourceUsage().maxRSS / 1_000;
}

const [rows, port, accepted, name, folder] = process.argv.slice(2);
if (name === undefined || folder === undefined) await all(Number(rows), process.argv.slice(2));
else {
  const step = name === 'import' ? importAll(folder, Number(rows)) : send(folder, Number(port), Number(accepted));
  process.stdout.write(`${JSON.stringify(await step)}\n`);
}
