// Finds the issues of a newsletter in its folder by the patterns of newsletter.yaml. It reads names only.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { distance } from 'fastest-levenshtein';
import type { IssueName } from '../domain/issue.ts';
import { matchIssueName } from '../domain/issue-pattern.ts';

export interface IssueFile {
  readonly name: IssueName;
  /** Relative to the newsletter's root, with `/`. */
  readonly path: string;
}

export type FindResult =
  | { readonly kind: 'found'; readonly file: IssueFile }
  | { readonly kind: 'missing'; readonly nearest: readonly string[] }
  | { readonly kind: 'ambiguous'; readonly paths: readonly string[] };

const NEAREST_MAX = 3;
// Issue 10 comes after issue 9.
const BY_ID = new Intl.Collator('en', { numeric: true });

/** All issues, by id. */
export function listIssues(root: string, patterns: readonly string[]): IssueFile[] {
  const files = patterns.flatMap((pattern) => {
    const paths = globSync(pattern.replace(/\{[^{}]*\}/g, '*'), { cwd: root }).map((path) => path.split('\\').join('/'));
    return paths.flatMap((path) => {
      const name = matchIssueName(pattern, path);
      return name ? [{ name, path }] : [];
    });
  });
  return files.sort((a, b) => BY_ID.compare(a.name.id, b.name.id));
}

export function findIssue(root: string, patterns: readonly string[], id: string): FindResult {
  const files = listIssues(root, patterns);
  const [file, ...others] = files.filter(({ name }) => name.id === id);
  if (!file) return { kind: 'missing', nearest: nearestTo(id, files) };
  if (others.length > 0) return { kind: 'ambiguous', paths: [file, ...others].map(({ path }) => path) };
  return { kind: 'found', file };
}

export function pathOf(root: string, file: IssueFile): string {
  return join(root, file.path);
}

function nearestTo(id: string, files: readonly IssueFile[]): string[] {
  const ranked = files
    .map(({ name }) => ({ id: name.id, far: distance(id, name.id) }))
    .sort((a, b) => a.far - b.far || (a.id < b.id ? 1 : -1));
  return ranked.slice(0, NEAREST_MAX).map((each) => each.id);
}
