// What a new issue begins with: the newsletter's own text with its days filled in, or a few lines in the notation of the issue
// before.
import type { IssueName } from '../domain/issue.ts';
import { isCalendarDay } from './calendar-day.ts';
import { parseFrontMatter } from './front-matter.ts';

export interface NewIssue {
  readonly name: IssueName;
  readonly newsletter: string;
  /** BCP 47. */
  readonly language: string;
  /** `YYYY-MM-DD`, for an issue whose name tells no day. */
  readonly today: string;
  /** The newest issue's text; null for the first one. */
  readonly previous: string | null;
  /** The headings that it begins with; empty for none. */
  readonly headings: string;
  /** The newsletter's own, with `{{date}}` and the like; null where it has none. */
  readonly template: string | null;
}

export function newIssue(issue: NewIssue): string {
  const values = valuesOf(issue);
  if (issue.template === null) return `${head(values, issue.previous)}\n${SUMMARY}\n${issue.headings || SECTION}\n`;
  // What is no value of ours stays: a site's generator has braces too.
  return issue.template.replace(/\{\{\s*([a-z]+)\s*\}\}/g, (whole, name: string, at: number, template: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) return whole;
    return isQuoted(template, at) ? JSON.stringify(value).slice(1, -1) : value;
  });
}

/** Between quotation marks in the front matter, where a mark in the value would be the last. */
function isQuoted(template: string, at: number): boolean {
  const above = template.slice(0, at);
  const [, fence] = /^\uFEFF?(\+\+\+|---)[ \t]*\r?\n/.exec(above) ?? [];
  const isInMatter = fence !== undefined && above.split(/\r?\n/).filter((line) => line.trimEnd() === fence).length < 2;
  const line = above.slice(above.lastIndexOf('\n') + 1);
  return isInMatter && (line.match(/"/g)?.length ?? 0) % 2 === 1;
}

type Values = Readonly<Record<string, string | undefined>>;

function valuesOf({ name, newsletter, language, today, previous }: NewIssue): Values {
  const period = periodOf(name);
  const month = period?.isMonth ? monthWords(period.since, language) : undefined;
  const number = name.number ?? nextNumber(previous);
  const date = name.date ?? (period ? dayAfter(period.until) : today);
  const title = [newsletter, month === undefined ? (number ?? '') : month]
    .filter((part) => part !== '')
    .join(month === undefined ? ' ' : ': ');
  return {
    id: name.id,
    title,
    date,
    month: month ?? monthWords(date, language),
    number,
    since: period?.since,
    until: period?.until,
  };
}

export interface Period {
  /** `YYYY-MM-DD`, both included. */
  readonly since: string;
  readonly until: string;
  readonly isMonth: boolean;
}

/** What an issue tells of, by its name: its month, or the week before its day. Undefined where the name tells neither, or no day of the calendar. */
export function periodOf({ id, date }: IssueName): Period | undefined {
  const [, year, month] = /^(\d{4})-(\d{2})$/.exec(id) ?? [];
  if (year !== undefined && month !== undefined && Number(month) >= 1 && Number(month) <= 12) {
    const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
    return { since: `${id}-01`, until: `${id}-${last}`, isMonth: true };
  }
  return date === undefined || !isCalendarDay(date)
    ? undefined
    : { since: shifted(date, -7), until: shifted(date, -1), isMonth: false };
}

function monthWords(day: string, language: string): string {
  return new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(Date.parse(day));
}

function dayAfter(day: string): string {
  return shifted(day, 1);
}

function shifted(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

function nextNumber(previous: string | null): string | undefined {
  const number = previous === null ? undefined : parseFrontMatter(previous).data['number'];
  return /^\d+$/.test(String(number)) ? String(Number(number) + 1) : undefined;
}

const SUMMARY = `TODO: what this issue is about, in a sentence or two.

<!-- more -->
`;
const SECTION = '## TODO: a section';

/** TOML, YAML or plain lines, as in the issue before. */
function head({ title = '', date = '', number }: Values, previous: string | null): string {
  const numbered = number === undefined ? [] : [['number', number] as const];
  const fence =
    previous === null ? '---' : (/^\uFEFF?(\+\+\+|---)/.exec(previous)?.[1] ?? (hasHeader(previous) ? 'none' : '---'));
  switch (fence) {
    case '+++':
      return fenced('+++', [
        `title = ${JSON.stringify(title)}`,
        ...numbered.map(([key, value]) => `${key} = ${value}`),
        `date = ${date}`,
      ]);
    case 'none':
      return `${[`Title: ${title}`, ...numbered.map(([, value]) => `Number: ${value}`), `Date: ${date}`].join('\n')}\n`;
    default:
      return fenced('---', [
        `title: ${JSON.stringify(title)}`,
        ...numbered.map(([key, value]) => `${key}: ${value}`),
        `date: ${date}`,
      ]);
  }
}

/** Plain lines, as Pelican reads them. */
function hasHeader(text: string): boolean {
  return parseFrontMatter(text).bodyLine > 1;
}

function fenced(fence: string, lines: readonly string[]): string {
  return `${[fence, ...lines, fence].join('\n')}\n`;
}
