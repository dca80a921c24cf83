// postrider migrate: brings the ledger's tables up to date; with --from, moves a whole ledger to a server.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../../../config/load.ts';
import { SchemaError } from '../../store/engine.ts';
import { moveLedger } from '../../store/move-ledger.ts';
import { Failure } from '../failure.ts';
import { describeLedger, loadOrFail, openOrFail, wordsOf } from '../session.ts';
import { formatCount, note, print, suggest } from '../terminal.ts';

interface MigrateOptions {
  readonly from?: string;
}

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description("bring the ledger's tables up to date; a file's are by every command, a server's only by this one")
    .option('--from <url>', 'move the ledger of sqlite:FILE into the database of DATABASE_URL; the file sends no more')
    .addHelpText('after', '\nExamples:\n  postrider migrate\n  postrider migrate --from sqlite:.postrider/ledger.sqlite')
    .action(migrate);
}

async function migrate(options: MigrateOptions): Promise<void> {
  const config = loadOrFail();
  if (options.from !== undefined) return move(config, options.from);
  const name = describeLedger(config);
  const { ledger, migrated } = await openOrFail(config, true);
  await ledger.close();
  print(
    migrated.length === 0
      ? `The ledger ${name} is up to date.`
      : `The ledger ${name} was brought up to date: ${migrated.join(', ')}.`,
  );
}

async function move(config: Config, from: string): Promise<void> {
  const file = /^sqlite:(.+)$/.exec(from)?.[1];
  if (file === undefined || !existsSync(file))
    throw new Failure(2, `--from (${from}) names no ledger in a file.`, 'Write it as sqlite:.postrider/ledger.sqlite.');
  if (config.databaseUrl.startsWith('sqlite:'))
    throw new Failure(
      2,
      'DATABASE_URL names a file; a ledger is moved to a server.',
      'A file is moved by moving it while nothing runs. For a server, set DATABASE_URL=postgres://USER:PASSWORD@HOST/DATABASE.',
    );
  const place = describeLedger(config);
  note(`Moving ${file} to ${place} …`);
  const result = await moveLedger(`sqlite:${resolve(file)}`, config.databaseUrl, place, Date.now()).catch((error: unknown) => {
    if (error instanceof SchemaError) throw new Failure(1, error.message);
    throw new Failure(1, `The ledger was not moved: ${wordsOf(error)}.`, 'It is in use where it was; run the same line again.');
  });
  if (result.kind === 'refused') throw new Failure(1, `The ledger was not moved. ${result.why}`);
  print(`Moved: ${formatCount(result.rows)} rows. ${file} sends no more; keep it as a backup.`);
  suggest('postrider serve');
}
