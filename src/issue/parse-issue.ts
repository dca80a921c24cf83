// Reads one Markdown file into an Issue. Pure: no file is opened, no address is looked up.
//
// **Invariant**: parsing never fails. It returns the problems, and the issue unless one of them is fatal.
import type { Issue, IssueName } from '../domain/issue.ts';
import { isFatal, type Problem } from '../domain/problem.ts';
import type { Words } from '../domain/words.ts';
import { parseFrontMatter } from './front-matter.ts';
import { highlightCode } from './highlight-code.ts';
import { markdownToTree } from './markdown-to-tree.ts';
import { readMetadata } from './metadata.ts';
import { resolveLinks } from './resolve-links.ts';
import { sanitise } from './sanitise.ts';
import { showInMail } from './show-in-mail.ts';
import { isEmptyTree, splitSummary } from './summary.ts';

export interface IssueSource {
  /** The file's text, as read. */
  readonly text: string;
  /** The path to name in problems. */
  readonly file: string;
  readonly name: IssueName;
}

export interface IssueSettings {
  /** Pattern of the issue's web address, e.g. `https://news.example/{year}/{slug}/`. */
  readonly urlPattern: string;
  /** BCP 47; what the front matter says wins. */
  readonly language: string;
  readonly words: Words;
}

export interface ParsedIssue {
  /** Null exactly where a problem is an error. */
  readonly issue: Issue | null;
  readonly problems: readonly Problem[];
}

export function parseIssue(source: IssueSource, settings: IssueSettings): ParsedIssue {
  const matter = parseFrontMatter(source.text);
  const tree = markdownToTree(matter.body, settings.words);
  const metadata = readMetadata(matter, tree, source.name, settings);
  const shown = showInMail(tree, settings.words);
  const { summary, body: whole } = splitSummary(shown.tree);
  const { tree: clean, problems: unclean } = sanitise(whole);
  const { tree: linked, problems: unlinked } = resolveLinks(clean, metadata.url);
  const problems = [...matter.problems, ...metadata.problems, ...shown.problems, ...unclean, ...unlinked];
  if (isEmptyTree(linked)) problems.push(emptyIssue(matter.bodyLine));
  const placed = problems.map((problem) => ({ ...problem, file: source.file }));
  if (placed.some(isFatal)) return { issue: null, problems: placed };
  const { problems: _, preheader, ...facts } = metadata;
  const issue: Issue = { ...facts, preheader: preheader ?? summary, body: highlightCode(linked) };
  return { issue, problems: placed };
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
