// Patterns for where issues lie and where they are on the web: `content/{date}-{slug}.md`,
// `https://news.example/{year}/{month}/{slug}/`. One pattern, read both ways: match a path, fill an address.
import type { IssueName } from './issue.ts';

/** What each placeholder stands for in a path. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  id: '[^/]+?',
  date: '\\d{4}-\\d{2}-\\d{2}',
  number: '\\d+',
  slug: '[^/]+?',
  year: '\\d{4}',
  month: '\\d{2}',
  day: '\\d{2}',
};

export const PLACEHOLDER_NAMES = Object.keys(PLACEHOLDERS);

/** Values for the placeholders. */
export type PatternValues = Readonly<Record<string, string | undefined>>;

/** The placeholders of a pattern that Postrider does not know. */
export function unknownPlaceholders(pattern: string): string[] {
  return placeholdersOf(pattern).filter((name) => !Object.hasOwn(PLACEHOLDERS, name));
}

export function placeholdersOf(pattern: string): string[] {
  return [...pattern.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
}

/** Reads an issue's name from its path; undefined where the path does not follow the pattern. */
export function matchIssueName(pattern: string, path: string): IssueName | undefined {
  const groups = toRegExp(pattern).exec(path)?.groups;
  if (!groups) return undefined;
  const { number, slug, year, month, day } = groups;
  const isMonth = year !== undefined && month !== undefined;
  const date = groups['date'] ?? (isMonth && day !== undefined ? `${year}-${month}-${day}` : undefined);
  const id = groups['id'] ?? date ?? number ?? (isMonth && slug === undefined ? `${year}-${month}` : slug);
  if (id === undefined) return undefined;
  return {
    id,
    ...(date !== undefined && { date }),
    ...(isMonth && date === undefined && { year, month }),
    ...(number !== undefined && { number }),
    ...(slug !== undefined && { slug }),
  };
}

/** Fills a pattern; a placeholder without a value is named in `missing`. */
export function fillPattern(pattern: string, values: PatternValues): { text: string; missing: string[] } {
  const missing: string[] = [];
  const text = pattern.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) missing.push(name);
    return value ?? whole;
  });
  return { text, missing };
}

/** The values that an address pattern may use. The folder of a month says which month an issue is of, whatever its date. */
export function patternValues(name: IssueName): PatternValues {
  const [year, month, day] = name.date?.split('-') ?? [];
  return { year, month, day, ...name };
}

function toRegExp(pattern: string): RegExp {
  const seen = new Set<string>();
  const source = pattern
    .split(/(\{[^{}]*\})/)
    .map((part) => {
      const name = /^\{(.*)\}$/.exec(part)?.[1];
      if (name === undefined) return literally(part);
      if (seen.has(name)) return `\\k<${name}>`;
      seen.add(name);
      return `(?<${name}>${Object.hasOwn(PLACEHOLDERS, name) ? PLACEHOLDERS[name] : '[^/]+?'})`;
    })
    .join('');
  return new RegExp(`^${source}$`);
}

/** As part of a regular expression that means nothing but itself. */
export function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
