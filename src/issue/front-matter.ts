// Splits an issue into its front matter and its body: TOML between +++, YAML between ---, or an unfenced
// header of `Key: value` lines that ends at the first blank line (Pelican). It does not know what the keys mean.
import { parse as parseToml, TomlDate, TomlError } from 'smol-toml';
import { type Document, LineCounter, parseDocument } from 'yaml';
import type { Problem } from '../domain/problem.ts';
import { isCalendarDay } from './calendar-day.ts';
import { withoutMarks } from './marks.ts';

export interface FrontMatter {
  /** Keys in lower case, as every generator reads them. */
  readonly data: Readonly<Record<string, unknown>>;
  /** 1-based line of each key, where known. */
  readonly lines: Readonly<Record<string, number>>;
  /** The Markdown, with blank lines in place of the front matter, so that line numbers stay true. */
  readonly body: string;
  /** 1-based line on which the body begins. */
  readonly bodyLine: number;
  readonly problems: readonly Problem[];
}

/** What a parser makes of the text between the fences. */
interface Parsed {
  readonly data: Record<string, unknown>;
  readonly problems: readonly Problem[];
}

const FENCES = { '+++': parseTomlBlock, '---': parseYamlBlock } as const;
const HEADER_LINE = /^([A-Za-z][\w -]*?)[ \t]*:(?:[ \t]+(.*))?$/;

export function parseFrontMatter(text: string): FrontMatter {
  const source = withoutMarks(text.replace(/^\uFEFF/, '').replaceAll('\0', '\uFFFD'));
  const lines = source.split(/\r\n|\n|\r/);
  const fence = lines[0]?.trimEnd();
  if (fence === '+++' || fence === '---') return parseFenced(lines, fence);
  return parseHeader(lines) ?? withoutMatter(lines);
}

function parseFenced(lines: readonly string[], fence: '+++' | '---'): FrontMatter {
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === fence);
  if (end < 0) {
    const problem = wrong(1, `The front matter begins with ${fence} and never ends.`, `Write ${fence} below it.`);
    return { ...withoutMatter(lines), problems: [problem] };
  }
  const { data, problems } = FENCES[fence](lines.slice(1, end).join('\n'));
  return { data: lowerKeys(data), lines: keyLines(lines, end), ...bodyFrom(lines, end + 1), problems };
}

function parseHeader(lines: readonly string[]): FrontMatter | undefined {
  const blank = lines.findIndex((line) => line.trim() === '');
  const end = blank < 0 ? lines.length : blank;
  const header = lines.slice(0, end);
  if (!HEADER_LINE.test(lines[0] ?? '') || !header.some((line) => /^title[ \t]*:/i.test(line))) return undefined;
  const data: Record<string, unknown> = {};
  const problems: Problem[] = [];
  header.forEach((line, index) => {
    const match = HEADER_LINE.exec(line);
    if (match) data[(match[1] ?? '').toLowerCase()] = (match[2] ?? '').trim();
    else
      problems.push(
        wrong(index + 1, `This line of the header is not \`Key: value\`.`, 'Mend it, or end the header with a blank line.'),
      );
  });
  return { data, lines: keyLines(lines, end), ...bodyFrom(lines, end), problems };
}

function withoutMatter(lines: readonly string[]): FrontMatter {
  return { data: {}, lines: {}, ...bodyFrom(lines, 0), problems: [] };
}

function bodyFrom(lines: readonly string[], start: number): { body: string; bodyLine: number } {
  const body = [...Array<string>(start).fill(''), ...lines.slice(start)].join('\n');
  return { body, bodyLine: start + 1 };
}

function parseTomlBlock(block: string): Parsed {
  try {
    const data = parseToml(block) as Record<string, unknown>;
    return { data, problems: movedDays(block, data) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split('\n')[0]?.replace('Invalid TOML document: ', '') ?? '';
    return {
      data: {},
      problems: [wrong(error.line + 1, `The TOML front matter cannot be read: ${reason}.`, 'Mend this line.', error.column)],
    };
  }
}

/** smol-toml reads February 30 as March 2; a day that the file does not hold is not the day that was meant. */
function movedDays(block: string, data: Record<string, unknown>): Problem[] {
  return block.split('\n').flatMap((line, index) => {
    const [, key, day] = /^\s*["']?([\w-]+)["']?\s*=\s*(\d{4}-\d{2}-\d{2})/.exec(line) ?? [];
    const value = key === undefined ? undefined : data[key];
    if (day === undefined || !(value instanceof TomlDate) || isCalendarDay(day)) return [];
    return [
      wrong(
        index + 2,
        `The date \`${day}\` cannot be read.`,
        'Write it as year-month-day, as in 2023-02-07.',
        line.indexOf(day) + 1,
      ),
    ];
  });
}

function parseYamlBlock(block: string): Parsed {
  const counter = new LineCounter();
  const document = parseDocument(block, { lineCounter: counter });
  const problems = document.errors.map((error) => {
    const { line, col } = counter.linePos(error.pos[0]);
    const reason = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
    return wrong(line + 1, `The YAML front matter cannot be read: ${reason}.`, 'Mend this line.', col);
  });
  if (problems.length > 0) return { data: {}, problems };
  const data = followAliases(document);
  if (data instanceof Error)
    return { data: {}, problems: [wrong(2, `The YAML front matter cannot be read: ${data.message}.`, 'Mend the alias.')] };
  if (data === null) return { data: {}, problems };
  if (typeof data !== 'object' || Array.isArray(data)) {
    return { data: {}, problems: [wrong(2, 'The YAML front matter is not a list of keys.', 'Write lines such as `title: …`.')] };
  }
  return { data: data as Record<string, unknown>, problems };
}

/** An alias is followed only here, and may lead nowhere or too far. */
function followAliases(document: Document.Parsed): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function lowerKeys(data: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(data).map(([key, value]) => [key.toLowerCase(), plainValue(value)]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** TOML and YAML dates become ISO text, so that one reader serves all three notations. */
function plainValue(value: unknown): unknown {
  if (value instanceof TomlDate) return value.toISOString();
  return value instanceof Date ? value.toISOString() : value;
}

function keyLines(lines: readonly string[], end: number): Record<string, number> {
  const found: Record<string, number> = {};
  lines.slice(0, end).forEach((line, index) => {
    const key = /^["']?([A-Za-z][\w-]*)["']?[ \t]*[:=]/.exec(line)?.[1]?.toLowerCase();
    if (key !== undefined && !(key in found)) found[key] = index + 1;
  });
  return found;
}

function wrong(line: number, message: string, advice: string, column = 1): Problem {
  return { severity: 'error', rule: 'front-matter', message, advice, line, column };
}
