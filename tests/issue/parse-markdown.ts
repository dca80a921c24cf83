// A Markdown file to an issue with fixed settings: what tests of the issue room begin with.
import type { Root } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { toString as textOf } from 'hast-util-to-string';
import { visit } from 'unist-util-visit';
import type { Issue, IssueName } from '../../src/domain/issue.ts';
import type { Problem } from '../../src/domain/problem.ts';
import type { Words } from '../../src/domain/words.ts';
import { type ParsedIssue, parseIssue } from '../../src/issue/parse-issue.ts';

export const WORDS: Words = {
  viewOnWeb: 'Read on the web',
  unsubscribe: 'Unsubscribe',
  preferences: 'Preferences',
  forwarded: 'Forwarded?',
  contents: 'Contents',
  continueReading: 'Continue',
  whyYouGetThis: '{address} is on {list}.',
  watchVideo: 'Watch',
  listen: 'Listen',
  openEmbedded: 'Open',
  footnotes: 'Notes',
  backToText: 'Back',
  image: 'image',
  note: 'Note',
  tip: 'Tip',
  important: 'Important',
  warning: 'Warning',
  caution: 'Caution',
};

/** The first line of a body below `FRONT_MATTER`. */
export const BODY_LINE = 5;

const FRONT_MATTER = '+++\ntitle = "Title"\ndate = 2023-02-07\n+++\n';

export interface Circumstances {
  readonly name?: IssueName;
  readonly urlPattern?: string;
}

export interface ParsedBody {
  readonly html: string;
  readonly text: string;
  readonly links: readonly string[];
  readonly preheader: string;
  readonly problems: readonly Problem[];
}

/** A whole file. The issue's web address is https://press.example/this/2023-01/ unless told otherwise. */
export function parseFile(text: string, { name = { id: '2023-01' }, urlPattern }: Circumstances = {}): ParsedIssue {
  const settings = { urlPattern: urlPattern ?? 'https://press.example/this/{id}/', language: 'en', words: WORDS };
  return parseIssue({ text, file: 'issues/2023-01.md', name }, settings);
}

export function issueOf(text: string, circumstances: Circumstances = {}): Issue {
  const { issue, problems } = parseFile(text, circumstances);
  if (issue === null) throw new Error(`This file has no issue in it: ${JSON.stringify(problems)}`);
  return issue;
}

/** A body below a title and a date, for tests to which the front matter does not matter. */
export function parseBody(body: string): ParsedBody {
  const { issue, problems } = parseFile(FRONT_MATTER + body);
  if (issue === null) throw new Error(`This body has no issue in it: ${JSON.stringify(problems)}`);
  const html = toHtml(issue.body, { characterReferences: { useNamedReferences: true } }).trim();
  return { html, text: textOf(issue.body), links: linksOf(issue.body), preheader: issue.preheader, problems };
}

function linksOf(tree: Root): string[] {
  const links: string[] = [];
  visit(tree, 'element', ({ properties }) => {
    if (typeof properties['href'] === 'string') links.push(properties['href']);
  });
  return links;
}

/** `severity line:column`, for tables of problems. */
export function placesOf(problems: readonly Problem[]): string[] {
  return problems.map(({ severity, line, column }) => `${severity} ${line}:${column}`);
}
