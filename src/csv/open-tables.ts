// A file with tables: one CSV file, or a zip of several, as mailing tools hand out their lists. Nothing is unpacked to the
// disk, and only names that end in .csv are looked at.
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { type Entry, openPromise } from 'yauzl';
import { type CsvRow, readCsv, readCsvFrom } from './read-csv.ts';

export interface CsvTable {
  /** The file's name without its folder. */
  readonly name: string;
  /** From the start each time; but standard input can be read once only. */
  readonly rows: () => AsyncGenerator<CsvRow>;
}

// Far more than a list is ever in; a zip that says it has more is no list.
const UNPACKED_MAX_BYTES = 4_000_000_000;
const ZIP_MAGIC = 'PK\u0003\u0004';

/** Rejects where the file cannot be read. `-` is standard input. */
export async function openTables(file: string, stdin: Readable): Promise<CsvTable[]> {
  if (file === '-') return [{ name: '', rows: () => readCsv(file, stdin) }];
  return (await isZip(file)) ? tablesOfZip(file) : [{ name: basename(file), rows: () => readCsv(file, stdin) }];
}

async function isZip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(ZIP_MAGIC.length), 0, ZIP_MAGIC.length, 0);
    return buffer.toString('latin1') === ZIP_MAGIC;
  } finally {
    await handle.close();
  }
}

async function tablesOfZip(file: string): Promise<CsvTable[]> {
  const tables: CsvTable[] = [];
  let unpackedBytes = 0;
  for await (const entry of entriesOf(file)) {
    unpackedBytes += entry.uncompressedSize;
    if (/\.csv$/i.test(entry.fileName) && !/(^|\/)(__MACOSX|\.)/.test(entry.fileName))
      tables.push({ name: basename(entry.fileName), rows: () => rowsOf(file, entry.fileName) });
  }
  if (unpackedBytes > UNPACKED_MAX_BYTES) throw new Error(`it would be ${unpackedBytes} bytes unpacked, which is no list`);
  return tables;
}

async function* entriesOf(file: string): AsyncGenerator<Entry> {
  const zip = await openPromise(file);
  try {
    for await (const entry of zip.eachEntry()) yield entry;
  } finally {
    zip.close();
  }
}

async function* rowsOf(file: string, name: string): AsyncGenerator<CsvRow> {
  const zip = await openPromise(file);
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== name) continue;
      yield* readCsvFrom(Readable.from(await zip.openReadStreamPromise(entry)));
      return;
    }
  } finally {
    zip.close();
  }
}
