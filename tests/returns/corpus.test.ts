// Real returns of about eighty mail systems, where the corpus is at hand: held to the numbers that Postrider promises.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReturn } from '../../src/returns/read-return.ts';
import { CORPUS, hasCorpus, scoreCorpus } from './score.ts';

describe.skipIf(!hasCorpus)('the corpus of returned mail', () => {
  it('gives recipients and reasons as often as is promised, and calls nobody gone who lives', { timeout: 60_000 }, async () => {
    const { recipients, gone, falselyGone, complaints, ordinary } = await scoreCorpus();
    expect(recipients.found / recipients.of).toBeGreaterThanOrEqual(0.97);
    expect(gone.right / gone.of).toBeGreaterThanOrEqual(0.95);
    expect(falselyGone.count).toBe(0);
    expect(complaints.found).toBe(complaints.of);
    expect(ordinary.mistaken).toBe(0);
  });

  it('holds issues that are ordinary mail, with all the links and numbers in them', { timeout: 60_000 }, async () => {
    const files = globSync('issues/**/*.md', { cwd: CORPUS });
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      const body = readFileSync(join(CORPUS, file), 'utf8');
      const mail = `From: News <news@example.org>\r\nTo: ada@example.org\r\nSubject: ${file}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${body}`;
      expect((await readReturn(Buffer.from(mail))).reports.map(({ kind }) => kind)).toEqual(['other']);
    }
  });
});
