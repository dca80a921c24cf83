// Gmail shows the first 102,400 bytes of a mail's HTML and hides the rest, and the way to unsubscribe with it. Only an
// issue that is larger is cut: before a heading where that keeps most of it, else between two blocks.
import type { ElementContent, Root, RootContent } from 'hast';

/** At least this share of the room is used: a cut before a heading that keeps less is none. */
const SHARE_MIN = 0.8;
const SPLIT = new Set(['ul', 'ol', 'div', 'section', 'blockquote', 'table', 'tbody', 'dl']);

/** The beginning of the body that fits into so many bytes of HTML; `measure` gives the bytes of some of it. */
export function cutToSize(body: Root, room: number, measure: (nodes: readonly RootContent[]) => number): Root {
  const kept = firstOf(body.children, room, measure);
  const heading = kept.findLastIndex((node, index) => index > 0 && isHeading(node));
  const atHeading = kept.slice(0, heading);
  const isWorth = heading > 0 && measure(atHeading) >= SHARE_MIN * room;
  return { ...body, children: withoutAlone(isWorth ? atHeading : kept) };
}

function firstOf(nodes: readonly RootContent[], room: number, measure: (nodes: readonly RootContent[]) => number): RootContent[] {
  const kept: RootContent[] = [];
  let left = room;
  for (const node of nodes) {
    const size = measure([node]);
    if (size <= left) {
      kept.push(node);
      left -= size;
      continue;
    }
    if (node.type !== 'element' || !SPLIT.has(node.tagName)) return kept;
    const frame = measure([{ ...node, children: [] }]);
    const children = firstOf(node.children, left - frame, measure) as ElementContent[];
    return children.some((child) => child.type === 'element') ? [...kept, { ...node, children }] : kept;
  }
  return kept;
}

/** Without a heading, or the head of a table, at the end that nothing follows. */
function withoutAlone<Node extends RootContent>(nodes: readonly Node[]): Node[] {
  const end = nodes.findLastIndex((node) => node.type !== 'text' || node.value.trim() !== '');
  const last = nodes[end];
  if (last === undefined) return [];
  const before = nodes.slice(0, end);
  if (last.type !== 'element' || !SPLIT.has(last.tagName)) return isAlone(last) ? withoutAlone(before) : [...before, last];
  const children = withoutAlone(last.children);
  return children.length === 0 ? withoutAlone(before) : [...before, { ...last, children }];
}

function isAlone(node: RootContent): boolean {
  return isHeading(node) || (node.type === 'element' && node.tagName === 'thead');
}

function isHeading(node: RootContent): boolean {
  return node.type === 'element' && /^h[1-6]$/.test(node.tagName);
}
