// Runs a program of the newsletter's own and hands it one JSON object. What it prints is nobody's affair; a program
// that fails or takes long is left to itself.
import { spawn } from 'node:child_process';

const LIMIT_MS = 30_000;

/** Gives what went wrong, or undefined. Never rejects. */
export function runCommand([program = '', ...args]: readonly string[], input: object, cwd: string): Promise<string | undefined> {
  return new Promise<string | undefined>((resolve) => {
    const child = spawn(program, args, { cwd, stdio: ['pipe', 'ignore', 'inherit'], timeout: LIMIT_MS, killSignal: 'SIGKILL' });
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `it ended with ${signal ?? code}`));
    // A program need not read what it is told.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${JSON.stringify(input)}\n`);
    // Some paths are refused at once, by an exception.
  }).catch((error: unknown) => String(error));
}
