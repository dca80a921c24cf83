// GitHub's callouts: a quote that begins with [!NOTE], [!TIP], [!IMPORTANT], [!WARNING] or [!CAUTION] on a line of its own.
import type { Element, ElementContent, Text } from 'hast';
import type { Words } from '../domain/words.ts';

export const CALLOUTS = ['note', 'tip', 'important', 'warning', 'caution'] as const;
type Callout = (typeof CALLOUTS)[number];

const MARK = /^\[!(\w+)\][ \t]*(?:\n|$)/;

/** A quote that is none stays one. */
export function turnCallout(quote: Element, words: Words): Element {
  const first = quote.children.find((child) => child.type === 'element');
  const text = first?.tagName === 'p' ? first.children[0] : undefined;
  const kind = text?.type === 'text' ? kindOf(text) : undefined;
  if (first === undefined || text?.type !== 'text' || kind === undefined) return quote;
  const rest: ElementContent[] = [{ ...text, value: text.value.replace(MARK, '') }, ...first.children.slice(1)];
  const isEmpty = rest.length === 1 && rest[0]?.type === 'text' && rest[0].value === '';
  const body = quote.children.flatMap((child) => (child === first ? (isEmpty ? [] : [{ ...first, children: rest }]) : [child]));
  return { ...quote, tagName: 'div', properties: { className: ['callout', kind] }, children: [titleOf(words[kind]), ...body] };
}

function kindOf({ value }: Text): Callout | undefined {
  const name = MARK.exec(value)?.[1]?.toLowerCase();
  return CALLOUTS.find((callout) => callout === name);
}

function titleOf(word: string): Element {
  const strong: Element = { type: 'element', tagName: 'strong', properties: {}, children: [{ type: 'text', value: word }] };
  return { type: 'element', tagName: 'p', properties: { className: ['callout-title'] }, children: [strong] };
}
