// npm test: format, lint and import rules, types, then every test; the last line is the counts alone.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

function run(command: string, args: readonly string[]): number {
  return spawnSync(command, args, { stdio: 'inherit' }).status ?? 1;
}

function main(): number {
  const checks = run('biome', ['ci', '--error-on-warnings']) || run('tsc', []);
  if (checks !== 0) return checks;
  const folder = mkdtempSync(join(tmpdir(), 'postrider-test-'));
  const file = join(folder, 'results.json');
  const status = run('vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${file}`,
    ...process.argv.slice(2),
  ]);
  const results = JSON.parse(readFileSync(file, 'utf8')) as Results;
  rmSync(folder, { recursive: true });
  process.stdout.write(
    `${results.numPassedTests} passed, ${results.numFailedTests} failed, ${results.numPendingTests + results.numTodoTests} skipped\n`,
  );
  return status;
}

process.exitCode = main();
