// How far a mailing is: a bar with rate and time left on a terminal, plain lines otherwise. It asks the
// ledger, so it shows what all processes together have done.
import { Presets, SingleBar } from 'cli-progress';
import type { Books } from '../domain/mailing.ts';
import { totalOf } from '../domain/outcome.ts';
import { formatCount, formatDuration, note } from './terminal.ts';

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
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> = Promise.resolve();

  const tick = async (): Promise<void> => {
    const askedAt = Date.now();
    const books = await readBooks();
    const done = totalOf(books.counts) - books.counts.due - books.counts.deferred;
    startCount ??= done;
    const rate = (done - startCount) / Math.max(1, (Date.now() - startedAt) / 1_000);
    const status = {
      rate: rate.toFixed(rate < 10 ? 1 : 0),
      left: rate > 0 ? formatDuration((books.counts.due / rate) * 1_000) : '…',
      again: books.counts.deferred > 0 ? `, ${formatCount(books.counts.deferred)} to try again` : '',
    };
    if (bar) {
      if (!bar.isActive) bar.start(books.recipients, done, status);
      bar.update(done, status);
    } else if (!isStopped)
      note(
        `${formatCount(done)} of ${formatCount(books.recipients)} done, ${status.rate}/s, about ${status.left} left${status.again}`,
      );
    const interval = Math.max(isTerminal ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS, (Date.now() - askedAt) * REST_FACTOR);
    if (!isStopped)
      timer = setTimeout(() => {
        ticking = tick();
      }, interval);
  };
  timer = setTimeout(
    () => {
      ticking = tick();
    },
    isTerminal ? 100 : PLAIN_INTERVAL_MS,
  );

  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await ticking;
      if (bar?.isActive) {
        await tick();
        bar.stop();
      }
    },
  };
}

function createBar(): SingleBar {
  const format = '{bar} {percentage}%  {value} of {total}  {rate}/s  {left} left{again}';
  return new SingleBar(
    { format, stream: process.stderr, hideCursor: true, clearOnComplete: false, barsize: 30 },
    Presets.shades_classic,
  );
}
