// Before the first test: the services that are missing are installed where that is allowed (services/install.ts).
import { ensureCommands, SERVICES } from './services/install.ts';

export function setup(): void {
  for (const { command, why } of ensureCommands(Object.values(SERVICES).flat()).missing) {
    process.stderr.write(`Left out: tests that need ${command}. ${why}\n`);
  }
}
