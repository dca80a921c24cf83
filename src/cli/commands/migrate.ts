// postrider migrate: brings the ledger's tables up to date. Every command does so by itself; this one says it.
import type { Command } from 'commander';
import { describeLedger, loadOrFail, openOrFail } from '../session.ts';
import { print } from '../terminal.ts';

export function addMigrateCommand(program: Command): void {
  program.command('migrate').description("bring the ledger's tables up to date").action(migrate);
}

async function migrate(): Promise<void> {
  const config = loadOrFail();
  const name = describeLedger(config);
  const { ledger, migrated } = await openOrFail(config);
  await ledger.close();
  print(
    migrated.length === 0
      ? `The ledger ${name} is up to date.`
      : `The ledger ${name} was brought up to date: ${migrated.join(', ')}.`,
  );
}
