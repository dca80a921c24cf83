// Every real issue of the corpus, and the sample: a check that complains of what is well is switched off.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkIssue, withoutIgnored } from '../../src/issue/check-issue.ts';
import { CORPUS, ISSUES } from '../email/corpus-table.ts';
import { WORDS } from './parse-markdown.ts';

if (!existsSync(CORPUS)) process.stderr.write(`Left out: checks of real issues. The folder ${CORPUS} is not there.\n`);

const FINDINGS_MAX = 8;

it.skipIf(!existsSync(CORPUS))('finds the issues of both newsletters', () => {
  expect(ISSUES.length).toBeGreaterThanOrEqual(42);
});

describe.each(ISSUES)('$file', ({ path, file, name, pattern, url }) => {
  it('has few findings, no errors, and soon', () => {
    const source = { text: readFileSync(path, 'utf8'), file, name };
    const startedAt = performance.now();
    const { problems } = checkIssue(source, { urlPattern: pattern, language: 'en', words: WORDS }, url);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    const findings = withoutIgnored(problems, source.text);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(findings.map(({ rule, line }) => `${rule} ${line}`).slice(FINDINGS_MAX - 1)).toEqual([]);
  });
});
