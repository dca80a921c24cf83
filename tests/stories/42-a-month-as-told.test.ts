// docs/a-month.md shows what the commands say today: each of its lines is run again.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { A_MONTH, writeTranscript } from '../transcript.ts';

/** Without what differs from run to run: numbers, hashes, and how wide they make a column. */
function words(text: string): string {
  return text
    .replace(/\b(?=[a-f]*\d)[0-9a-f]{10}\b/g, 'HASH')
    .replace(/\d+(?:[.,]\d+)?/g, '#')
    .replace(/(\S) {2,}/g, '$1  ');
}

it('docs/a-month.md is what a terminal shows; if not, npm run transcript', { timeout: 120_000 }, async () => {
  expect(words(await writeTranscript())).toBe(words(readFileSync(A_MONTH, 'utf8')));
});
