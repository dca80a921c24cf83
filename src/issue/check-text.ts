// What was forgotten in the text: placeholders, backticks without a partner, a site generator's own syntax, references
// that lead nowhere. What stands in code is code.
import type { Element, Root, Text } from 'hast';
import { CONTINUE, SKIP, visit } from 'unist-util-visit';
import type { Problem } from '../domain/problem.ts';
import { found } from './found.ts';

interface Pattern {
  readonly rule: string;
  readonly pattern: RegExp;
  readonly say: (match: string) => readonly [message: string, advice: string];
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

/** As the author wrote it: what is escaped there is meant. One word about a rule is enough for a line. */
function findingsIn({ value, position }: Text, written: string): Problem[] {
  const [from, to] = [position?.start?.offset, position?.end?.offset];
  const source = from === undefined || to === undefined ? value : written.slice(from, to);
  return PATTERNS.flatMap(({ rule, pattern, say }) => {
    const byLine = new Map<number, Problem>();
    for (const match of source.matchAll(pattern)) {
      const place = placeIn(source, position, match.index);
      const [message, advice] = say(match[0]);
      const { line = 0 } = place.position?.start ?? {};
      if (!byLine.has(line)) byLine.set(line, found(rule, place, message, advice));
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
