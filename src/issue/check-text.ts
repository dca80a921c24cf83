// What was forgotten in the text: placeholders, backticks without a partner, a site generator's own syntax, references
// that lead nowhere. What stands in code is code.
import type { Element, Root, Text } from 'hast';
import { CONTINUE, SKIP, visit } from 'unist-util-visit';
import type { Problem } from '../domain/problem.ts';
import { found } from './found.ts';

interface Pattern {
  readonly rule: string;
  readonly pattern: RegExp;
  /** Null where it is as it should be. */
  readonly say: (match: string) => readonly [message: string, advice: string] | null;
}

const PATTERNS: readonly Pattern[] = [
  {
    rule: 'placeholder',
    pattern: /\b(?:TODO|FIXME|TBD|XXX)\b(?=\s*(?:[:(\]]|$))|\b[Ll]orem ipsum\b/gm,
    say: (match) => [`“${match}” is still there.`, 'Write what belongs there, or remove it.'],
  },
  {
    rule: 'backtick',
    pattern: /(?<!\\)`/g,
    say: () => ['A backtick without a partner.', 'Close the code, or write \\` for the sign itself.'],
  },
  {
    rule: 'generator',
    pattern: /\{\{[^{}]{1,200}\}\}|\{%[^{}]{1,200}%\}|\{\{<[^{}]{1,200}>\}\}/g,
    say: (match) => [`\`${match}\` is a site generator's own and stands in the mail as it is.`, 'Write it in Markdown.'],
  },
  {
    rule: 'reference',
    pattern: /(?<![\\\w])\[[^[\]\n]{1,200}\]\[[^[\]\n]{0,100}\]/g,
    say: (match) => [`\`${match}\` refers to nothing.`, 'Add a line such as [name]: https://…, or mend the name.'],
  },
];

// Where there is a year, a day has one name and only one.
const WRITTEN_DAYS: readonly Pattern[] = [
  /\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? +[A-Z][a-z]+\.? +\d{1,2}(?:st|nd|rd|th)?,? +\d{4}\b/g,
  /\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? +(?:the +)?\d{1,2}(?:st|nd|rd|th)?(?: +of)? +[A-Z][a-z]+,? +\d{4}\b/g,
].map((pattern) => ({ rule: 'date', pattern, say: wrongDayOfWeek }));
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export function checkText(tree: Root, written: string): Problem[] {
  const problems: Problem[] = [];
  visit(tree, (node) => {
    if (node.type === 'element' && isCode(node)) return SKIP;
    if (node.type === 'text') problems.push(...findingsIn(node, written));
    return CONTINUE;
  });
  return problems;
}

function isCode({ tagName }: Element): boolean {
  return ['pre', 'code', 'kbd', 'samp', 'script', 'style'].includes(tagName);
}

function wrongDayOfWeek(written: string): readonly [string, string] | null {
  const [named = '', ...rest] = written.split(/[ ,]+/);
  const at = Date.parse(
    `${rest
      .filter((word) => !/^(?:the|of)$/.test(word))
      .join(' ')
      .replace(/(\d)(?:st|nd|rd|th)/, '$1')} UTC`,
  );
  const day = DAYS[new Date(at).getUTCDay()];
  if (day === undefined || day === named) return null;
  return [`“${written}” is a ${day}.`, 'Mend the day or the date.'];
}

/** As the author wrote it: what is escaped there is meant. One word about a rule is enough for a line. */
function findingsIn({ value, position }: Text, written: string): Problem[] {
  const [from, to] = [position?.start?.offset, position?.end?.offset];
  const source = from === undefined || to === undefined ? value : written.slice(from, to);
  return [...PATTERNS, ...WRITTEN_DAYS].flatMap(({ rule, pattern, say }) => {
    const byLine = new Map<number, Problem>();
    for (const match of source.matchAll(pattern)) {
      const said = say(match[0]);
      if (said === null) continue;
      const place = placeIn(source, position, match.index);
      const { line = 0 } = place.position?.start ?? {};
      if (!byLine.has(line)) byLine.set(line, found(rule, place, ...said));
    }
    return [...byLine.values()];
  });
}

function placeIn(source: string, position: Text['position'], index: number): Pick<Text, 'position'> {
  if (!position?.start) return {};
  const before = source.slice(0, index).split('\n');
  const line = position.start.line + before.length - 1;
  const column = before.length === 1 ? position.start.column + index : (before.at(-1)?.length ?? 0) + 1;
  return { position: { start: { line, column }, end: position.end } };
}
