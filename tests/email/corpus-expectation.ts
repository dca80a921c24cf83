// What a reader must find of an issue, read from its Markdown by an independent way: mdast and parse5, none of
// src/. Only the standard's own readers stand between the file and the expectation.
import type { Nodes, Root } from 'mdast';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';

export interface Expectation {
  readonly headings: readonly string[];
  /** Absolute addresses, one for each time that a link leads there. */
  readonly links: readonly string[];
  readonly images: readonly { readonly src: string; readonly alt: string }[];
  readonly code: readonly string[];
  /** Runs of text outside code blocks and comments. */
  readonly texts: readonly string[];
}

type HtmlNode = DefaultTreeAdapterTypes.Node;

export function expectationOf(file: string, url: string): Expectation {
  const tree = unified().use(remarkParse).use(remarkGfm).parse(bodyOf(file)) as Root;
  const definitions = new Map<string, string>();
  visit(tree, 'definition', ({ identifier, url: target }) => {
    if (!definitions.has(identifier)) definitions.set(identifier, target);
  });
  const found = { headings: [], links: [], images: [], code: [], texts: [] } as {
    -readonly [Key in keyof Expectation]: Expectation[Key][number][];
  };
  const target = (written: string): string => (/^[a-z][a-z0-9+.-]*:/i.test(written) ? written : new URL(written, url).href);
  visit(tree, (node) => {
    if (node.type === 'heading') found.headings.push(textOf(node));
    if (node.type === 'link') found.links.push(target(node.url));
    if (node.type === 'linkReference') found.links.push(target(definitions.get(node.identifier) ?? 'undefined:'));
    if (node.type === 'image') found.images.push({ src: target(node.url), alt: node.alt ?? '' });
    if (node.type === 'imageReference')
      found.images.push({ src: target(definitions.get(node.identifier) ?? 'undefined:'), alt: node.alt ?? '' });
    if (node.type === 'code') found.code.push(node.value);
    if (node.type === 'text' || node.type === 'inlineCode') found.texts.push(node.value);
    if (node.type === 'html') readHtml(parseFragment(node.value), found, target);
  });
  return found;
}

/** The letters and digits of a text, word by word; how a word is marked is not its business. */
export function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
}

/** What of `wanted` is not in `given`, each as often as it is wanted. */
export function lacking(wanted: readonly string[], given: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const each of given) left.set(each, (left.get(each) ?? 0) + 1);
  return wanted.filter((each) => {
    const count = left.get(each) ?? 0;
    left.set(each, count - 1);
    return count <= 0;
  });
}

/** The Markdown below the front matter: below the second `+++`, or below the first blank line. */
function bodyOf(file: string): string {
  const end = file.startsWith('+++') ? file.indexOf('\n+++', 3) + '\n+++'.length : file.indexOf('\n\n');
  return file.slice(end);
}

function textOf(node: Nodes): string {
  if ('value' in node) return node.type === 'html' ? '' : node.value;
  return 'children' in node ? node.children.map(textOf).join('') : '';
}

type Found = { links: string[]; images: { src: string; alt: string }[]; texts: string[] };

function readHtml(node: HtmlNode, found: Found, target: (written: string) => string): void {
  if (node.nodeName === '#text' && 'value' in node) found.texts.push(node.value);
  if ('attrs' in node) {
    const attribute = (name: string): string | undefined => node.attrs.find((each) => each.name === name)?.value;
    const href = attribute('href');
    const image = attribute(node.tagName === 'video' ? 'poster' : 'src');
    if (node.tagName === 'a' && href !== undefined) found.links.push(target(href));
    if ((node.tagName === 'img' || node.tagName === 'video') && image !== undefined)
      found.images.push({ src: target(image), alt: attribute('alt') ?? '' });
  }
  if ('childNodes' in node) for (const child of node.childNodes) readHtml(child, found, target);
}
