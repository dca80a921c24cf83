// Tokens of highlighted code: highlight.js names dozens of kinds, a mail affords five colours. Each has a
// colour inline for clients that drop `<style>`, and a one-letter class by which styles.css darkens it.
import type { Element, ElementContent } from 'hast';

interface Colour {
  readonly className: string;
  readonly colour: string;
}

// All at 4.5:1 or more on #f6f8fa (WCAG 2.2, 1.4.3).
const KEYWORD: Colour = { className: 'k', colour: '#b3212d' };
const STRING: Colour = { className: 's', colour: '#0a3069' };
const COMMENT: Colour = { className: 'c', colour: '#59636e' };
const NUMBER: Colour = { className: 'n', colour: '#0550ae' };
const NAME: Colour = { className: 'f', colour: '#7a3dbd' };

const COLOURS: Readonly<Record<string, Colour>> = {
  'hljs-keyword': KEYWORD,
  'hljs-built_in': NAME,
  'hljs-type': NUMBER,
  'hljs-literal': NUMBER,
  'hljs-number': NUMBER,
  'hljs-string': STRING,
  'hljs-regexp': STRING,
  'hljs-char': STRING,
  'hljs-addition': STRING,
  'hljs-deletion': KEYWORD,
  'hljs-comment': COMMENT,
  'hljs-doctag': COMMENT,
  'hljs-meta': COMMENT,
  'hljs-title': NAME,
  'hljs-section': NAME,
  'hljs-symbol': NUMBER,
  'hljs-attr': NUMBER,
  'hljs-attribute': NUMBER,
  'hljs-name': KEYWORD,
  'hljs-tag': KEYWORD,
  'hljs-variable': NUMBER,
};

/** Changes the element in place: tokens with a colour keep their span, others leave only their text. */
export function colourTokens(element: Element): void {
  element.children = element.children.flatMap(colourChild);
}

function colourChild(node: ElementContent): ElementContent[] {
  if (node.type !== 'element') return [node];
  colourTokens(node);
  if (node.tagName !== 'span') return [node];
  const names = node.properties['className'];
  const first = Array.isArray(names) ? String(names[0]) : '';
  const colour = Object.hasOwn(COLOURS, first) ? COLOURS[first] : undefined;
  if (!colour) return node.children;
  return [{ ...node, properties: { className: [colour.className], style: `color:${colour.colour}` } }];
}
