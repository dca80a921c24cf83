// Turns what mail cannot show into something that works there: a video becomes its poster with a link,
// an embedded page becomes a link, details stand open, a check box becomes a sign. It does not sanitise.
import type { Element, ElementContent, Root, RootContent } from 'hast';
import { toString as textOf } from 'hast-util-to-string';
import { SKIP, visit } from 'unist-util-visit';
import type { Words } from '../domain/words.ts';
import { turnCallout } from './callouts.ts';

type Turn = (element: Element, words: Words) => readonly ElementContent[];

const TURNS: Readonly<Record<string, Turn>> = {
  blockquote: (element, words) => [turnCallout(element, words)],
  video: turnVideo,
  audio: (element, words) => linkTo(sourceOf(element), words.listen, element),
  iframe: (element, words) => linkTo(sourceOf(element), titleOf(element) ?? words.openEmbedded, element),
  embed: (element, words) => linkTo(sourceOf(element), words.openEmbedded, element),
  object: (element, words) => linkTo(text(element.properties['data']), words.openEmbedded, element),
  picture: (element) => element.children.filter((child) => child.type === 'element' && child.tagName === 'img'),
  details: (element) => [{ ...element, tagName: 'div', properties: { className: ['details'] } }],
  summary: (element) => [{ ...element, tagName: 'p', properties: { className: ['summary'] } }],
  input: (element) => [textNode(element.properties['type'] === 'checkbox' ? (element.properties['checked'] ? '☑' : '☐') : '')],
};

/** Changes the tree in place and returns it. */
export function showInMail(tree: Root, words: Words): Root {
  visit(tree, 'element', (element, index, parent) => {
    const turn = Object.hasOwn(TURNS, element.tagName) ? TURNS[element.tagName] : undefined;
    if (!turn || !parent || index === undefined) return undefined;
    const turned = turn(element, words);
    parent.children.splice(index, 1, ...(turned as RootContent[]));
    const [only] = turned;
    // What was turned into something else is not turned twice, but what stands inside it may need it.
    if (only === element) return undefined;
    return only?.type === 'element' && only.tagName === 'div' ? index : [SKIP, index + turned.length];
  });
  return tree;
}

function turnVideo(element: Element, words: Words): readonly ElementContent[] {
  const inner = element.children.find((child) => child.type === 'element' && child.tagName === 'a') as Element | undefined;
  const href = text(inner?.properties['href']) ?? sourceOf(element);
  const label = (inner && textOf(inner)) || titleOf(element) || words.watchVideo;
  const poster = text(element.properties['poster']);
  if (poster === undefined) return linkTo(href, `▶ ${label}`, element);
  const size = { width: element.properties['width'], height: element.properties['height'] };
  const image: Element = {
    type: 'element',
    tagName: 'img',
    properties: { src: poster, alt: '', ...defined(size) },
    children: [],
    ...positionOf(element),
  };
  const caption: Element[] = [{ type: 'element', tagName: 'br', properties: {}, children: [] }];
  return linkWith(href, [image, ...caption, textNode(`▶ ${label}`)], element);
}

/** A link where there is somewhere to go; else what stood inside for browsers that cannot show the thing. */
function linkTo(href: string | undefined, label: string, element: Element): readonly ElementContent[] {
  return href === undefined ? element.children : linkWith(href, [textNode(label)], element);
}

function linkWith(href: string | undefined, children: ElementContent[], from: Element): readonly ElementContent[] {
  if (href === undefined) return children;
  return [{ type: 'element', tagName: 'a', properties: { href }, children, ...positionOf(from) }];
}

/** So that a problem with the address names the line of what it was taken from. */
function positionOf({ position }: Element): Pick<Element, 'position'> {
  return position ? { position } : {};
}

function sourceOf(element: Element): string | undefined {
  const own = text(element.properties['src']);
  const child = element.children.find((node) => node.type === 'element' && node.tagName === 'source') as Element | undefined;
  return own ?? text(child?.properties['src']);
}

function titleOf(element: Element): string | undefined {
  return text(element.properties['title']) ?? text(element.properties['ariaLabel']);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function textNode(value: string): ElementContent {
  return { type: 'text', value };
}

function defined<T extends object>(record: T): Partial<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined && value !== null)) as Partial<T>;
}
