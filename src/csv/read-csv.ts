// A CSV file of any size as rows with their line numbers: comma, semicolon or tab, told by the first line;
// byte order mark, CRLF and quoted line breaks as spreadsheets write them. A row that is broken is a row
// with a problem; the rest is read on.
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';

export interface CsvRow {
  /** 1-based line of the file on which the row begins. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Cells in the header. */
  readonly width: number;
  /** Set where the row could not be read as CSV. */
  readonly problem?: string;
}

const DELIMITERS = [',', ';', '\t'];
const RECORD_MAX_BYTES = 1_000_000;
const HEAD_MAX_BYTES = 64 * 1024;
// The parser gives all rows of a chunk at once; a small chunk keeps those that wait few.
const CHUNK_BYTES = 16 * 1024;

/** Rejects where the file cannot be read at all. `-` is standard input. */
export function readCsv(file: string, stdin: Readable): AsyncGenerator<CsvRow> {
  return readCsvFrom(file === '-' ? stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES }));
}

export async function* readCsvFrom(stream: Readable): AsyncGenerator<CsvRow> {
  const source: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  const head = await readHead(source);
  const input = Readable.from(headAndRest(head, source));
  const parser = parse({
    bom: true,
    delimiter: delimiterOf(head),
    record_delimiter: ['\r\n', '\n', '\r'],
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
  let surplus = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      width ||= record.length;
      line = info.lines - countIn(record, /[\r\n]/g) - surplus;
      surplus += countIn(record, /\r\n/g);
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

/** Enough to see the first line that is not empty. */
async function readHead(source: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < HEAD_MAX_BYTES && !/[^\r\n][\r\n]/.test(head.toString('latin1'))) {
    const { done, value } = await source.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  return head;
}

async function* headAndRest(head: Buffer, source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
}

/** The delimiter that the first line uses most, outside quotes. */
function delimiterOf(head: Buffer): string {
  const line = (/[^\r\n]+/.exec(head.toString('utf8').replace(/^\ufeff/, ''))?.[0] ?? '').replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** csv-parse counts a CRLF within quotes as two lines; how many such there were is carried along. */
function countIn(record: readonly string[], pattern: RegExp): number {
  return record.reduce((sum, cell) => sum + (cell.match(pattern)?.length ?? 0), 0);
}

/** Bytes that are not UTF-8 come out as U+FFFD: the file is in another encoding, and names would be damaged. */
function brokenText(record: readonly string[]): { problem?: string } {
  return record.some((cell) => cell.includes('\uFFFD')) ? { problem: 'it is not UTF-8; save the file as UTF-8' } : {};
}
