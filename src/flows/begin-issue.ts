// The file of a new issue: where it lies by the newsletter's patterns, and what it begins with.
import { readFileSync } from 'node:fs';
import { skeletonOf } from '../digest/skeleton.ts';
import type { IssueName } from '../domain/issue.ts';
import { fillPattern, matchIssueName, patternValues, placeholdersOf } from '../domain/issue-pattern.ts';
import type { Problem } from '../domain/problem.ts';
import { plainSlug } from '../domain/site-slug.ts';
import { newIssue, periodOf } from '../issue/new-issue.ts';
import { findIssue, type IssueFile, listIssues, pathOf } from '../source/find-issues.ts';
import { readIssueTemplate } from '../source/templates.ts';
import type { Press } from './render-issue.ts';

export type Begun =
  | { readonly kind: 'begun'; readonly path: string; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** Writes nothing. `path` is relative to the newsletter's root; `today` is `YYYY-MM-DD`. */
export function beginIssue({ root, newsletter, templates }: Press, id: string, today: string): Begun {
  const { files } = newsletter.issues;
  const found = findIssue(root, files, id);
  if (found.kind !== 'missing') {
    const path = found.kind === 'found' ? found.file.path : found.paths.join(' and ');
    return wrong(`Issue ${id} is there already: ${path}.`, `See it with: postrider preview ${id}`);
  }
  const newest = newestLike(id, listIssues(root, files));
  const place = isSafe(id) ? placeFor(id, newestFirst(files, newest), newsletter.name, today) : undefined;
  if (place === undefined || hasNoSuchDay(place.name))
    return wrong(
      `No issue can be called ${id}, by ${files.join(' or ')}.`,
      `Call it like ${newest ? `the newest, ${newest.name.id}` : 'the pattern says'}.`,
    );
  const previous = newest ? readFileSync(pathOf(root, newest), 'utf8') : null;
  const text = newIssue({
    ...{ name: place.name, newsletter: newsletter.name, language: newsletter.language, today },
    ...{ previous, headings: previous === null ? '' : skeletonOf(previous) },
    template: readIssueTemplate(templates) ?? null,
  });
  return { kind: 'begun', path: place.path, text };
}

function hasNoSuchDay({ date }: IssueName): boolean {
  return date !== undefined && periodOf({ id: date, date }) === undefined;
}

/** A name that leads nowhere else, and that shows in a listing. */
function isSafe(id: string): boolean {
  return !/^\.|[/\\\p{Cc}]/u.test(id);
}

/** Beside the issues may lie what is none, such as a README: an issue that is called by a number or a day is not like it. */
function newestLike(id: string, files: readonly IssueFile[]): IssueFile | undefined {
  const isCounted = (name: string): boolean => /^\d/.test(name);
  return files.findLast(({ name }) => isCounted(name.id) === isCounted(id)) ?? files.at(-1);
}

/** A new issue lies as the newest does. */
function newestFirst(patterns: readonly string[], newest: IssueFile | undefined): readonly string[] {
  const fits = (pattern: string): boolean => newest !== undefined && matchIssueName(pattern, newest.path) !== undefined;
  return patterns.toSorted((one, other) => Number(fits(other)) - Number(fits(one)));
}

/** Where an issue of this id would be found again. */
function placeFor(id: string, patterns: readonly string[], newsletter: string, today: string): IssueFile | undefined {
  // A name in another script leaves nothing.
  const values = valuesFor(id, plainSlug(newsletter) || 'issue', today);
  for (const pattern of patterns) {
    if (placeholdersOf(pattern).some((name) => values[name] === undefined)) continue;
    const path = fillPattern(pattern, values).text;
    const name = matchIssueName(pattern, path);
    if (name?.id === id) return { name, path };
  }
  return undefined;
}

/** What an id could be in a file's name. Whatever it does not say is today's. */
function valuesFor(id: string, slug: string, today: string): Readonly<Record<string, string | undefined>> {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(id);
  const [, year, month] = /^(\d{4})-(\d{2})$/.exec(id) ?? [];
  const number = /^\d+$/.test(id) ? id : undefined;
  const days = isDay ? patternValues({ id, date: id }) : { ...patternValues({ id, date: today }), ...(year && { year, month }) };
  return { ...days, number, slug: isDay || number !== undefined ? slug : id };
}

function wrong(message: string, advice: string): Begun {
  return { kind: 'problem', problem: { severity: 'error', rule: 'issue', message, advice } };
}
