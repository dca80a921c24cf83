// The tree to HTML for a page of our own: no style is written inline, for the page has a style sheet.
import type { Element, Root } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { type BuildVisitor, SKIP, visit } from 'unist-util-visit';
import { colourTokens } from './colour-tokens.ts';
import { type Fit, fitImage } from './document-to-html.ts';

export function documentToPage(body: Root, fit: Fit): string {
  const tree = structuredClone(body);
  visit(tree, 'element', (element) => undress(element, fit));
  visit(tree, 'element', wrapTable);
  return toHtml(tree, { characterReferences: { useNamedReferences: true } }).trim();
}

function undress(element: Element, fit: Fit): void {
  if (element.tagName === 'pre') {
    colourTokens(element);
    visit(element, 'element', ({ properties }) => {
      delete properties['style'];
    });
    element.properties['tabIndex'] = 0;
  }
  if (element.tagName !== 'img') return;
  fitImage(element, fit);
  element.properties['loading'] = 'lazy';
}

/** A wide table scrolls by itself, by the keyboard too. */
const wrapTable: BuildVisitor<Root, 'element'> = (element, index, parent) => {
  if (element.tagName !== 'table' || !parent || index === undefined) return undefined;
  parent.children[index] = {
    type: 'element',
    tagName: 'div',
    properties: { className: ['wide'], tabIndex: 0 },
    children: [element],
  };
  return SKIP;
};
