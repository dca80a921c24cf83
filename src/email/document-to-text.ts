// The tree to plain text that reads well by itself: underlined headings, wrapped paragraphs, lists,
// tables, code exactly as written, and links as numbered notes at the end of their section.
import type { Element, Root, RootContent } from 'hast';
import type { Words } from '../domain/words.ts';
import { inlineToText, type Node, type TextContext } from './inline-to-text.ts';
import { LinkNotes } from './link-notes.ts';
import { tableToText } from './table-to-text.ts';
import { indent, TEXT_WIDTH, underline, unglue, wrapText } from './wrap-text.ts';

const BLOCKS = new Set([
  ...['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'pre', 'blockquote', 'table', 'hr', 'div', 'section'],
  ...['figure', 'figcaption', 'dl', 'dt', 'dd', 'center', 'caption'],
]);

/** `words` names what a text cannot show. */
export function documentToText(body: Root, words: Pick<Words, 'image'>): string {
  const notes = new LinkNotes();
  const context: TextContext = { width: TEXT_WIDTH, notes, words };
  const sections = splitAtHeadings(body.children).map((children) => {
    const text = blocksToText(children, context);
    return [text, notes.take()].filter((part) => part !== '').join('\n\n');
  });
  return unglue(sections.filter((section) => section !== '').join('\n\n'));
}

/** `isTight`: a list within an item follows it without a blank line. */
function blocksToText(nodes: readonly Node[], context: TextContext, isTight = false): string {
  let text = '';
  let run: Node[] = [];
  const add = (block: string, isList: boolean): void => {
    if (block === '') return;
    text += `${text === '' ? '' : isTight && isList ? '\n' : '\n\n'}${block}`;
  };
  const endRun = (): void => {
    add(wrapText(inlineToText(run, context), context.width), false);
    run = [];
  };
  for (const node of nodes) {
    if (node.type !== 'element' || !BLOCKS.has(node.tagName)) run.push(node);
    else {
      endRun();
      add(blockToText(node, context), node.tagName === 'ul' || node.tagName === 'ol');
    }
  }
  endRun();
  return text;
}

function blockToText(element: Element, context: TextContext): string {
  const inline = (): string => inlineToText(element.children, context);
  switch (element.tagName) {
    case 'h1':
      return underline(inline(), '=');
    case 'h2':
      return underline(inline(), '-');
    case 'h3':
      return wrapText(`## ${inline()}`, context.width);
    case 'h4':
    case 'h5':
    case 'h6':
      return wrapText(`### ${inline()}`, context.width);
    case 'pre':
      return indent(preformatted(element).replace(/\s+$/, ''), '    ');
    case 'hr':
      return '* * *';
    case 'ul':
    case 'ol':
      return listToText(element, context);
    case 'blockquote':
      return indent(blocksToText(element.children, narrower(context, 2)), '> ');
    case 'dd':
      return indent(blocksToText(element.children, narrower(context, 4)), '    ');
    case 'table':
      return tableToText(element, (cell) => inlineToText(cell.children, context), context.width);
    default:
      return blocksToText(element.children, context);
  }
}

function preformatted(node: Node): string {
  if (node.type === 'text') return node.value;
  if (node.type !== 'element') return '';
  return node.tagName === 'br' ? '\n' : node.children.map(preformatted).join('');
}

function listToText(list: Element, context: TextContext): string {
  const items = list.children.filter((child): child is Element => child.type === 'element' && child.tagName === 'li');
  const isLoose = items.some((item) => item.children.some((child) => child.type === 'element' && child.tagName === 'p'));
  const markers = markersOf(list, items);
  const lines = items.map((item, index) => {
    const marker = markers[index] ?? '';
    return indent(blocksToText(item.children, narrower(context, marker.length), !isLoose), marker, ' '.repeat(marker.length));
  });
  return lines.join(isLoose ? '\n\n' : '\n');
}

/** `start`, `reversed` and an item's own `value` count as they do in HTML. */
function markersOf(list: Element, items: readonly Element[]): string[] {
  if (list.tagName === 'ul') return items.map(() => '- ');
  const isReversed = list.properties['reversed'] !== undefined;
  let number = Number(list.properties['start'] ?? (isReversed ? items.length : 1));
  return items.map(({ properties }) => {
    number = Number(properties['value'] ?? number);
    const marker = `${number}. `;
    number += isReversed ? -1 : 1;
    return marker;
  });
}

function narrower(context: TextContext, by: number): TextContext {
  return { ...context, width: Math.max(context.width - by, 24) };
}

/** Links are noted where the eye still remembers them: before each larger heading, and before the footnotes. */
function splitAtHeadings(children: readonly RootContent[]): RootContent[][] {
  const sections: RootContent[][] = [[]];
  for (const child of children) {
    if (child.type === 'element' && (/^h[123]$/.test(child.tagName) || child.tagName === 'section')) sections.push([]);
    sections.at(-1)?.push(child);
  }
  return sections;
}
