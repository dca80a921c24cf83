// The command line: reads the words, calls one command, turns its failure into a sentence and an exit code.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { packageRoot } from '../../config/package-root.ts';
import { addDeliveryCommands } from './commands/deliveries.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addListCommands } from './commands/lists.ts';
import { addMigrateCommand } from './commands/migrate.ts';
import { addPlanCommand } from './commands/plan.ts';
import { addRenderCommand } from './commands/render.ts';
import { addReportCommands } from './commands/report.ts';
import { addSendCommand } from './commands/send.ts';
import { addSinkCommand } from './commands/sink.ts';
import { addSubscriberCommands } from './commands/subscribers.ts';
import { addTestCommand } from './commands/test.ts';
import { Failure } from './failure.ts';
import { note } from './terminal.ts';

export async function main(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync([...argv]);
  } catch (error) {
    process.exitCode = explain(error);
  }
}

function createProgram(): Command {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  const program = new Command('postrider')
    .description('A newsletter press: an issue in Markdown becomes one email per subscriber, once each.')
    .version(version)
    .showHelpAfterError('Run it with --help to see what it takes.')
    .exitOverride();
  for (const add of [
    addRenderCommand,
    addTestCommand,
    addPlanCommand,
    addSendCommand,
    addReportCommands,
    addDeliveryCommands,
    addListCommands,
    addSubscriberCommands,
    addMigrateCommand,
    addSinkCommand,
    addDemoCommand,
  ])
    add(program);
  for (const command of allCommands(program))
    command.exitOverride().showHelpAfterError('Run it with --help to see what it takes.');
  return program;
}

function allCommands(command: Command): Command[] {
  return command.commands.flatMap((each) => [each, ...allCommands(each)]);
}

function explain(error: unknown): number {
  // Commander has printed its own words by now.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Failure) {
    note(error.message);
    return error.exitCode;
  }
  note(`Postrider failed, and this is its own fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return 1;
}
