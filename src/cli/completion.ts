// postrider complete: what the shell may offer while a command is typed, with the newsletter's own issues and lists.
import type { Complete } from '@bomb.sh/tab';
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { type Config, loadConfig } from '../../config/load.ts';
import { listIssues } from '../source/find-issues.ts';
import { print } from './terminal.ts';

const ISSUES_MAX = 24;

/** Comes last: it offers the commands that are there by then. */
export function addCompletion(program: Command): void {
  const offered = tab(program);
  program.commands
    .find((command) => command.name() === 'complete')
    ?.description('print what a shell needs to complete commands: bash, zsh, fish or powershell')
    .addHelpText(
      'after',
      '\nExamples:\n  source <(postrider complete bash)\n  source <(postrider complete zsh)\n  postrider complete fish | source',
    );
  program.hook('preAction', (_program, { args: [shell] }) => {
    if (process.argv[2] === 'complete' && shell === 'bash') print(WITHOUT_BASH_COMPLETION);
  });
  for (const command of offered.commands.values()) {
    for (const [name, offer] of Object.entries(OFFERS)) {
      const option = command.options.get(name);
      if (option) option.handler = (complete) => offer(complete);
    }
    for (const argument of command.arguments.values())
      if (/^issues?$/.test(argument.name)) argument.handler = (complete) => offerIssues(complete);
  }
}

// The script asks for this function of the package bash-completion, which a server or a Mac may not have.
const WITHOUT_BASH_COMPLETION = `declare -F _get_comp_words_by_ref >/dev/null || _get_comp_words_by_ref() {
    words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
    cur=\${words[cword]} prev=\${words[cword-1]}
}`;

const OFFERS: Readonly<Record<string, (complete: Complete) => void>> = {
  issue: offerIssues,
  into: offerIssues,
  list: offerLists,
};

/** The newest first. */
function offerIssues(complete: Complete): void {
  const config = configOrNull();
  if (config === null) return;
  const issues = listIssues(config.root, config.newsletter.issues.files).toReversed();
  for (const { name, path } of issues.slice(0, ISSUES_MAX)) complete(name.id, path);
}

function offerLists(complete: Complete): void {
  for (const [name, { title }] of Object.entries(configOrNull()?.newsletter.lists ?? {})) complete(name, title);
}

/** Nobody who types wants to hear of a mistake in the settings. */
function configOrNull(): Config | null {
  const result = loadConfig(process.cwd(), process.env, []);
  return result.kind === 'config' ? result.config : null;
}
