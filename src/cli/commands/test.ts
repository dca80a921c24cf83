// postrider test: one real message to oneself before the list gets it.
import type { Command } from 'commander';
import { openRelay, relaySettings, signerOf } from '../../app.ts';
import { parseMailbox } from '../../domain/mailbox.ts';
import { testIssue } from '../../flows/test-issue.ts';
import { Failure } from '../failure.ts';
import { chooseList, loadOrFail, relayOf, withLedger } from '../session.ts';
import { noteProblems, print, suggest } from '../terminal.ts';
import { renderOrFail } from './issue-to-send.ts';

interface TestOptions {
  readonly issue: string;
  readonly to: string;
  readonly list?: string;
}

export function addTestCommand(program: Command): void {
  program
    .command('test')
    .description('send one message, marked [test], with links that do nothing')
    .requiredOption('--issue <id>', 'the issue')
    .requiredOption('--to <address>', 'who gets it, as name@example.org or "Name <name@example.org>"')
    .option('--list <list>', 'whose footer to show')
    .addHelpText('after', '\nExample:\n  postrider test --issue 2023-01 --to me@example.org')
    .action(test);
}

async function test(options: TestOptions): Promise<void> {
  const to = parseMailbox(options.to);
  if (!to) throw new Failure(2, `${JSON.stringify(options.to)} is not an address.`, 'Write it as name@example.org.');
  const config = loadOrFail(['relay', 'secret', 'base-url']);
  const place = relayOf(config);
  const { rendered, content } = await renderOrFail(config, options.issue, chooseList(config, options.list));
  noteProblems(rendered.problems);
  // Where the archive serves them, whoever looks at the mail sees them at once.
  if (rendered.images.length > 0)
    await withLedger(config, async (ledger) => ledger.images.add(rendered.images, await ledger.now()));
  const relay = openRelay({ ...relaySettings(place, config.newsletter), connections: 1 }, await signerOf(config));
  const submission = await testIssue(content, to, relay, config.secrets, Date.now());
  await relay.close();
  if (submission.kind === 'replied' && submission.reply.code >= 200 && submission.reply.code < 300) {
    print(`Accepted by ${place.host} for ${to.address}: ${submission.reply.text}`);
    return suggest(`postrider plan --issue ${options.issue}${options.list === undefined ? '' : ` --list ${options.list}`}`);
  }
  const why = submission.kind === 'replied' ? submission.reply.text : 'why' in submission ? submission.why : 'it was stopped';
  throw new Failure(1, `${place.host} did not take the message: ${why}`, 'Nothing was recorded; mend it and try again.');
}
