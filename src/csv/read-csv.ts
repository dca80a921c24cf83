// A CSV file of any size as rows with their line numbers: comma, semicolon or tab, told by the first line;
// byte order mark, CRLF and quoted line breaks as spreadsheets write them. A row that is broken is a row
// with a problem; the rest is read on.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';

export interface RawRow {
  readonly line: number;
  readonly cells: readonly string[];
  readonly width: number;
  readonly problem?: string;
}

const DELIMITERS = [',', ';', '\t'];
const RECORD_MAX_BYTES = 1_000_000;

/** Rejects where the file cannot be read at all. `-` is standard input. */
export async function* readCsv(file: string, stdin: Readable): AsyncGenerator<RawRow> {
  const delimiter = file === '-' ? DELIMITERS : [await delimiterOf(file)];
  const input = file === '-' ? stdin : createReadStream(file);
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: RECORD_MAX_BYTES,
  });
  input.on('error', (error: Error) => parser.destroy(error));
  input.pipe(parser);
  let width = 0;
  let line = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      width ||= record.length;
      line = firstLine(record, info.lines);
      yield { line, cells: record, width, ...brokenText(record) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    yield {
      line: line + 1,
      cells: [],
      width,
      problem: 'a quote opens here or below and is never closed, so nothing from here on could be read',
    };
  }
}

/** The delimiter that the first line uses most, outside quotes. */
async function delimiterOf(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, 0);
    const line = (buffer.toString('utf8', 0, bytesRead).split(/\r\n|\n|\r/)[0] ?? '').replace(/"[^"]*"/g, '');
    const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
    return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
  } finally {
    await handle.close();
  }
}

/** `lines` counts those read when the record was complete; quoted line breaks are lines of the record. */
function firstLine(record: readonly string[], lines: number): number {
  const breaks = record.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
  return lines - breaks;
}

/** Bytes that are not UTF-8 come out as U+FFFD: the file is in another encoding, and names would be damaged. */
function brokenText(record: readonly string[]): { problem?: string } {
  return record.some((cell) => cell.includes('\uFFFD')) ? { problem: 'it is not UTF-8; save the file as UTF-8' } : {};
}
