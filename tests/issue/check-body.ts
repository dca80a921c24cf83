// A body below a title and a date, checked: what tests of the checks begin with.
import { checkIssue, withoutIgnored } from '../../src/issue/check-issue.ts';
import { BODY_LINE, WORDS } from './parse-markdown.ts';

const FRONT_MATTER = '+++\ntitle = "Title"\ndate = 2023-02-07\n+++\n';

/** `rule line:column`, the body's first line being 1. */
export function findingsIn(body: string, lineEnd = '\n'): string[] {
  const text = (FRONT_MATTER + body).replaceAll('\n', lineEnd);
  return withoutIgnored(checkFile(text).problems, text).map(
    ({ rule, line, column }) => `${rule} ${(line ?? 0) - BODY_LINE + 1}:${column}`,
  );
}

export function checkFile(text: string) {
  const settings = { urlPattern: 'https://press.example/this/{id}/', language: 'en', words: WORDS };
  return checkIssue(
    { text, file: 'issues/2023-01.md', name: { id: '2023-01' } },
    settings,
    'https://press.example/this/2023-01/',
  );
}

export function checkBody(body: string) {
  return checkFile(FRONT_MATTER + body);
}
