// The pattern of the issues' web addresses, from where their generator puts some of them.
import { fillPattern, literally, type PatternValues } from '../domain/issue-pattern.ts';

export interface PlacedIssue {
  readonly values: PatternValues;
  /** Below the site's own. */
  readonly address: string;
}

export interface AddressPattern {
  readonly pattern: string;
  /** How many of the issues it puts elsewhere than their generator does. */
  readonly elsewhere: number;
}

// What a part of an address may stand for is tried in several orders: `2023-01` may be an id, or a year and a month.
const ORDERS: readonly (readonly string[])[] = [
  ['id', 'date', 'slug', 'number', 'year', 'month', 'day'],
  ['slug', 'date', 'id', 'number', 'year', 'month', 'day'],
  ['date', 'slug', 'number', 'year', 'month', 'day', 'id'],
  ['slug', 'year', 'month', 'day', 'number', 'id', 'date'],
  ['number', 'year', 'month', 'day', 'slug', 'id', 'date'],
];

// Of a date, say, that the issue does not have, or a token that nobody here knows.
const UNFILLED = /[:%]-?[a-z]/i;
const LAST_RESORT = '/{id}/';

/** The one that fits most issues; `issues` has the newest last, and one at least. */
export function addressPattern(issues: readonly PlacedIssue[]): AddressPattern {
  const examples = issues.slice(-3);
  const candidates = [...new Set(examples.flatMap((issue) => ORDERS.map((order) => generalise(issue, order))))];
  const scored = candidates
    .filter((pattern) => pattern.includes('{') && !UNFILLED.test(pattern))
    .map((pattern) => ({ pattern, elsewhere: issues.filter((issue) => !fits(pattern, issue)).length }));
  const [best] = scored.toSorted((one, other) => one.elsewhere - other.elsewhere);
  return best ?? { pattern: LAST_RESORT, elsewhere: issues.length };
}

/** The address with placeholders for what this issue calls its own. */
function generalise({ address, values }: PlacedIssue, order: readonly string[]): string {
  return order.reduce((pattern, name) => {
    const value = values[name];
    if (value === undefined || value === '') return pattern;
    // A number ends where its digits do, and a word where its letters and digits do.
    const inside = /^\d+$/.test(value) ? '\\d' : '\\p{L}\\p{N}';
    const whole = new RegExp(`(?<![${inside}]|\\{\\w*)${literally(value)}(?![${inside}]|\\w*\\})`, 'u');
    return pattern.replace(whole, `{${name}}`);
  }, address);
}

function fits(pattern: string, { address, values }: PlacedIssue): boolean {
  return fillPattern(pattern, values).text === address;
}
