// The witness: the sink in a process of its own. Its log is read as it grows, since it is asked often.
import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SinkEntry } from '../../../src/sink/sink.ts';
import { runSink } from '../cli.ts';

export interface Witness {
  readonly url: string;
  /** Addresses that it has kept a message for so far, with repetitions. */
  taken(): readonly string[];
  /** Ends it and throws away what it kept. */
  stop(): Promise<void>;
}

const STOP_MAX_MS = 5_000;

export async function callWitness(rules: readonly string[]): Promise<Witness> {
  const sink = await runSink(rules);
  const readOn = readLines(join(sink.folder, 'log.jsonl'));
  const taken: string[] = [];
  return {
    url: sink.url,
    taken() {
      for (const line of readOn()) {
        const { isTaken, recipient } = JSON.parse(line) as SinkEntry;
        if (isTaken) taken.push(recipient);
      }
      return taken;
    },
    async stop() {
      // Ctrl-C reaches the sink as well, and one that has ended already does not end again.
      await Promise.race([sink.stop(), sleep(STOP_MAX_MS)]);
      rmSync(sink.folder, { recursive: true });
    },
  };
}

/** Gives the whole lines that have come since it was asked last. */
function readLines(file: string): () => string[] {
  const chunk = Buffer.alloc(65_536);
  let position = 0;
  let rest = '';
  return () => {
    const descriptor = openOrNull(file);
    if (descriptor === null) return [];
    for (let size = -1; size !== 0; position += size) {
      size = readSync(descriptor, chunk, 0, chunk.length, position);
      rest += chunk.toString('latin1', 0, size);
    }
    closeSync(descriptor);
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    return lines;
  };
}

/** There is none before the first line. */
function openOrNull(file: string): number | null {
  try {
    return openSync(file, 'r');
  } catch {
    return null;
  }
}
