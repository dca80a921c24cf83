// How a process is asked to stop: the first Ctrl-C, a SIGTERM or a closed terminal lets what is on the wire finish,
// within a limit; a second Ctrl-C ends it at once. A supervisor may send SIGTERM as often as it likes.
import { note } from './terminal.ts';

// Supervisors send SIGKILL after some time of their own; deploy/ and docker-compose.yml give 45 seconds.
const FINISH_MAX_MS = 30_000;

export interface Interruption {
  readonly signal: AbortSignal;
  stop(): void;
}

/** `word` is what to tell a person who stops it: the line that continues. */
export function onInterrupt(word: string): Interruption {
  const controller = new AbortController();
  let limit: NodeJS.Timeout | undefined;
  const leave = (): never => {
    note(`\nStopped. Who was being mailed just now may show as in doubt. ${word}`);
    process.exit(130);
  };
  const finish = (): void => {
    if (controller.signal.aborted) return;
    controller.abort();
    limit = setTimeout(leave, FINISH_MAX_MS).unref();
  };
  const interrupt = (): void => {
    if (controller.signal.aborted) leave();
    note('\nStopping after what is on the wire; once more to stop at once.');
    finish();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', finish);
  process.on('SIGHUP', finish);
  return {
    signal: controller.signal,
    stop() {
      clearTimeout(limit);
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', finish);
      process.off('SIGHUP', finish);
    },
  };
}
