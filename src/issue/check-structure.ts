// Headings, sections and images: what a reader who listens, or who skims, stumbles over.
import type { Element, Root, RootContent } from 'hast';
import { toString as textOf } from 'hast-util-to-string';
import { visit } from 'unist-util-visit';
import type { Problem } from '../domain/problem.ts';
import { found } from './found.ts';

export function checkStructure(tree: Root, written: string): Problem[] {
  const blocks = tree.children.filter(
    (child) => child.type === 'element' || (child.type === 'text' && child.value.trim() !== ''),
  );
  return [...emptySections(blocks), ...jumps(blocks), ...undescribed(tree, written)];
}

function emptySections(blocks: readonly RootContent[]): Problem[] {
  return blocks.flatMap((block, index) => {
    const level = levelOf(block);
    const next = blocks[index + 1];
    if (level === null || (next !== undefined && (levelOf(next) ?? 7) > level)) return [];
    const title = block.type === 'element' ? textOf(block).trim() : '';
    return [found('section-empty', block, `Nothing stands below “${title}”.`, 'Write something, or remove the heading.')];
  });
}

/** A section within a section that is not there. */
function jumps(blocks: readonly RootContent[]): Problem[] {
  let last: number | null = null;
  return blocks.flatMap((block) => {
    const level = levelOf(block);
    if (level === null) return [];
    const isJump = last !== null && level > last + 1;
    const from = last;
    last = level;
    if (!isJump) return [];
    const message = `A heading of level ${level} follows one of level ${from}.`;
    return [found('heading-order', block, message, `Write it with ${'#'.repeat((from ?? 0) + 1)}.`)];
  });
}

function undescribed(tree: Root, written: string): Problem[] {
  const problems: Problem[] = [];
  visit(tree, 'element', (element) => {
    const { alt, src } = element.properties;
    if (element.tagName === 'img' && (alt === undefined || alt === null) && src !== undefined) problems.push(missing(element));
    if (element.tagName === 'img' && alt === '' && isMarkdown(element, written)) problems.push(missing(element));
  });
  return problems;
}

/** In HTML an empty description is a decision; in Markdown it was left out. */
function isMarkdown({ position }: Element, written: string): boolean {
  return written[position?.start.offset ?? -1] === '!';
}

function missing(element: Element): Problem {
  const src = String(element.properties['src']);
  return found(
    'image-alt',
    element,
    `The image ${src} has no description.`,
    'Say in brackets what it shows: ![a red crab](crab.png).',
  );
}

function levelOf(node: RootContent): number | null {
  const [, level] = node.type === 'element' ? (/^h([1-6])$/.exec(node.tagName) ?? []) : [];
  return level === undefined ? null : Number(level);
}
