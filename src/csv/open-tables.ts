// A file with tables: one CSV file, or a zip of several, as mailing tools hand out their lists. Nothing is unpacked to the
// disk, and only names that end in .csv are looked at.
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { type CsvRow, readCsv, readCsvFrom } from './read-csv.ts';

export interface CsvTable {
  /** The file's name without its folder. */
  readonly name: string;
  /** From the start each time; but standard input can be read once only. */
  readonly rows: () => AsyncGenerator<CsvRow>;
}

// Far more than a list is ever in; a zip that says it has more is no list.
const UNPACKED_MAX_BYTES = 4_000_000_000;
/** A zip begins with its first file, or where it has none with its end. */
const ZIP_MAGIC = ['PK\u0003\u0004', 'PK\u0005\u0006'];

/** Rejects where the file cannot be read, or is damaged. `-` is standard input. */
export async function openTables(file: string, stdin: Readable): Promise<CsvTable[]> {
  if (file === '-') return [{ name: '', rows: () => readCsv(file, stdin) }];
  return (await isZip(file)) ? tablesOfZip(file) : [{ name: basename(file), rows: () => readCsv(file, stdin) }];
}

async function isZip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return ZIP_MAGIC.includes(buffer.toString('latin1'));
  } finally {
    await handle.close();
  }
}

async function tablesOfZip(file: string): Promise<CsvTable[]> {
  const zip = await openPromise(file, { autoClose: false });
  try {
    const tables: CsvTable[] = [];
    let unpackedBytes = 0;
    for await (const entry of zip.eachEntry()) {
      unpackedBytes += entry.uncompressedSize;
      if (unpackedBytes > UNPACKED_MAX_BYTES) throw new Error('it would be more than 4 GB unpacked, which is no list');
      if (!isTable(entry.fileName)) continue;
      await checkSum(zip, entry);
      tables.push({ name: basename(entry.fileName), rows: () => rowsOf(file, entry) });
    }
    return tables;
  } finally {
    zip.close();
  }
}

/** Not what an archiver or a desktop has put beside it. */
function isTable(name: string): boolean {
  return /\.csv$/i.test(name) && !basename(name).startsWith('.') && !name.split('/').includes('__MACOSX');
}

/** One letter of an address that has tipped over on the way is found by nothing else. */
async function checkSum(zip: ZipFile, entry: Entry): Promise<void> {
  let sum = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) sum = crc32(chunk as Buffer, sum);
  if (sum !== entry.crc32) throw new Error(`${entry.fileName} in it is damaged`);
}

async function* rowsOf(file: string, entry: Entry): AsyncGenerator<CsvRow> {
  const zip = await openPromise(file, { autoClose: false });
  try {
    yield* readCsvFrom(Readable.from(await zip.openReadStreamPromise(entry)));
  } finally {
    zip.close();
  }
}
