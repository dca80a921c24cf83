// What stands within a line, as plain text: emphasis by signs, code in backticks, links by numbered notes.
import type { Element, ElementContent, RootContent } from 'hast';
import { toString as textOf } from 'hast-util-to-string';
import type { Words } from '../domain/words.ts';
import type { LinkNotes } from './link-notes.ts';
import { GLUE } from './wrap-text.ts';

export type Node = RootContent | ElementContent;

/** Where a piece of text stands: how wide it may be, where its links are noted, and our own words. */
export interface TextContext {
  readonly width: number;
  readonly notes: LinkNotes;
  readonly words: Pick<Words, 'image'>;
}

/** One line, or several where the author broke it. Not wrapped, and still glued. */
export function inlineToText(nodes: readonly Node[], context: TextContext): string {
  return nodes
    .map((node) => nodeToText(node, context))
    .join('')
    .replace(/ *\n */g, '\n')
    .replace(/ {2,}/g, ' ')
    .trim();
}

function nodeToText(node: Node, context: TextContext): string {
  if (node.type === 'text') return node.value.replace(/[ \t\r\n]+/g, ' ');
  if (node.type !== 'element') return '';
  const inner = (): string => node.children.map((child) => nodeToText(child, context)).join('');
  switch (node.tagName) {
    case 'br':
      return '\n';
    case 'img':
      return imageToText(node, context);
    case 'a':
      return linkToText(node, inner(), context);
    case 'em':
    case 'i':
      return around(inner(), '_', '_');
    case 'strong':
    case 'b':
      return around(inner(), '*', '*');
    case 'code':
      return `\`${textOf(node)}\``;
    case 'del':
    case 's':
      return around(inner(), '~', '~');
    case 'sub':
      return around(inner(), '_', '');
    case 'sup':
      return isFootnoteMark(node) ? inner() : around(inner(), '^', '');
    case 'q':
      return around(inner(), '"', '"');
    default:
      return inner();
  }
}

/** Signs stand beside the word; spaces stay outside. */
function around(text: string, before: string, after: string): string {
  const [, left = '', word = '', right = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text) ?? [];
  return word === '' ? text : `${left}${before}${word}${after}${right}`;
}

function linkToText(link: Element, label: string, context: TextContext): string {
  const href = link.properties['href'];
  if (typeof href !== 'string') return label;
  if (href.startsWith('#')) return footnoteMark(link, label);
  const spellings = [href, href.replace(/^mailto:/, ''), href.replace(/^http:\/\//, '')];
  return spellings.includes(label.trim()) ? label : `${label}${GLUE}[${context.notes.numberOf(href)}]`;
}

/** ` (1)` in the text; the way back, which a text cannot go, is left out. */
function footnoteMark(link: Element, label: string): string {
  if ('dataFootnoteBackref' in link.properties || /^#(user-content-)?fnref/.test(String(link.properties['href']))) return '';
  return isFootnoteAnchor(link) ? `${GLUE}(${label})` : label;
}

function isFootnoteMark(element: Element): boolean {
  return element.children.some((child) => child.type === 'element' && child.tagName === 'a' && isFootnoteAnchor(child));
}

function isFootnoteAnchor(link: Element): boolean {
  return /^#(user-content-)?fn-/.test(String(link.properties['href']));
}

function imageToText(image: Element, context: TextContext): string {
  const source = image.properties['src'];
  const label = String(image.properties['alt'] ?? '').trim();
  const note = typeof source === 'string' ? `${GLUE}[${context.notes.numberOf(source)}]` : '';
  return `(${[context.words.image, label].filter((part) => part !== '').join(': ')})${note}`;
}
