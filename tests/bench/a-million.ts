// Imports so many rows from a CSV file and opens a mailing to them, each in a process of its own, and prints
// the time and the peak of memory. Started by run.ts: `a-million.ts ROWS [import|open FOLDER]`.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCsv } from '../../src/csv/read-csv.ts';
import { importSubscribers } from '../../src/flows/import-subscribers.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { openAll as openPagesOf } from '../flows/open-all.ts';
import { benchContent } from './content.ts';

interface Step {
  readonly seconds: number;
  readonly peakMegabytes: number;
}

async function all(rows: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-million-'));
  await writeRows(join(folder, 'readers.csv'), rows);
  const imported = step(rows, 'import', folder);
  const opened = step(rows, 'open', folder);
  const result = {
    rows,
    importSeconds: imported.seconds,
    openSeconds: opened.seconds,
    importMegabytes: imported.peakMegabytes,
    openMegabytes: opened.peakMegabytes,
    fileMegabytes: statSync(join(folder, 'ledger.sqlite')).size / 1e6,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  rmSync(folder, { recursive: true });
}

function step(rows: number, name: string, folder: string): Step {
  const args = [...process.execArgv, import.meta.filename, String(rows), name, folder];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })) as Step;
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

async function run(name: string, folder: string, rows: number): Promise<void> {
  const { ledger } = await openLedger(`sqlite:${join(folder, 'ledger.sqlite')}`);
  const startedAt = performance.now();
  const count = name === 'import' ? await importAll(ledger, folder) : await openAll(ledger);
  if (count !== rows) throw new Error(`${count} of ${rows}`);
  const seconds = (performance.now() - startedAt) / 1_000;
  await ledger.close();
  process.stdout.write(`${JSON.stringify({ seconds, peakMegabytes: process.resourceUsage().maxRSS / 1_000 })}\n`);
}

type Ledger = Awaited<ReturnType<typeof openLedger>>['ledger'];

async function importAll(ledger: Ledger, folder: string): Promise<number> {
  const outcome = await importSubscribers(readCsv(join(folder, 'readers.csv'), process.stdin), ledger, {
    list: 'monthly',
    at: 1,
    refuse: () => undefined,
  });
  return outcome.kind === 'imported' ? outcome.report.added : 0;
}

async function openAll(ledger: Ledger): Promise<number> {
  const mailing = await openPagesOf(ledger, {
    issue: '2023-01',
    list: 'monthly',
    content: benchContent(),
    provenance: { commit: null, isModified: true },
    at: 1,
  });
  return mailing.recipients;
}

const [rows, name, folder] = process.argv.slice(2);
if (name !== undefined && folder !== undefined) await run(name, folder, Number(rows));
else await all(Number(rows));
