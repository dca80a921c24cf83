// postrider amend: the mended text for those who have not got the issue yet. Whoever has keeps what they got.
import type { Command } from 'commander';
import { amendMailing } from '../../flows/steer-mailing.ts';
import { Failure } from '../failure.ts';
import { checkNotMoved, loadOrFail, withLedger } from '../session.ts';
import { countOf, note, noteProblems } from '../terminal.ts';
import { renderOrFail } from './issue-to-send.ts';
import { findMailing } from './report.ts';

interface AmendOptions {
  readonly issue: string;
  readonly list?: string;
}

export function addAmendCommand(program: Command): void {
  program
    .command('amend')
    .description('send the text as it is now to whoever has not been tried yet')
    .requiredOption('--issue <id>', 'the issue')
    .option('--list <list>', 'the list; may be left out where the issue went to one')
    .addHelpText(
      'after',
      '\nExample:\n  postrider pause --issue 2023-01 && postrider amend --issue 2023-01 && postrider resume --issue 2023-01',
    )
    .action(amend);
}

async function amend(options: AmendOptions): Promise<void> {
  const config = loadOrFail(['base-url']);
  await withLedger(config, async (ledger) => {
    checkNotMoved(ledger);
    const mailing = await findMailing(ledger, options.issue, options.list);
    if (mailing.state === 'finished' || mailing.state === 'cancelled')
      throw new Failure(2, `There is nobody to amend it for: the mailing is ${mailing.state}.`);
    const { rendered, content } = await renderOrFail(config, mailing.issue, mailing.list);
    noteProblems(rendered.problems);
    const newest = (await ledger.mailings.editions(mailing.id)).at(-1);
    const { edition, count } = await amendMailing(ledger, mailing, { ...rendered, content }, await ledger.now());
    if (edition === newest?.number && count === 0)
      throw new Failure(2, 'The text is what was frozen; there is nothing to amend.');
    note(`Edition ${edition} goes to ${countOf(count, 'recipient')}; whoever was tried before keeps the earlier one.`);
    note(`Who gets which: postrider report --issue ${mailing.issue} --list ${mailing.list}`);
  });
}
