// A table of contents for a long issue. Its links lead to the web page, for links within a mail are dead on most phones.
import type { Element, Root } from 'hast';
import { toString as textOf } from 'hast-util-to-string';
import { visit } from 'unist-util-visit';

export interface ContentsEntry {
  readonly title: string;
  readonly url: string;
}

// Fewer sections, or links, are seen at a glance.
const SECTIONS_MIN = 4;
const LENGTH_MIN_CHARACTERS = 8_000;

/** Empty where the issue is short. `pageUrl`: the web address. */
export function contentsOf(body: Root, pageUrl: string): ContentsEntry[] {
  const sections = body.children.flatMap((child) =>
    child.type === 'element' && child.tagName === 'h2' && titleOf(child) !== '' ? [child] : [],
  );
  if (sections.length < SECTIONS_MIN || textOf(body).length < LENGTH_MIN_CHARACTERS) return [];
  return sections.map((heading) => {
    const anchor = heading.properties['id'];
    const page = pageUrl.split('#')[0] ?? '';
    return { title: titleOf(heading), url: typeof anchor === 'string' ? `${page}#${encodeURIComponent(anchor)}` : page };
  });
}

/** What it says, or what its images show. */
function titleOf(heading: Element): string {
  const shown: string[] = [];
  visit(heading, 'element', ({ tagName, properties: { alt } }) => {
    if (tagName === 'img' && typeof alt === 'string') shown.push(alt);
  });
  return (textOf(heading).trim() || shown.join(' ')).trim();
}
