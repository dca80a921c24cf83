// What the front matter says about an issue: title, subject, date, slug, web address. It decides what is
// missing and what a missing value falls back to.
import GithubSlugger from 'github-slugger';
import type { Element, Root } from 'hast';
import { toString as textOf } from 'hast-util-to-string';
import type { Issue, IssueName } from '../domain/issue.ts';
import { fillPattern, type PatternValues, patternValues } from '../domain/issue-pattern.ts';
import type { Problem } from '../domain/problem.ts';
import { slugIn } from '../domain/site-slug.ts';
import { isCalendarDay } from './calendar-day.ts';
import { type FrontMatter, parseFrontMatter } from './front-matter.ts';
import { withoutMarks } from './marks.ts';
import type { IssueSettings } from './settings.ts';

export interface Metadata extends Omit<Issue, 'body' | 'preheader'> {
  /** Null where the front matter gives none and the summary serves. */
  readonly preheader: string | null;
  readonly problems: readonly Problem[];
}

/** What they depend on. */
type Facts = Omit<IssueSettings, 'words'>;

/** Values of the front matter as one-line text, and the problems met while reading them. */
interface Reader {
  text(...keys: string[]): string | undefined;
  readonly problems: Problem[];
  complain(key: string, severity: Problem['severity'], message: string, advice: string): void;
}

export function readMetadata(matter: FrontMatter, tree: Root, name: IssueName, settings: Facts): Metadata {
  const reader = readerOf(matter);
  const title = reader.text('title') ?? takeHeading(tree) ?? missingTitle(reader);
  const date = readDate(reader) ?? name.date ?? null;
  if (date === null) missingDate(reader);
  const number = reader.text('number', 'issue') ?? name.number;
  const slug = reader.text('slug') ?? slugOf(title, name, settings);
  const known: IssueName = { ...name, slug, ...(date !== null && { date }), ...(number !== undefined && { number }) };
  return {
    id: name.id,
    title,
    subject: reader.text('subject') ?? title,
    preheader: reader.text('preheader', 'description', 'summary') ?? null,
    date,
    ...(number !== undefined && { number }),
    slug,
    authors: readAuthors(matter.data),
    url: webAddress(reader, known, settings.urlPattern),
    language: reader.text('language', 'lang') ?? settings.language,
    problems: reader.problems,
  };
}

/** Of its front matter alone, where nobody asks for its text. */
export function readFrontFacts(text: string, name: IssueName, settings: Facts): Metadata {
  return readMetadata(parseFrontMatter(text), { type: 'root', children: [] }, name, settings);
}

function readerOf(matter: FrontMatter): Reader {
  const problems: Problem[] = [];
  const complain: Reader['complain'] = (key, severity, message, advice) => {
    const line = Object.hasOwn(matter.lines, key) ? matter.lines[key] : undefined;
    problems.push({ severity, rule: 'front-matter', message, advice, line: line ?? 1, column: 1 });
  };
  const textAt = (key: string): string | undefined => {
    const value = matter.data[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'object') return oneLine(String(value)) || undefined;
    complain(key, 'error', `\`${key}\` is not a piece of text.`, `Write ${key} as one line of text.`);
    return undefined;
  };
  const text = (...keys: string[]): string | undefined => keys.map(textAt).find((value) => value !== undefined);
  return { text, problems, complain };
}

/** Line breaks and control characters never reach a header. */
function oneLine(value: string): string {
  return withoutMarks(value)
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function missingTitle(reader: Reader): string {
  reader.complain('title', 'error', 'The issue has no title.', 'Write `title` in the front matter, or begin with a `# heading`.');
  return '';
}

function missingDate(reader: Reader): void {
  if (reader.problems.some((problem) => problem.message.includes('date'))) return;
  reader.complain('date', 'warning', 'The issue has no date.', 'Write `date` in the front matter, as in 2023-02-07.');
}

/** A first heading of level one is the title; it leaves the body, which the template heads with it. */
function takeHeading(tree: Root): string | undefined {
  const index = tree.children.findIndex((node) => node.type === 'element');
  const first = tree.children[index] as Element | undefined;
  if (first?.tagName !== 'h1') return undefined;
  tree.children.splice(index, 1);
  return oneLine(textOf(first));
}

function readDate(reader: Reader): string | undefined {
  const written = reader.text('date');
  if (written === undefined) return undefined;
  const day = /^(\d{4}-\d{2}-\d{2})(?:$|[T ])/.exec(written)?.[1];
  if (day !== undefined && isCalendarDay(day)) return day;
  reader.complain('date', 'error', `The date \`${written}\` cannot be read.`, 'Write it as year-month-day, as in 2023-02-07.');
  return undefined;
}

function readAuthors(data: FrontMatter['data']): string[] {
  const extra = data['extra'] as Record<string, unknown> | undefined;
  const written = data['authors'] ?? data['author'] ?? extra?.['editors'] ?? extra?.['authors'];
  const list = Array.isArray(written) ? written : [written];
  return list.filter((author) => typeof author === 'string').map(oneLine);
}

/** The site's generator may make it of the title, whatever the file is called. */
function slugOf(title: string, name: IssueName, { site }: Facts): string {
  if (site?.slugFrom === 'title') return slugIn(site.generator, title);
  return name.slug ?? new GithubSlugger().slug(title);
}

function webAddress(reader: Reader, name: IssueName, pattern: string): string {
  const { text, missing } = fillPattern(pattern, encoded(patternValues(name)));
  for (const placeholder of missing) {
    const key = ['year', 'month', 'day'].includes(placeholder) ? 'date' : placeholder;
    reader.complain(
      key,
      'error',
      `The web address needs {${placeholder}}, which this issue does not have.`,
      `Write \`${key}\` in the front matter, or mend \`issues.url\` in newsletter.yaml.`,
    );
  }
  const url = URL.parse(text);
  if (!url && missing.length === 0)
    reader.complain('slug', 'error', `The web address ${text} is not one.`, 'Mend `issues.url` in newsletter.yaml.');
  return url?.href ?? text;
}

/** Each value is one part of the path, whatever characters it holds; an empty one is none. */
function encoded(values: PatternValues): PatternValues {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value ? [[name, encodeURIComponent(value)]] : [])),
  );
}
