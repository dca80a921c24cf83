// Gmail shows the first 102,400 bytes of a mail's HTML and hides the rest, and the way to unsubscribe with it. Only an
// issue that is larger is cut: before a heading where that keeps most of it, else between two blocks.
import type { ElementContent, Root, RootContent, Text } from 'hast';

/** At least this share of the room is used: a cut that keeps less is made at a smaller part. */
const SHARE_MIN = 0.8;
const BLOCKS = new Set(['ul', 'ol', 'div', 'section', 'blockquote', 'table', 'tbody', 'dl']);
/** What is cut within, between two words or lines, only where there is nothing else. */
const PROSE = new Set(['p', 'li', 'dd', 'pre', 'code']);

type Measure = (nodes: readonly RootContent[]) => number;

/** The beginning of the body that fits into so many bytes of HTML; `measure` gives the bytes of some of it. */
export function cutToSize(body: Root, room: number, measure: Measure): Root {
  const isWorth = (nodes: readonly RootContent[]): boolean => measure(nodes) >= SHARE_MIN * room;
  const whole = firstOf(body.children, room, { measure, mayCut: BLOCKS });
  const kept = isWorth(whole) ? whole : firstOf(body.children, room, { measure, mayCut: new Set([...BLOCKS, ...PROSE]) });
  const heading = kept.findLastIndex((node, index) => index > 0 && isHeading(node));
  const atHeading = kept.slice(0, heading);
  return { ...body, children: withoutAlone(heading > 0 && isWorth(atHeading) ? atHeading : kept) };
}

interface Cutting {
  readonly measure: Measure;
  /** Elements that may be cut within. */
  readonly mayCut: ReadonlySet<string>;
}

function firstOf(nodes: readonly RootContent[], room: number, cutting: Cutting): RootContent[] {
  const { measure, mayCut } = cutting;
  const kept: RootContent[] = [];
  let left = room;
  for (const node of nodes) {
    const size = measure([node]);
    if (size <= left) {
      kept.push(node);
      left -= size;
      continue;
    }
    if (node.type === 'text') return [...kept, ...firstWords(node, left, measure)];
    if (node.type !== 'element' || !mayCut.has(node.tagName)) return kept;
    const frame = measure([{ ...node, children: [] }]);
    const children = firstOf(node.children, left - frame, cutting) as ElementContent[];
    const isSome = children.some((child) => child.type === 'element' || PROSE.has(node.tagName));
    return isSome ? [...kept, { ...node, children }] : kept;
  }
  return kept;
}

/** Whole lines where there are some, else whole words. */
function firstWords(text: Text, room: number, measure: Measure): Text[] {
  let value = text.value;
  for (let size = measure([text]); size > room && value !== ''; size = measure([{ ...text, value: `${value}…` }])) {
    const part = value.slice(0, Math.min(value.length - 1, Math.floor((value.length * Math.max(0, room)) / size)));
    value = part.slice(0, part.lastIndexOf(part.includes('\n') ? '\n' : ' ') + 1).trimEnd();
  }
  return value === '' ? [] : [{ ...text, value: `${value}…` }];
}

/** Without a heading, or the head of a table, at the end that nothing follows. */
function withoutAlone<Node extends RootContent>(nodes: readonly Node[]): Node[] {
  const end = nodes.findLastIndex((node) => node.type !== 'text' || node.value.trim() !== '');
  const last = nodes[end];
  if (last === undefined) return [];
  const before = nodes.slice(0, end);
  if (last.type !== 'element' || !BLOCKS.has(last.tagName)) return isAlone(last) ? withoutAlone(before) : [...before, last];
  const children = withoutAlone(last.children);
  return children.length === 0 ? withoutAlone(before) : [...before, { ...last, children }];
}

function isAlone(node: RootContent): boolean {
  return isHeading(node) || (node.type === 'element' && node.tagName === 'thead');
}

function isHeading(node: RootContent): boolean {
  return node.type === 'element' && /^h[1-6]$/.test(node.tagName);
}
