// The headings that every issue of a newsletter has: its sections, and below them the repositories that it tells of.
import type { Heading } from 'mdast';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { readSections } from './sections.ts';

/** As they are written, each repository's with the line on its maintainers; empty where there are none. */
export function skeletonOf(markdown: string): string {
  const text = markdown.replaceAll('\r\n', '\n');
  const lines = text.split('\n');
  const sections = new Map(readSections(text).map((section) => [section.from, section]));
  const headings = unified()
    .use(remarkParse)
    .use(remarkGfm)
    .parse(text)
    .children.filter((node): node is Heading => node.type === 'heading');
  const kept = headings.flatMap(({ depth, position }) => {
    const [from, to] = [(position?.start.line ?? 1) - 1, position?.end.line ?? 1];
    const section = sections.get(from);
    if (section === undefined) return depth === 2 ? [lines.slice(from, to).join('\n')] : [];
    const below = lines.slice(to, section.to).filter((line) => line.trim() !== '');
    const isAboutPeople = section.maintainers.length > 0 && /@/.test(below[0] ?? '');
    return [`${section.heading}${isAboutPeople ? `\n${below[0]}` : ''}`];
  });
  return kept.join('\n\n');
}
