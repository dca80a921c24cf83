// What a reader finds in an issue's file, in an HTML part and in a text part, read by simple and independent
// ways (mdast, parse5, lines), none of src/, so that the three can be held against each other.
import type { Nodes, Root } from 'mdast';
import { type DefaultTreeAdapterTypes, parse, parseFragment } from 'parse5';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';

export interface Reading {
  readonly headings: string[];
  /** Absolute addresses, one for each time that a link leads there. */
  readonly links: string[];
  /** Places that a link within the page can lead to, absolute as well. */
  readonly anchors: string[];
  readonly images: { readonly src: string; readonly alt: string }[];
  readonly code: string[];
  /** Runs of text outside code blocks, comments and styles. */
  readonly texts: string[];
}

type Page = DefaultTreeAdapterTypes.Node;

const SILENT = new Set(['style', 'script', 'title']);

/** `url` is where the issue is on the web. */
export function readMarkdown(file: string, url: string): Reading {
  const tree = unified().use(remarkParse).use(remarkGfm).parse(bodyOf(file)) as Root;
  const definitions = new Map<string, string>();
  visit(tree, 'definition', (node) => void (definitions.has(node.identifier) || definitions.set(node.identifier, node.url)));
  const reading: Reading = { headings: [], links: [], anchors: [], images: [], code: [], texts: [] };
  visit(tree, (node) => {
    const written = 'url' in node ? node.url : definitions.get('identifier' in node ? node.identifier : '');
    if (node.type === 'heading') reading.headings.push(textOf(node));
    if (node.type === 'link' || node.type === 'linkReference') reading.links.push(resolved(written, url));
    if (node.type === 'image' || node.type === 'imageReference')
      reading.images.push({ src: resolved(written, url), alt: node.alt ?? '' });
    if (node.type === 'code') reading.code.push(node.value);
    if (node.type === 'text' || node.type === 'inlineCode') reading.texts.push(node.value);
    if (node.type === 'html') readPage(parseFragment(node.value), url, reading);
  });
  return reading;
}

export function readHtml(html: string, url: string): Reading {
  const reading: Reading = { headings: [], links: [], anchors: [], images: [], code: [], texts: [] };
  readPage(parse(html), url, reading);
  return reading;
}

function readPage(node: Page, url: string, reading: Reading): void {
  if (node.nodeName === '#text' && 'value' in node) reading.texts.push(node.value);
  if ('tagName' in node) {
    const attribute = (name: string): string | undefined => node.attrs.find((each) => each.name === name)?.value;
    const image = attribute(node.tagName === 'video' ? 'poster' : 'src');
    if (attribute('id') !== undefined) reading.anchors.push(resolved(`#${attribute('id')}`, url));
    if (/^h[1-6]$/.test(node.tagName)) reading.headings.push(innerText(node));
    if (node.tagName === 'a' && attribute('href') !== undefined) reading.links.push(resolved(attribute('href'), url));
    if ((node.tagName === 'img' || node.tagName === 'video') && image !== undefined)
      reading.images.push({ src: resolved(image, url), alt: attribute('alt') ?? '' });
    if (node.tagName === 'pre') reading.code.push(innerText(node).replace(/\n$/, ''));
    if (node.tagName === 'pre' || SILENT.has(node.tagName)) return;
  }
  if ('childNodes' in node) for (const child of node.childNodes) readPage(child, url, reading);
}

/** The Markdown below the front matter: below the second `+++`, or below the first blank line. */
function bodyOf(file: string): string {
  return file.startsWith('+++') ? file.slice(file.indexOf('\n+++', 3) + '\n+++'.length) : file.slice(file.indexOf('\n\n'));
}

function resolved(written = 'missing:', url: string): string {
  return /^[a-z][a-z0-9+.-]*:/i.test(written) ? written : new URL(written, url).href;
}

function textOf(node: Nodes): string {
  if ('children' in node) return node.children.map(textOf).join('');
  return node.type === 'text' || node.type === 'inlineCode' ? node.value : '';
}

function innerText(node: Page): string {
  if (node.nodeName === '#text' && 'value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(innerText).join('') : '';
}
