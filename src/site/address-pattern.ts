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

/** The one that fits most issues; `issues` has the newest last, and one at least. */
export function addressPattern(issues: readonly PlacedIssue[]): AddressPattern {
  const examples = issues.slice(-3);
  const candidates = [...new Set(examples.flatMap((issue) => ORDERS.map((order) => generalise(issue, order))))];
  const scored = candidates.map((pattern) => ({ pattern, elsewhere: issues.filter((issue) => !fits(pattern, issue)).length }));
  return scored.toSorted((one, other) => one.elsewhere - other.elsewhere)[0] ?? { pattern: '/', elsewhere: issues.length };
}

/** The address with placeholders for what this issue calls its own. */
function generalise({ address, values }: PlacedIssue, order: readonly string[]): string {
  return order.reduce((pattern, name) => {
    const value = values[name];
    if (value === undefined || value === '') return pattern;
    const whole = new RegExp(`(?<![\\w{])${literally(value)}(?![\\w}])`);
    return pattern.replace(whole, `{${name}}`);
  }, address);
}

function fits(pattern: string, { address, values }: PlacedIssue): boolean {
  return /\{/.test(pattern) && fillPattern(pattern, values).text === address;
}
