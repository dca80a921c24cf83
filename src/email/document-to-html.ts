// The tree to HTML for mail, one piece per section. Only what must survive a client that drops
// `<style>` is written inline: code, tables, quotes, images. All else stands once, in styles.css.
import type { Element, Root, RootContent } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { type BuildVisitor, SKIP, visit } from 'unist-util-visit';
import type { ImageSize } from '../domain/image.ts';
import { colourTokens } from './colour-tokens.ts';

const INLINE_STYLES: Readonly<Record<string, string>> = {
  pre: 'direction:ltr;text-align:left;margin:0 0 16px;padding:14px 16px;background-color:#f6f8fa;border-radius:8px;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;word-break:break-word;overflow-wrap:anywhere',
  blockquote: 'margin:0 0 16px;padding:2px 0 1px 16px;border-left:3px solid #c8d0d9;color:#4a535d',
  table: 'margin:0 0 16px;border-collapse:collapse;font-size:15px',
  th: 'padding:6px 10px;border:1px solid #d9dee4;word-break:normal',
  td: 'padding:6px 10px;border:1px solid #d9dee4;word-break:normal',
  img: 'max-width:100%;height:auto;border:0',
  figure: 'margin:0 0 16px',
};

const CALLOUT_STYLE = 'margin:0 0 16px;padding:12px 16px 1px;background-color:#f6f8fa;border-radius:8px;border-left:4px solid ';
// Readable on the grey behind them.
const CALLOUT_COLOURS: Readonly<Record<string, string>> = {
  note: '#0860c4',
  tip: '#177032',
  important: '#7a45dc',
  warning: '#8a5c00',
  caution: '#c21c27',
};

/** What images are made to fit into. */
export interface Fit {
  /** No image is wider, for Outlook's Word engine knows width attributes and no max-width. */
  readonly textWidthPx: number;
  /** By address: of those that are known. */
  readonly imageSizes: ReadonlyMap<string, ImageSize>;
}

/** HTML for each section: what comes before the first heading of level two, then from each to the next. */
export function documentToHtml(body: Root, fit: Fit): string[] {
  const tree = structuredClone(body);
  visit(tree, 'element', (element) => dress(element, fit));
  visit(tree, 'element', wrapTable);
  const options = { characterReferences: { useNamedReferences: true }, closeSelfClosing: false };
  return splitAtHeadings(tree.children)
    .map((children) => toHtml({ type: 'root', children }, options).trim())
    .filter((html) => html !== '');
}

function dress(element: Element, fit: Fit): void {
  const style = INLINE_STYLES[element.tagName];
  if (style !== undefined) element.properties['style'] = alignment(element) + style;
  if (element.tagName === 'div') dressCallout(element);
  if (isTaskList(element)) element.properties['style'] = 'list-style:none';
  if (element.tagName === 'pre') colourTokens(element);
  if (element.tagName === 'table') Object.assign(element.properties, { cellPadding: 0, cellSpacing: 0 });
  if (element.tagName === 'img') fitImage(element, fit);
}

/** A box is mark enough. */
function isTaskList({ tagName, properties }: Element): boolean {
  return tagName === 'ul' && Array.isArray(properties['className']) && properties['className'].includes('contains-task-list');
}

function dressCallout({ properties, children }: Element): void {
  const [name, kind] = Array.isArray(properties['className']) ? properties['className'] : [];
  const colour = name === 'callout' ? CALLOUT_COLOURS[String(kind)] : undefined;
  const [title] = children;
  if (colour === undefined) return;
  properties['style'] = CALLOUT_STYLE + colour;
  if (title?.type === 'element') title.properties['style'] = `color:${colour}`;
}

/** A wide table scrolls by itself, by the keyboard too; it never widens the mail. */
const wrapTable: BuildVisitor<Root, 'element'> = (element, index, parent) => {
  if (element.tagName !== 'table' || !parent || index === undefined) return undefined;
  parent.children[index] = {
    type: 'element',
    tagName: 'div',
    properties: { style: 'overflow-x:auto', tabIndex: 0 },
    children: [element],
  };
  return SKIP;
};

function alignment(element: Element): string {
  const align = element.properties['align'];
  return typeof align === 'string' && element.tagName.startsWith('t') ? `text-align:${align};` : '';
}

/**
 * Width and height are written out where they are known, so that nothing moves while images load. What the author wrote is
 * kept, unless it would widen the mail.
 */
export function fitImage({ properties }: Element, { textWidthPx, imageSizes }: Fit): void {
  const written = String(properties['width'] ?? '');
  if (written.endsWith('%')) return;
  const known = imageSizes.get(String(properties['src'] ?? ''));
  const wanted = Number.parseInt(written, 10) || known?.width;
  if (wanted === undefined) return;
  const width = Math.min(wanted, textWidthPx);
  if (known) Object.assign(properties, { width, height: Math.round((known.height / known.width) * width) });
  else if (width < wanted) {
    properties['width'] = width;
    delete properties['height'];
  }
}

function splitAtHeadings(children: readonly RootContent[]): RootContent[][] {
  const sections: RootContent[][] = [[]];
  for (const child of children) {
    if (child.type === 'element' && child.tagName === 'h2') sections.push([]);
    sections.at(-1)?.push(child);
  }
  return sections;
}
