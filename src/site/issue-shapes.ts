// Which of a repository's files are the issues of a newsletter, told by their names alone: files that are named alike, by
// days, months or numbers.
import { matchIssueName } from '../domain/issue-pattern.ts';

/** Files that are named alike. */
export interface IssueShape {
  /** As `issues.files` has it. */
  readonly pattern: string;
  /** In order. */
  readonly paths: readonly string[];
}

const MARKDOWN = /\.(?:md|markdown|mkd)$/;
const NO_ISSUE = /^(?:readme|contributing|changelog|code_of_conduct|license|security|_index)\./i;
const NO_FOLDER = /^(?:node_modules|vendor|public|_site|output|dist|themes?|templates|_?drafts?|pages)$/i;
// What a pattern cannot name: its own braces, and what stands for other characters in the search for files.
const NO_LITERAL = /[{}[\]*?\\]|[!+@]\(/;
const NEWSY = /news|letter|issue|digest|bulletin|edition|this-(?:week|month|year)|weekly|monthly|roundup/i;

// So many of a folder's files share a name, and the others are something else that lies there.
const SAME_NAME_SHARE = 0.8;
const SAME_NAME_MIN = 3;
// A folder of news wins over one that has so many times as many files.
const NEWSY_WEIGHT = 5;

// Issue 10 comes after issue 9.
const IN_ORDER = new Intl.Collator('en', { numeric: true });

/** The likeliest first; none where no file looks like an issue. `content` is the site's folder of pages, `.` for all. */
export function findIssueShapes(paths: readonly string[], content: string): IssueShape[] {
  const before = content === '.' ? '' : `${content}/`;
  const known = new Set(paths);
  const inside = paths.filter(
    (path) =>
      path.startsWith(before) && !NO_LITERAL.test(path) && mayBeIssue(path.slice(before.length)) && !isTranslation(path, known),
  );
  const groups = Map.groupBy(inside, (path) => shapeOf(path, content));
  groups.delete(null);
  const shapes = [...groups].flatMap(([pattern, members]) =>
    pattern === null ? [] : withSharedName(pattern, members.toSorted(IN_ORDER.compare)),
  );
  const counted = shapes.filter(({ pattern }) => isCounted(pattern));
  // A page that lies beside the issues is no newsletter of its own.
  const worded = shapes.filter(
    ({ pattern, paths: { length } }) => !isCounted(pattern) && isNewsy(pattern) && (length > 1 || counted.length === 0),
  );
  return [...counted, ...worded]
    .map((shape) => strict(shape, paths))
    .toSorted((one, other) => weightOf(other) - weightOf(one) || (one.pattern < other.pattern ? -1 : 1));
}

/** `path` is within the folder of pages. */
function mayBeIssue(path: string): boolean {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  return (
    MARKDOWN.test(name) &&
    !NO_ISSUE.test(name) &&
    !parts.slice(0, -1).some((part) => part.startsWith('.') || NO_FOLDER.test(part))
  );
}

/** `index.de.md` beside `index.md`. */
function isTranslation(path: string, known: ReadonlySet<string>): boolean {
  const [, stem, extension] = /^(.*[^/])\.[a-z]{2,3}(?:[-_][a-z]{2,4})?(\.[a-z]+)$/i.exec(path) ?? [];
  return stem !== undefined && known.has(`${stem}${extension}`);
}

/** Null for a file that could be anything. */
function shapeOf(path: string, content: string): string | null {
  const folders = path.split('/');
  const file = folders.pop() ?? '';
  const stem = file.replace(MARKDOWN, '');
  const extension = file.slice(stem.length);
  const before = content === '.' ? 0 : content.split('/').length;
  const isIndex = stem === 'index';
  if (isIndex && folders.length <= before) return null;
  const parts = isIndex ? folders : [...folders, stem];
  const shaped = shapeParts(parts, before);
  return `${shaped.join('/')}${isIndex ? `/${file}` : extension}`;
}

/** Folders of years and months, and then the name itself. */
function shapeParts(parts: readonly string[], before: number): string[] {
  const last = parts.length - 1;
  let wanted: readonly string[] = ['{year}', '{month}', '{day}'];
  let isMonthKnown = false;
  return parts.map((part, index) => {
    if (index < before) return part;
    const [next, ...rest] = wanted;
    const isDatePart =
      next === '{year}' ? /^(?:19|20)\d{2}$/.test(part) : next !== undefined && wanted.length < 3 && /^\d{2}$/.test(part);
    if (isDatePart && next !== undefined && (index < last || next !== '{year}')) {
      wanted = rest;
      isMonthKnown = next !== '{year}';
      return next;
    }
    return index === last ? shapeName(part, isMonthKnown, wanted[0] === '{month}') : part;
  });
}

function shapeName(name: string, isInMonth: boolean, isInYear: boolean): string {
  if (isInYear && /^\d{2}[-_]./.test(name)) return `{month}${name[2]}{slug}`;
  if (/^\d{4}-\d{2}-\d{2}$/.test(name)) return '{date}';
  if (/^\d{4}-\d{2}-\d{2}[-_]./.test(name)) return `{date}${name[10]}{slug}`;
  if (/^\d{4}-\d{2}$/.test(name)) return '{id}';
  if (/^\d{4}-\d{2}[-_]./.test(name)) return `{year}-{month}${name[7]}{slug}`;
  if (/^\d+$/.test(name)) return '{number}';
  const [, word, number] = /^(.*[^\d])(\d+)$/.exec(name) ?? [];
  if (word !== undefined && number !== undefined && !isInMonth && !/\d/.test(word)) return `${word}{number}`;
  return '{slug}';
}

/**
 * `{date}-{slug}` becomes `{date}-this-week` where nearly all are called so, or so many by the name of a newsletter: the
 * others are no issues.
 */
function withSharedName(pattern: string, paths: readonly string[]): IssueShape[] {
  if (!/\{(?:date|month)\}[-_]\{slug\}/.test(pattern)) return [{ pattern, paths }];
  const nameOf = (path: string): string => (matchIssueName(pattern, path)?.slug ?? '').replace(/\d+$/, '{number}');
  const ranked = [...Map.groupBy(paths, nameOf)].toSorted(([, one], [, other]) => other.length - one.length);
  const [name, named] = ranked.find(([each]) => isNewsy(each)) ?? ranked[0] ?? ['', []];
  const isMost = named.length >= paths.length * SAME_NAME_SHARE;
  const isShared = named.length >= SAME_NAME_MIN && /[a-z]/i.test(name.replace('{number}', '')) && (isMost || isNewsy(name));
  if (isShared) {
    const shared = { pattern: pattern.replace('{slug}', name), paths: named };
    const others = paths.filter((path) => !named.includes(path));
    return isMost ? [shared] : [shared, ...withSharedName(pattern, others)];
  }
  // A month alone would give all issues of a year, or of each year, one name.
  if (pattern.includes('{year}-{month}')) return [{ pattern: pattern.replace(/\{year\}-\{month\}[-_]/, ''), paths }];
  return [{ pattern: pattern.replace(/\{month\}[-_]\{slug\}/, '{slug}'), paths }];
}

/** `{id}` takes whatever else lies there, as `_index.md` does; `{year}-{month}` takes months only. */
function strict({ pattern, paths }: IssueShape, all: readonly string[]): IssueShape {
  const isAlone = !pattern.includes('{id}') || all.every((path) => !matchIssueName(pattern, path) || paths.includes(path));
  return { pattern: isAlone ? pattern : pattern.replace('{id}', '{year}-{month}'), paths };
}

/** Named by days, months or numbers, and not by words alone. */
function isCounted(pattern: string): boolean {
  return /\{(?:id|date|number|year)\}/.test(pattern);
}

function isNewsy(pattern: string): boolean {
  return NEWSY.test(pattern.replace(/\{[^}]*\}/g, ''));
}

function weightOf({ pattern, paths }: IssueShape): number {
  return paths.length * (isNewsy(pattern) ? NEWSY_WEIGHT : 1) * (isCounted(pattern) ? NEWSY_WEIGHT : 1);
}
