// Reads one Markdown file into an Issue. Pure: no file is opened, no address is looked up.
//
// **Invariant**: parsing never fails. It returns the problems, and the issue unless one of them is fatal.
import type { Issue, IssueName } from '../domain/issue.ts';
import { isFatal, type Problem } from '../domain/problem.ts';
import { parseFrontMatter } from './front-matter.ts';
import { highlightCode } from './highlight-code.ts';
import { whatIsLeftOut } from './left-out.ts';
import { markdownToTree } from './markdown-to-tree.ts';
import { readMetadata } from './metadata.ts';
import { resolveLinks } from './resolve-links.ts';
import { sanitise } from './sanitise.ts';
import type { IssueSettings } from './settings.ts';
import { showInMail } from './show-in-mail.ts';
import { isEmptyTree, splitSummary } from './summary.ts';

export interface IssueSource {
  /** The file's text, as read. */
  readonly text: string;
  /** The path to name in problems. */
  readonly file: string;
  readonly name: IssueName;
}

export interface ParsedIssue {
  /** Null exactly where a problem is an error. */
  readonly issue: Issue | null;
  readonly problems: readonly Problem[];
}

export function parseIssue(source: IssueSource, settings: IssueSettings): ParsedIssue {
  const parsed = parseOrTooDeep(source, settings);
  return { ...parsed, problems: parsed.problems.map((problem) => ({ ...problem, file: source.file })) };
}

/** Trees are walked by recursion, here and in every library: what is nested thousands deep is not an issue. */
function parseOrTooDeep(source: IssueSource, settings: IssueSettings): ParsedIssue {
  try {
    return parseText(source, settings);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const advice = 'Look for an element or a list that is opened again and again.';
    return {
      issue: null,
      problems: [{ severity: 'error', rule: 'html', message: 'The issue is nested too deeply to be read.', advice, line: 1 }],
    };
  }
}

function parseText(source: IssueSource, settings: IssueSettings): ParsedIssue {
  const matter = parseFrontMatter(source.text);
  if (matter.problems.length > 0) return { issue: null, problems: matter.problems };
  const { tree, problems: unread } = markdownToTree(matter.body, settings.words, settings.site?.generator ?? null);
  const { problems: unclear, preheader, ...facts } = readMetadata(matter, tree, source.name, settings);
  const leftOut = whatIsLeftOut(tree);
  const { summary, body } = splitSummary(sanitise(showInMail(tree, settings.words)));
  const { tree: linked, problems: unlinked } = resolveLinks(body, facts.url, settings.site ?? null);
  const problems = [...unclear, ...unread, ...leftOut, ...unlinked];
  if (isEmptyTree(linked)) problems.push(emptyIssue(matter.bodyLine));
  if (problems.some(isFatal)) return { issue: null, problems };
  return { issue: { ...facts, preheader: preheader ?? summary, body: highlightCode(linked) }, problems };
}

function emptyIssue(line: number): Problem {
  return {
    severity: 'error',
    rule: 'empty',
    message: 'The issue has no text.',
    advice: 'Write something below the front matter.',
    line,
  };
}
