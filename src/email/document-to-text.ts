// The tree to plain text that reads well by itself: underlined headings, wrapped paragraphs, lists,
// tables, code exactly as written, and links as numbered notes at the end of their section.
import type { Element, ElementContent, Root, RootContent } from 'hast';
import { toString as textOf } from 'hast-util-to-string';
import type { Words } from '../domain/words.ts';
import { LinkNotes } from './link-notes.ts';
import { tableToText } from './table-to-text.ts';

// RFC 3676 4.2 and custom: lines of 72 leave room for two levels of quoting within 78.
export const TEXT_WIDTH = 72;

type Node = RootContent | ElementContent;

/** Where a block stands: how far it is indented, and where its links are noted. */
interface Context {
  readonly width: number;
  readonly notes: LinkNotes;
  readonly words: Pick<Words, 'image'>;
}

const BLOCKS = new Set([
  'p',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'ul',
  'ol',
  'pre',
  'blockquote',
  'table',
  'hr',
  'div',
  'section',
  'figure',
  'figcaption',
  'dl',
  'dt',
  'dd',
  'center',
  'caption',
]);

/** `words` names what a text cannot show. */
export function documentToText(body: Root, words: Pick<Words, 'image'>): string {
  const notes = new LinkNotes();
  const context: Context = { width: TEXT_WIDTH, notes, words };
  const sections = splitAtHeadings(body.children).map((children) => {
    const text = blocksToText(children, context);
    return [text, notes.take()].filter((part) => part !== '').join('\n\n');
  });
  return sections.filter((section) => section !== '').join('\n\n');
}

/** A heading as plain text shows it. */
export function underline(text: string, rule: '=' | '-'): string {
  const lines = wrapText(text, TEXT_WIDTH);
  const longest = Math.max(...lines.split('\n').map((line) => line.length));
  return `${lines}\n${rule.repeat(longest)}`;
}

/** Breaks at spaces only; a word longer than a line, such as an address, stays whole. */
export function wrapText(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n');
}

function wrapLine(line: string, width: number): string {
  const lines: string[] = [''];
  for (const word of line.split(/[ \t]+/).filter((each) => each !== '')) {
    const current = lines.at(-1) ?? '';
    if (current === '') lines[lines.length - 1] = word;
    else if (current.length + 1 + word.length <= width) lines[lines.length - 1] = `${current} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

function blocksToText(nodes: readonly Node[], context: Context): string {
  const blocks: string[] = [];
  let run: Node[] = [];
  const endRun = (): void => {
    const text = wrapText(inlineToText(run, context).trim(), context.width);
    if (text !== '') blocks.push(text);
    run = [];
  };
  for (const node of nodes) {
    if (node.type !== 'element' || !BLOCKS.has(node.tagName)) run.push(node);
    else {
      endRun();
      const text = blockToText(node, context);
      if (text !== '') blocks.push(text);
    }
  }
  endRun();
  return blocks.join('\n\n');
}

function blockToText(element: Element, context: Context): string {
  switch (element.tagName) {
    case 'h1':
    case 'h2':
      return underline(inlineToText(element.children, context).trim(), element.tagName === 'h1' ? '=' : '-');
    case 'h3':
      return wrapText(`## ${inlineToText(element.children, context).trim()}`, context.width);
    case 'h4':
    case 'h5':
    case 'h6':
      return wrapText(`### ${inlineToText(element.children, context).trim()}`, context.width);
    case 'pre':
      return indent(textOf(element).replace(/\s+$/, ''), '    ', '    ');
    case 'hr':
      return '* * *';
    case 'ul':
    case 'ol':
      return listToText(element, context);
    case 'blockquote':
      return indent(blocksToText(element.children, narrower(context, 2)), '> ', '> ');
    case 'dd':
      return indent(blocksToText(element.children, narrower(context, 4)), '    ', '    ');
    case 'table':
      return tableToText(element, (cell) => inlineToText(cell.children, context).trim(), context.width);
    default:
      return blocksToText(element.children, context);
  }
}

