// Git is asked, never told anything.
import { execFileSync } from 'node:child_process';

const LIMIT_MS = 10_000;
const OUTPUT_MAX_BYTES = 64 * 1024 * 1024;

/** What git says; undefined where it says no, is not installed, or the folder is none of its. */
export function git(folder: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      env: ownEnvironment(),
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: LIMIT_MS,
      maxBuffer: OUTPUT_MAX_BYTES,
    });
  } catch {
    return undefined;
  }
}

/** In a hook git names its own repository there, whatever folder is asked for. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^GIT_(?:DIR|WORK_TREE|INDEX_FILE|PREFIX)$/.test(name)),
  );
}
