/**
 * A small shell beside a server that runs for the tests: when its standard input closes, which happens on stop(),
 * and just as well when the tests crash or are killed, it ends the server and removes its folder. It starts nothing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Whom a process runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface Keeper {
  /** Names the one process to be waited for, and the signal that ends it; 0 where it ends by itself. */
  watch(pid: number, signal: 'INT' | 0): void;
  /** When it has ended, since its number may soon be another's. */
  forget(): void;
  /** Settles when the folder is gone. May be called again. */
  stop(): Promise<void>;
}

/** $1 is the folder; $2 and $3 become the signal and the process. */
const KEEPER = `
is_alive() {
  # One that only waits to be reaped (Z) is over.
  kill -0 "$1" && ! grep -q ') Z ' "/proc/$1/stat"
}
while read -r line; do last=$line; done
set -- "$1" $last
if [ $# = 3 ] && kill "-$2" "$3"; then
  for wait in $(seq 600); do
    is_alive "$3" || break
    sleep 0.05
  done
  # Whatever it leaves behind is of its process group, which it leads.
  kill -KILL "-$3"
fi
rm -rf -- "$1"
`;

/** To be called as soon as there is a folder, so that it is removed whatever happens next. */
export function startKeeper(folder: string, account: Account | undefined): Keeper {
  // In a session of its own, or Ctrl-C would end the keeper before it has cleaned up.
  const shell = spawn('/bin/sh', ['-c', KEEPER, 'keep-server', folder], {
    ...account,
    // It must not be in the way of whoever removes the folder the tests are run in.
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // From here on, the keeper may not keep a test process from ending.
  shell.unref();
  return {
    watch: (pid, signal) => void shell.stdin.write(`${signal} ${pid}\n`),
    forget: () => void shell.stdin.write('\n'),
    async stop() {
      if (shell.exitCode !== null || shell.signalCode !== null) return;
      const ended = once(shell, 'exit');
      shell.ref();
      shell.stdin.end();
      await ended;
    },
  };
}
