// Before the first test: the services that are missing are installed where that is allowed (services/install.ts).
import { ensureCommands, SERVICES } from './services/install.ts';

export function setup(): void {
  for (const { command, why } of ensureCommands([...SERVICES.postfix, ...SERVICES.chromium]).missing) {
    process.stderr.write(`Left out: tests that need ${command}. ${why}\n`);
  }
}
