// postrider returns: what came back, read.
import { readFileSync, statSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { loadConfig } from '../../../config/load.ts';
import { type Returned, readReturned } from '../../flows/read-returned.ts';
import { Failure } from '../failure.ts';
import { print, printJson, table } from '../terminal.ts';

export function addReturnsCommand(program: Command): void {
  const returns = program.command('returns').description('returned mail: bounces, complaints, auto-replies');
  returns
    .command('read <files...>')
    .description('say what returned messages report (`-` for standard input); nothing is written down')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExamples:\n  postrider returns read bounce.eml\n  postrider returns read --json Maildir/new/*')
    .action(read);
}

const FILE_MAX_BYTES = 100_000_000;

async function read(files: readonly string[], options: { readonly json?: boolean }): Promise<void> {
  for (const file of files) checkReadable(file);
  const secrets = secretsIfAny();
  const results: { readonly file: string; readonly returned: Returned }[] = [];
  for (const file of files) {
    const bytes = file === '-' ? await buffer(process.stdin) : readFileSync(file);
    results.push({ file, returned: await readReturned(bytes, secrets) });
  }
  if (options.json) return printJson(results.map(({ file, returned }) => ({ file, reports: reportsOf(returned) })));
  const rows = results.flatMap(({ file, returned }) =>
    returned.reports.map(({ kind, recipient, status, reason, isGone, words }) => [
      ...[file, kind, recipient ?? '', status ?? '', isGone ? `${reason}, gone` : reason],
      words.slice(0, 80),
    ]),
  );
  print(table(rows, ['file', 'kind', 'recipient', 'status', 'reason', '']));
}

function reportsOf({ reports, delivery }: Returned): object[] {
  return reports.map(({ kind, recipient, status, reason, isGone, words }) => ({
    ...{ kind, recipient, delivery, status, reason, gone: isGone, words },
  }));
}

function checkReadable(file: string): void {
  if (file === '-') return;
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new Failure(2, `There is no file ${file}.`, 'Mend the path.');
  if (!found.isFile()) throw new Failure(2, `${file} is no file.`, 'Name the messages in it, as in Maildir/new/*.');
  if (found.size > FILE_MAX_BYTES) throw new Failure(2, `${file} is over 100 MB, which is no message.`, 'Leave it out.');
}

/** It works without a newsletter; with its secret it also knows which delivery came back. */
function secretsIfAny(): readonly string[] {
  const result = loadConfig(process.cwd(), process.env, []);
  return result.kind === 'config' ? result.config.secrets : [];
}
