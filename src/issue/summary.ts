// The summary is what stands before `<!-- more -->`, or else the first paragraph: the teaser beside the
// subject. Comments end here; editors leave instructions in them.
import type { Root, RootContent } from 'hast';
import { toString as textOf } from 'hast-util-to-string';
import { visit } from 'unist-util-visit';

// What phones and desktops show beside a subject ends between 40 and 140 characters.
const PREHEADER_MAX_CHARACTERS = 140;

/** The summary as one line of plain text, and the tree without comments. */
export function splitSummary(tree: Root): { summary: string; body: Root } {
  const more = tree.children.findIndex((node) => node.type === 'comment' && node.value.trim() === 'more');
  const before = more < 0 ? tree.children.filter(isParagraph).slice(0, 1) : tree.children.slice(0, more);
  const summary = shorten(before.map(readAloud).join(' '));
  return { summary, body: withoutComments(tree) };
}

/** True where there is nothing to read and nothing to see. */
export function isEmptyTree(tree: Root): boolean {
  let hasImage = false;
  visit(tree, 'element', (element) => {
    hasImage ||= element.tagName === 'img';
  });
  return !hasImage && textOf(tree).trim() === '';
}

function isParagraph(node: RootContent): boolean {
  return node.type === 'element' && node.tagName === 'p';
}

/** The text as it is read: a break is a space, and the mark of a footnote is not spoken. */
function readAloud(node: RootContent): string {
  if (node.type === 'text') return node.value;
  if (node.type !== 'element') return '';
  if (node.tagName === 'br') return ' ';
  const isFootnote = node.tagName === 'a' && /^#(?:user-content-)?fn/.test(String(node.properties['href']));
  return isFootnote ? '' : node.children.map(readAloud).join('');
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= PREHEADER_MAX_CHARACTERS) return line;
  const cut = line.slice(0, PREHEADER_MAX_CHARACTERS);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), 1))}…`;
}

function withoutComments(tree: Root): Root {
  visit(tree, ['comment', 'doctype'], (_node, index, parent) => {
    if (!parent || index === undefined) return undefined;
    parent.children.splice(index, 1);
    return index;
  });
  return tree;
}
