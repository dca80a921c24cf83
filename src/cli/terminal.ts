// What commands write: data to stdout, all else to stderr. Colours only where a person looks, and never with
// NO_COLOR.
import { styleText } from 'node:util';
import type { Problem } from '../domain/problem.ts';
import { formatProblem } from '../domain/problem.ts';

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

/** `2023-02-07 14:05 CET`, in this machine's zone or the given one. */
export function formatMoment(at: number, timezone?: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    ...(timezone !== undefined && { timeZone: timezone }),
  }).formatToParts(at);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
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

/** Columns wide enough for their longest cell; numbers to the right. */
export function table(rows: readonly (readonly (string | number)[])[], header: readonly string[] = []): string {
  const all = (header.length > 0 ? [header, ...rows] : rows).map((row) =>
    row.map((cell) => (typeof cell === 'number' ? formatCount(cell) : cell)),
  );
  const columns = Math.max(0, ...all.map((row) => row.length));
  const isNumber = Array.from(
    { length: columns },
    (_, column) => rows.length > 0 && rows.every((row) => typeof (row[column] ?? 0) === 'number'),
  );
  const widths = Array.from({ length: columns }, (_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const [first] = lines;
  return header.length > 0 && first !== undefined ? [styled('dim', first), ...lines.slice(1)].join('\n') : lines.join('\n');
}
