// postrider new: the file of the next issue.
import type { Command } from 'commander';
import { pressOf } from '../../app.ts';
import { beginIssue } from '../../flows/begin-issue.ts';
import { periodOf } from '../../issue/new-issue.ts';
import { writeAll } from '../../source/write-all.ts';
import { Failure, failWith } from '../failure.ts';
import { today } from '../read-day.ts';
import { loadOrFail } from '../session.ts';
import { note, print, suggest } from '../terminal.ts';

export function addNewCommand(program: Command): void {
  program
    .command('new <id>')
    .description('begin an issue: its file, with title and date, or from `issue.md` among the newsletter’s own templates')
    .addHelpText('after', '\nExamples:\n  postrider new 2023-02\n  postrider new 2024-11-20')
    .action(begin);
}

function begin(id: string): void {
  const config = loadOrFail();
  const begun = beginIssue(pressOf(config), id, today(config.newsletter.timezone));
  if (begun.kind === 'problem') failWith([begun.problem]);
  try {
    writeAll(config.root, [begun]);
  } catch (error) {
    throw new Failure(1, `${begun.path} cannot be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
  }
  print(begun.path);
  note(`Begun, dated ${/\d{4}-\d{2}-\d{2}/.exec(begun.text)?.[0] ?? 'not at all'}.`);
  const hasPeriod = periodOf({ id }) !== undefined;
  suggest(...(config.newsletter.collect && hasPeriod ? [`postrider collect --into ${id}`] : []), `postrider preview ${id}`);
}
