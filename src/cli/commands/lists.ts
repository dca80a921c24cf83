// postrider lists: which there are, and who is on them in numbers.
import type { Command } from 'commander';
import { checkListName, loadOrFail, withLedger } from '../session.ts';
import { note, print, printJson, table } from '../terminal.ts';

export function addListsCommand(program: Command): void {
  const lists = program
    .command('lists')
    .description('the lists and how many are on them')
    .addHelpText('after', '\nExample:\n  postrider lists');
  lists
    .command('ls', { isDefault: true })
    .description('all lists')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExamples:\n  postrider lists ls\n  postrider lists ls --json')
    .action(ls);
  lists
    .command('create <list>')
    .description('make a list that newsletter.yaml does not name')
    .addHelpText('after', '\nExample:\n  postrider lists create weekly')
    .action(create);
}

async function ls(options: { readonly json?: boolean }): Promise<void> {
  const config = loadOrFail();
  await withLedger(config, async (ledger) => {
    const known = await ledger.lists.all();
    const names = new Set([...Object.keys(config.newsletter.lists), ...known.map(({ id }) => id)]);
    const none = { pending: 0, active: 0, ended: 0 };
    const rows = [...names].sort().map((id) => ({
      id,
      title: config.newsletter.lists[id]?.title ?? null,
      ...(known.find((list) => list.id === id)?.counts ?? none),
    }));
    if (options.json) return printJson(rows);
    print(
      table(
        rows.map(({ id, title, active, pending, ended }) => [id, title ?? '(not in newsletter.yaml)', active, pending, ended]),
        ['list', 'title', 'active', 'pending', 'ended'],
      ),
    );
  });
}

async function create(name: string): Promise<void> {
  const list = checkListName(name);
  await withLedger(loadOrFail(), (ledger) => ledger.lists.ensure(list, Date.now()));
  note(
    `The list ${list} is there. Give it a title in newsletter.yaml, and import subscribers: postrider subscribers import FILE --list ${list}`,
  );
}
