// postrider work: delivers whatever is due, for whoever asks, until it is told to stop. Any number of them, on any
// number of machines.
import type { Command } from 'commander';
import { withCrew } from '../crew.ts';
import { loadOrFail } from '../session.ts';

export function addWorkCommand(program: Command): void {
  program
    .command('work')
    .description('deliver whatever is due, until SIGTERM; any number of them on one ledger')
    .addHelpText('after', '\nExample:\n  postrider work')
    .action(work);
}

async function work(): Promise<void> {
  await withCrew(loadOrFail(['relay', 'secret']), 'work', () => Promise.resolve());
  // With Redis away, BullMQ's timers would hold the process for a while.
  process.exit();
}
