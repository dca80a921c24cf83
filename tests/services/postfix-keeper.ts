/**
 * Starts Postfix by way of a small process that outlives the tests: it stops Postfix and removes the folder
 * when its standard input closes, which happens on stop(), and just as well when the tests crash or are
 * killed. It does not know what Postfix is configured to do.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

export interface Keeper {
  /** Starts Postfix, whose configuration must be in the folder by now; settles once it runs or has failed. */
  start(): Promise<void>;
  /** Stops Postfix if it runs, and removes the folder in any case. */
  stop(): Promise<void>;
}

type Shell = ChildProcessByStdio<Writable, Readable, null>;

const START_LIMIT_S = 60;

/** $1 is the postfix command and $2 the folder. */
const KEEPER = `
if read -r word; then
  timeout ${START_LIMIT_S} "$1" -c "$2/config" start </dev/null >"$2/start.log" 2>&1
  status=$?
  # When the tests were killed meanwhile, nobody reads this: go on to clean up all the same.
  trap '' PIPE
  echo "$status"
  cat >/dev/null
fi
exec >/dev/null 2>&1
pid=$(tr -d ' ' <"$2/queue/pid/master.pid")
# "abort" is "stop" without its waiting in whole seconds.
if "$1" -c "$2/config" abort; then
  # Postfix's processes are its master's process group; those that only wait to be reaped (Z) are over.
  for wait in $(seq 100); do
    cat /proc/[0-9]*/stat | grep -q ") [^Z] [0-9]* $pid " || break
    sleep 0.05
  done
  kill -KILL "-$pid"
fi
rm -rf -- "$2"
`;

/** To be called as soon as there is a folder, so that it is removed whatever happens next. */
export function startKeeper(command: string, folder: string): Keeper {
  // In a session of its own, or Ctrl-C would end the keeper before it has cleaned up.
  const shell = spawn('/bin/sh', ['-c', KEEPER, 'keep-postfix', command, folder], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // From here on, the keeper may not keep a test process from ending.
  shell.unref();
  return { start: () => start(shell), stop: () => stop(shell) };
}

async function start(shell: Shell): Promise<void> {
  const signal = AbortSignal.timeout((START_LIMIT_S + 10) * 1000);
  shell.stdin.write('start\n');
  const [status] = await once(shell.stdout, 'data', { signal });
  shell.stdout.destroy();
  const code = String(status).trim();
  if (code !== '0') throw new Error(`"postfix start" ended with status ${code}`);
}

async function stop(shell: Shell): Promise<void> {
  if (shell.exitCode !== null || shell.signalCode !== null) return;
  const ended = once(shell, 'exit');
  shell.ref();
  shell.stdin.end();
  await ended;
}
