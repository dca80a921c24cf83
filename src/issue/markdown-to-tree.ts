// GitHub-flavoured Markdown to an HTML tree, inline HTML included, as a browser would read it. Nothing is
// judged here: what may stay is decided in sanitise.ts.
import type { Element, Properties, Root } from 'hast';
import { toString as textOf } from 'hast-util-to-string';
import type { Definition, Root as Document, Image, ImageReference, Link, LinkReference } from 'mdast';
import rehypeRaw from 'rehype-raw';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype, { type Options } from 'remark-rehype';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import type { Problem } from '../domain/problem.ts';
import type { Generator } from '../domain/site.ts';
import type { Words } from '../domain/words.ts';
import { withoutSpaces } from './generator-links.ts';
import { withoutMarks } from './marks.ts';
import { anchorsBy } from './slugs.ts';

/** `generator`: that of the web page, whose links and anchors these are; null where it is not known. */
export function markdownToTree(
  markdown: string,
  words: Words,
  generator: Generator | null,
): { tree: Root; problems: readonly Problem[] } {
  const processor = unified().use(remarkParse).use(remarkGfm).use(remarkRehype, options(words)).use(rehypeRaw);
  const parse = (text: string): Document => processor.parse(text);
  const document = parse(generator === null ? markdown : withoutSpaces(markdown, generator, parse));
  const tree = processor.runSync(document);
  dropMarks(tree);
  nameHeadings(tree, generator);
  return { tree, problems: openComments(document) };
}

/** A comment without an end swallows all that follows, and nobody sees why. */
function openComments(document: Document): Problem[] {
  const problems: Problem[] = [];
  visit(document, 'html', ({ value, position }) => {
    if (!/<!--(?!-?>)(?![\s\S]*--!?>)/.test(value)) return;
    const message = 'A comment begins here and never ends; all that follows is left out.';
    problems.push({
      severity: 'warning',
      rule: 'html',
      message,
      advice: 'Write --> where it ends.',
      ...(position && { line: position.start.line, column: position.start.column }),
    });
  });
  return problems;
}

/** Postrider's own marks (slots of an email) cannot come in by way of a character reference either. */
function dropMarks(tree: Root): void {
  visit(tree, (node) => {
    if (node.type === 'text') node.value = withoutMarks(node.value);
    if (node.type !== 'element') return;
    for (const [name, value] of Object.entries(node.properties))
      if (typeof value === 'string') node.properties[name] = withoutMarks(value);
  });
}

function options(words: Words): Options {
  return {
    allowDangerousHtml: true,
    clobberPrefix: '',
    footnoteLabel: words.footnotes,
    footnoteLabelProperties: {},
    footnoteBackLabel: words.backToText,
    handlers: { link, image, linkReference, imageReference },
  };
}

// The stock handlers percent-encode what they think an address lacks. An author's link is the author's:
// these four pass it on byte for byte, and are otherwise alike.
type Handlers = NonNullable<Options['handlers']>;
type State = Parameters<NonNullable<Handlers['link']>>[0];

const link = (state: State, node: Link): Element => anchor(state, node, node);

const image = (state: State, node: Image): Element => picture(state, node, node.alt, node);

// CommonMark makes no reference without a definition: what has none is text by now.
const linkReference = (state: State, node: LinkReference): Element => anchor(state, node, definitionOf(state, node));

const imageReference = (state: State, node: ImageReference): Element => picture(state, node, node.alt, definitionOf(state, node));

function definitionOf(state: State, { identifier }: LinkReference | ImageReference): Target {
  return state.definitionById.get(identifier.toUpperCase()) ?? { url: '' };
}

type Target = Pick<Definition, 'url' | 'title'>;

function anchor(state: State, node: Link | LinkReference, { url, title }: Target): Element {
  const element: Element = {
    type: 'element',
    tagName: 'a',
    properties: withTitle({ href: url }, title),
    children: state.all(node) as Element['children'],
  };
  state.patch(node, element);
  return element;
}

function picture(state: State, node: Image | ImageReference, alt: string | null | undefined, { url, title }: Target): Element {
  const element: Element = {
    type: 'element',
    tagName: 'img',
    properties: withTitle({ src: url, alt: alt ?? '' }, title),
    children: [],
  };
  state.patch(node, element);
  return element;
}

function withTitle(properties: Properties, title: string | null | undefined): Properties {
  return title ? { ...properties, title } : properties;
}

function nameHeadings(tree: Root, generator: Generator | null): void {
  const anchorOf = anchorsBy(generator);
  visit(tree, 'element', (element) => {
    if (/^h[1-6]$/.test(element.tagName)) element.properties['id'] ??= anchorOf(textOf(element));
  });
}