function listToText(list: Element, context: Context): string {
  const items = list.children.filter((child): child is Element => child.type === 'element' && child.tagName === 'li');
  const isLoose = items.some((item) => item.children.some((child) => child.type === 'element' && child.tagName === 'p'));
  let number = Number(list.properties['start'] ?? 1);
  const lines = items.map((item) => {
    const marker = list.tagName === 'ol' ? `${String(number++)}. ` : '- ';
    const text = blocksToText(item.children, narrower(context, marker.length));
    return indent(isLoose ? text : text.replace(/\n\n(?=\s*(?:[-*]|\d+\.) )/g, '\n'), marker, ' '.repeat(marker.length));
  });
  return lines.join(isLoose ? '\n\n' : '\n');
}

function inlineToText(nodes: readonly Node[], context: Context): string {
  return nodes
    .map((node) => inlineNodeToText(node, context))
    .join('')
    .replace(/ *\n */g, '\n');
}

function inlineNodeToText(node: Node, context: Context): string {
  if (node.type === 'text') return node.value.replace(/[ \t\r\n]+/g, ' ');
  if (node.type !== 'element') return '';
  const inner = (): string => inlineToText(node.children, context);
  switch (node.tagName) {
    case 'br':
      return '\n';
    case 'img':
      return imageToText(node, context);
    case 'a':
      return linkToText(node, inner(), context);
    case 'em':
    case 'i':
      return around(inner(), '_');
    case 'strong':
    case 'b':
      return around(inner(), '*');
    case 'code':
      return `\`${textOf(node)}\``;
    case 'del':
    case 's':
      return around(inner(), '~');
    case 'sub':
      return around(inner(), '_', '');
    case 'sup':
      return isFootnoteMark(node) ? inner() : around(inner(), '^', '');
    case 'q':
      return around(inner(), '"');
    default:
      return inner();
  }
}

function around(text: string, before: string, after = before): string {
  return text.trim() === '' ? text : `${before}${text}${after}`;
}

function linkToText(link: Element, label: string, context: Context): string {
  const href = link.properties['href'];
  if (typeof href !== 'string') return label;
  if (href.startsWith('#')) return footnoteMark(link, label);
  const bare = href.replace(/^mailto:/, '');
  if (label.trim() === href || label.trim() === bare) return label;
  return `${label} [${context.notes.numberOf(href)}]`;
}

/** ` (1)` in the text; the way back, which a text cannot go, is left out. */
function footnoteMark(link: Element, label: string): string {
  if ('dataFootnoteBackref' in link.properties || /^#(user-content-)?fnref/.test(String(link.properties['href']))) return '';
  return isFootnoteAnchor(link) ? ` (${label})` : label;
}

function isFootnoteMark(element: Element): boolean {
  return element.children.some((child) => child.type === 'element' && child.tagName === 'a' && isFootnoteAnchor(child));
}

function isFootnoteAnchor(link: Element): boolean {
  return /^#(user-content-)?fn-/.test(String(link.properties['href']));
}

function imageToText(image: Element, context: Context): string {
  const source = image.properties['src'];
  const label = String(image.properties['alt'] ?? '').trim();
  const note = typeof source === 'string' ? ` [${context.notes.numberOf(source)}]` : '';
  return `(${[context.words.image, label].filter((part) => part !== '').join(': ')})${note}`;
}

function narrower(context: Context, by: number): Context {
  return { ...context, width: Math.max(context.width - by, 24) };
}

function indent(text: string, first: string, rest: string): string {
  return text
    .split('\n')
    .map((line, index) => (line === '' ? (rest.trim() === '' ? '' : rest.trimEnd()) : `${index === 0 ? first : rest}${line}`))
    .join('\n');
}

/** Links are noted where the eye still remembers them: before each heading of level three or higher. */
function splitAtHeadings(children: readonly RootContent[]): RootContent[][] {
  const sections: RootContent[][] = [[]];
  for (const child of children) {
    if (child.type === 'element' && /^h[123]$/.test(child.tagName)) sections.push([]);
    sections.at(-1)?.push(child);
  }
  return sections;
}
