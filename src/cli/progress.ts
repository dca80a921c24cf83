// How far a mailing is: a bar with rate and time left on a terminal, plain lines otherwise. It asks the
// ledger, so it shows what all processes together have done.
import { Presets, SingleBar } from 'cli-progress';
import type { Books } from '../domain/mailing.ts';
import { formatCount, formatDuration, formatMoment, note } from './terminal.ts';

export interface Progress {
  stop(): Promise<void>;
}

const TERMINAL_INTERVAL_MS = 500;
const PLAIN_INTERVAL_MS = 10_000;
// Counting a million rows takes a moment; never spend more than a twentieth of the time on it.
const REST_FACTOR = 20;

export function showProgress(readBooks: () => Promise<Books>): Progress {
  const isTerminal = process.stderr.isTTY === true;
  const bar = isTerminal ? createBar() : undefined;
  const startedAt = Date.now();
  let startCount: number | undefined;
  let isStopped = false;
  let lastLine = '';
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> = Promise.resolve();

  const tick = async (): Promise<void> => {
    const askedAt = Date.now();
    const books = await readBooks();
    const done = books.recipients - books.counts.due - books.counts.deferred;
    startCount ??= done;
    const rate = (done - startCount) / Math.max(1, (Date.now() - startedAt) / 1_000);
    if (bar) updateBar(bar, books, done, pace(books, rate));
    else if (!isStopped) noteOnce(`${formatCount(done)} of ${formatCount(books.recipients)} done, ${pace(books, rate)}`);
    const interval = Math.max(isTerminal ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS, (Date.now() - askedAt) * REST_FACTOR);
    if (!isStopped) wait(interval);
  };
  const noteOnce = (line: string): void => {
    if (line !== lastLine) note(line);
    lastLine = line;
  };
  const wait = (delayMs: number): void => {
    timer = setTimeout(() => {
      // A ledger that is away for a moment is asked again.
      ticking = tick().catch(() => wait(PLAIN_INTERVAL_MS));
    }, delayMs);
  };
  wait(isTerminal ? 100 : PLAIN_INTERVAL_MS);

  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await ticking;
      if (bar?.isActive) {
        await tick().catch(() => undefined);
        bar.stop();
      }
    },
  };
}

/** What is left to do: how fast and how long, or when the next second try is due. */
function pace({ counts, nextDueAt }: Books, rate: number): string {
  const again = counts.deferred > 0 ? `${formatCount(counts.deferred)} to try again` : '';
  if (counts.due === 0 && counts.deferred > 0)
    return `${again}${nextDueAt === null ? '' : `, the first at ${formatMoment(nextDueAt)}`}`;
  const left =
    rate > 0 ? `${rate.toFixed(rate < 10 ? 1 : 0)}/s, about ${formatDuration((counts.due / rate) * 1_000)} left` : 'starting';
  return again === '' ? left : `${left}, ${again}`;
}

function updateBar(bar: SingleBar, { recipients }: Books, done: number, status: string): void {
  if (!bar.isActive) bar.start(recipients, done, { status });
  bar.update(done, { status });
}

function createBar(): SingleBar {
  const format = '{bar} {percentage}%  {value} of {total}  {status}';
  return new SingleBar(
    { format, stream: process.stderr, hideCursor: true, clearOnComplete: false, barsize: 30 },
    Presets.shades_classic,
  );
}
