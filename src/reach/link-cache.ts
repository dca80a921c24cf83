// Which links answered lately, so that a second check asks only what is new. What was not there is asked again each time.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const KEPT_MS = 7 * 24 * 60 * 60_000;

export interface LinkCache {
  knows(url: string): boolean;
  add(url: string): void;
  /** A cache that cannot be written is no trouble. */
  save(): void;
}

export function openLinkCache(file: string, now: number): LinkCache {
  const seen = new Map(Object.entries(read(file)).filter(([, at]) => at > now - KEPT_MS && at <= now));
  return {
    knows: (url) => seen.has(url),
    add: (url) => void seen.set(url, now),
    save() {
      try {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, `${JSON.stringify(Object.fromEntries(seen), null, 1)}\n`);
      } catch {
        // The next check asks again.
      }
    },
  };
}

function read(file: string): Record<string, number> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Object.fromEntries(Object.entries(value ?? {}).filter(([, at]) => typeof at === 'number'));
  } catch {
    return {};
  }
}
