// The command line: reads the words, calls one command, turns its failure into a sentence and an exit code.
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../../config/package-root.ts';
import { Failure } from './failure.ts';
import { note } from './terminal.ts';

type Add = (program: Command) => void;

type Commands = Readonly<Record<string, () => Promise<Add>>>;

// Each command is loaded when it is called: MJML alone takes longer to load than most commands to run.
const GROUPS: Readonly<Record<string, Commands>> = {
  'Write:': {
    init: async () => (await import('./commands/init.ts')).addInitCommand,
    new: async () => (await import('./commands/new.ts')).addNewCommand,
    collect: async () => (await import('./commands/collect.ts')).addCollectCommand,
    check: async () => (await import('./commands/check.ts')).addCheckCommand,
    preview: async () => (await import('./commands/preview.ts')).addPreviewCommand,
    render: async () => (await import('./commands/render.ts')).addRenderCommand,
  },
  'Send:': {
    test: async () => (await import('./commands/test.ts')).addTestCommand,
    plan: async () => (await import('./commands/plan.ts')).addPlanCommand,
    send: async () => (await import('./commands/send.ts')).addSendCommand,
    status: async () => (await import('./commands/report.ts')).addStatusCommand,
    report: async () => (await import('./commands/report.ts')).addReportCommand,
    deliveries: async () => (await import('./commands/deliveries.ts')).addDeliveriesCommand,
  },
  'Steer a mailing:': {
    pause: async () => (await import('./commands/steer.ts')).addPauseCommand,
    resume: async () => (await import('./commands/steer.ts')).addResumeCommand,
    cancel: async () => (await import('./commands/steer.ts')).addCancelCommand,
    amend: async () => (await import('./commands/amend.ts')).addAmendCommand,
    retry: async () => (await import('./commands/steer.ts')).addRetryCommand,
    resolve: async () => (await import('./commands/steer.ts')).addResolveCommand,
  },
  'Keep the lists:': {
    lists: async () => (await import('./commands/lists.ts')).addListsCommand,
    subscribers: async () => (await import('./commands/subscribers.ts')).addSubscribersCommand,
    suppressions: async () => (await import('./commands/suppressions.ts')).addSuppressionsCommand,
    returns: async () => (await import('./commands/returns.ts')).addReturnsCommand,
  },
  'Run it:': {
    serve: async () => (await import('./commands/serve.ts')).addServeCommand,
    work: async () => (await import('./commands/work.ts')).addWorkCommand,
    migrate: async () => (await import('./commands/migrate.ts')).addMigrateCommand,
    dkim: async () => (await import('./commands/dkim.ts')).addDkimCommand,
  },
  'Try it:': {
    demo: async () => (await import('./commands/demo.ts')).addDemoCommand,
    sink: async () => (await import('./commands/sink.ts')).addSinkCommand,
    complete: async () => (await import('./completion.ts')).addCompletion,
  },
};
const COMMANDS: Commands = Object.assign({}, ...Object.values(GROUPS));

export async function main(argv: readonly string[]): Promise<void> {
  // Whoever reads us may stop reading, as `head` does. A terminal that is gone, and a line that is cut, end nothing: what is on
  // the wire is to be finished and written down, whoever looks.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EIO') process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  process.stderr.on('error', () => undefined);
  try {
    await (await createProgram(argv[2])).parseAsync([...argv]);
  } catch (error) {
    process.exitCode = explain(error);
  }
}

/** With the command that is called; with all of them for help, for completion, and for what is not known. */
export async function createProgram(called?: string): Promise<Command> {
  const program = new Command('postrider')
    .description('A newsletter press: an issue in Markdown becomes one email per subscriber, once each.')
    .version(packageVersion())
    .addHelpText('after', '\nExamples:\n  postrider init\n  postrider preview\n  postrider send --issue 2023-01');
  const isOne = called !== undefined && called !== 'complete' && Object.hasOwn(COMMANDS, called);
  for (const [title, commands] of Object.entries(GROUPS)) {
    program.commandsGroup(title);
    for (const [name, load] of Object.entries(commands)) if (!isOne || name === called) (await load())(program);
  }
  for (const command of [program, ...allCommands(program)])
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
