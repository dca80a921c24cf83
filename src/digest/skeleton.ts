// The headings that every issue of a newsletter has: its sections, and below them the repositories that it tells of.
import { readHeadings, readSections } from './sections.ts';

/** As they are written, each repository's with the line on its maintainers; empty where there are none. */
export function skeletonOf(markdown: string): string {
  const sections = new Map(readSections(markdown).map((section) => [section.from, section]));
  const kept = readHeadings(markdown).flatMap(({ depth, text, from }) => {
    const section = sections.get(from);
    if (section === undefined) return depth === 2 ? [text] : [];
    const { maintainers, maintainersLine } = section;
    return [maintainers.length > 0 ? `${text}\n${maintainersLine}` : text];
  });
  return kept.join('\n\n');
}
