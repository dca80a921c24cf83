// What commands write: data to stdout, all else to stderr. Colours only where a person looks, and never with
// NO_COLOR.
import { styleText } from 'node:util';
import { formatMoment } from '../domain/format-moment.ts';
import type { Problem } from '../domain/problem.ts';
import { formatProblem } from '../domain/problem.ts';

export { formatMoment } from '../domain/format-moment.ts';

type Style = Parameters<typeof styleText>[0];

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The commands that whoever has just done something may want next. */
export function suggest(...lines: readonly string[]): void {
  const [line, ...others] = lines;
  if (line === undefined) return;
  note(others.length === 0 ? `\nNext: ${line}` : `\nNext:\n${lines.map((each) => `  ${each}`).join('\n')}`);
}

export function noteProblems(problems: readonly Problem[]): void {
  for (const problem of problems) note(formatProblem(problem));
}

export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

export function formatCount(count: number): string {
  return new Intl.NumberFormat('en').format(count);
}

/** `3 recipients`, `1 recipient`. */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** With UTC beside it, so that no zone is mistaken for another. */
export function formatMomentAndUtc(at: number, timezone?: string): string {
  const own = formatMoment(at, timezone);
  return own.endsWith(' UTC') ? own : `${own} (${formatMoment(at, 'UTC')})`;
}

/** For JSON; null stays null. */
export function isoMoment(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** `2 h 5 min`, `40 s`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(1, Math.round(durationMs / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}

type Cell = string | number;

/** Columns wide enough for their longest cell; numbers to the right. */
export function table(rows: readonly (readonly Cell[])[], header: readonly string[] = []): string {
  const layout = layoutOf(rows, header);
  const lines = rows.map((row) => lineOf(row, layout));
  return [...(header.length > 0 ? [styled('dim', lineOf(header, layout))] : []), ...lines].join('\n');
}

// So many decide how wide the columns are where nobody knows how many come.
const BATCH = 1_000;

/** Prints rows as they come, in bounded memory, and gives how many there were. No row, no header. */
export async function printTable(rows: AsyncIterable<readonly Cell[]>, header: readonly string[]): Promise<number> {
  let layout: Layout | undefined;
  let count = 0;
  let batch: (readonly Cell[])[] = [];
  const flush = (): void => {
    if (batch.length === 0) return;
    if (layout === undefined) print(table(batch, header));
    else for (const row of batch) print(lineOf(row, layout));
    layout ??= layoutOf(batch, header);
    batch = [];
  };
  for await (const row of rows) {
    count++;
    if (batch.push(row) === BATCH) flush();
  }
  flush();
  return count;
}

/** The rows of a table from whatever comes one by one. */
export async function* mapped<T, U>(all: AsyncIterable<T>, toRow: (each: T) => U): AsyncGenerator<U> {
  for await (const each of all) yield toRow(each);
}

interface Layout {
  readonly widths: readonly number[];
  readonly areNumbers: readonly boolean[];
}

function layoutOf(rows: readonly (readonly Cell[])[], header: readonly string[]): Layout {
  const columns = Array.from({ length: Math.max(header.length, ...rows.map((row) => row.length)) }, (_, column) => column);
  return {
    widths: columns.map((column) => Math.max(...[header, ...rows].map((row) => wordOf(row[column]).length))),
    areNumbers: columns.map((column) => rows.length > 0 && rows.every((row) => typeof (row[column] ?? 0) === 'number')),
  };
}

function lineOf(row: readonly Cell[], { widths, areNumbers }: Layout): string {
  const cells = row.map((cell, column) => {
    const [word, width] = [wordOf(cell), widths[column] ?? 0];
    return areNumbers[column] ? word.padStart(width) : word.padEnd(width);
  });
  return cells.join('  ').trimEnd();
}

function wordOf(cell: Cell | undefined): string {
  return typeof cell === 'number' ? formatCount(cell) : (cell ?? '');
}
