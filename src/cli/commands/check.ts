// postrider check: what would embarrass an editor, before it goes out.
import { isAbsolute, join } from 'node:path';
import { type Command, Option } from 'commander';
import { pressOf } from '../../app.ts';
import { formatProblem, type Problem } from '../../domain/problem.ts';
import { checkOne, type LinkAsking } from '../../flows/check-issue.ts';
import { ASKING } from '../../reach/ask-links.ts';
import { openLinkCache } from '../../reach/link-cache.ts';
import { git } from '../../source/git.ts';
import { Failure } from '../failure.ts';
import { ownFolder } from '../own-folder.ts';
import { loadOrFail } from '../session.ts';
import { countOf, note, print, printJson, suggest } from '../terminal.ts';
import { issuesSince, namesFile, newestIssue } from './issue-to-send.ts';

interface CheckOptions {
  readonly format: 'text' | 'github' | 'json';
  readonly links: boolean;
  readonly since?: string;
}

export function addCheckCommand(program: Command): void {
  program
    .command('check [issues...]')
    .description('everything in an issue that would embarrass its editor, with its place; the newest issue where none is named')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'github', 'json']).default('text'))
    .option('--since <commit>', 'the issues that have changed since this branch left that one')
    .option('--no-links', 'do not ask the web whether links answer')
    .addHelpText(
      'after',
      '\nExamples:\n  postrider check 2023-01\n  postrider check drafts/2023-02.md --no-links\n  postrider check --since origin/main --format github',
    )
    .action(check);
}

async function check(named: readonly string[], { format, links, since }: CheckOptions): Promise<void> {
  const config = loadOrFail();
  const press = pressOf(config);
  // Whose footer it is matters to no rule.
  const [list = ''] = Object.keys(config.newsletter.lists);
  if (since !== undefined && named.length > 0) throw new Failure(2, 'Name issues, or a commit with --since, and not both.');
  const issues = since !== undefined ? issuesSince(press, since) : named.length > 0 ? named : [newestIssue(press)];
  if (issues.length === 0) {
    show([], format, '');
    return note(`No issue has changed since ${since}.`);
  }
  const asking: LinkAsking | null = links
    ? { ...ASKING, cache: openLinkCache(join(ownFolder(press.root), 'links.json'), Date.now()) }
    : null;
  const problems: Problem[] = [];
  for (const issue of issues) problems.push(...(await checkOne(press, issue, list, { isFile: namesFile(issue), asking })));
  show(problems, format, format === 'github' ? folderInGit(press.root) : '');
  const unfound = problems.find(({ rule, severity }) => rule === 'issue' && severity === 'error');
  if (unfound) throw new Failure(2, format === 'text' ? 'Not all could be checked.' : formatProblem(unfound));
  if (problems.length > 0)
    throw new Failure(1, `\n${countOf(problems.length, 'finding')} in ${countOf(issues.length, 'issue')}.`);
  note(`Nothing to complain of in ${countOf(issues.length, 'issue')}.`);
  const [issue] = issues;
  if (issues.length === 1 && issue !== undefined && !namesFile(issue)) suggest(`postrider test --issue ${issue} --to ADDRESS`);
}

/** GitHub names files from the repository's root, wherever in it the newsletter lies. */
function folderInGit(root: string): string {
  return git(root, ['rev-parse', '--show-prefix'])?.trim() ?? '';
}

function show(problems: readonly Problem[], format: CheckOptions['format'], folder: string): void {
  if (format === 'json') printJson(problems);
  else
    for (const problem of problems)
      print(format === 'github' ? annotation(problem, folder) : `${formatProblem(problem)} [${problem.rule}]`);
}

/** A workflow command, by which GitHub shows it beside the line. */
function annotation({ severity, rule, message, advice, file, line, column }: Problem, folder: string): string {
  const path = file === undefined || isAbsolute(file) ? file : join(folder, file);
  const place = Object.entries({ file: path, line, col: column, title: rule }).filter(([, value]) => value !== undefined);
  const properties = place.map(
    ([name, value]) => `${name}=${escaped(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`,
  );
  return `::${severity} ${properties.join(',')}::${escaped(advice === undefined ? message : `${message} ${advice}`)}`;
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
