// Problems, as they are shown to people.
import { describe, expect, it } from 'vitest';
import { formatProblem, isFatal, type Problem } from '../../src/domain/problem.ts';

const BARE: Problem = { severity: 'error', rule: 'front-matter', message: 'The date is missing.' };

describe('formatProblem', () => {
  it.each<[string, Partial<Problem>]>([
    ['error: The date is missing.', {}],
    ['warning: The date is missing.', { severity: 'warning' }],
    ['error: The date is missing. Write date = 2023-02-07.', { advice: 'Write date = 2023-02-07.' }],
    ['issues/1.md error: The date is missing.', { file: 'issues/1.md' }],
    ['issues/1.md:3 error: The date is missing.', { file: 'issues/1.md', line: 3 }],
    ['issues/1.md:3:1 error: The date is missing. Mend it.', { file: 'issues/1.md', line: 3, column: 1, advice: 'Mend it.' }],
  ])('writes %j', (text, more) => {
    expect(formatProblem({ ...BARE, ...more })).toBe(text);
  });
});

describe('isFatal', () => {
  it('stops the work for an error and not for a warning', () => {
    expect(isFatal(BARE)).toBe(true);
    expect(isFatal({ ...BARE, severity: 'warning' })).toBe(false);
  });
});
