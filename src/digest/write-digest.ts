// What was merged, as Markdown: a list for each repository, and thanks to those who are not its maintainers.
import type { Link, PhrasingContent } from 'mdast';
import { toMarkdown } from 'mdast-util-to-markdown';
import { toString as textOf } from 'mdast-util-to-string';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import type { MergedInto, PullRequest } from '../domain/pull-request.ts';
import type { RepositorySection } from './sections.ts';

export interface DigestWords {
  /** With `{people}`. */
  readonly thanks: string;
  /** BCP 47, for `a, b, and c`. */
  readonly language: string;
}

/** In the order of the sections; repositories without one come after them. */
export function inOrder(merged: readonly MergedInto[], sections: readonly RepositorySection[]): MergedInto[] {
  const placeOf = (each: MergedInto): number => {
    const section = sectionOf(each, sections);
    return section === undefined ? sections.length : sections.indexOf(section);
  };
  return merged.toSorted((one, other) => placeOf(one) - placeOf(other));
}

export function writeDigest(merged: readonly MergedInto[], sections: readonly RepositorySection[], words: DigestWords): string {
  return inOrder(merged, sections)
    .map((each) => {
      const section = sectionOf(each, sections);
      const people = contributors(each.pulls, section?.maintainers ?? []);
      const parts = [section?.heading ?? headingFor(each.names[0]), each.pulls.map(pullItem).join('\n'), thanksTo(people, words)];
      return parts.filter((part) => part !== '').join('\n\n');
    })
    .join('\n\n');
}

export function sectionOf({ names }: MergedInto, sections: readonly RepositorySection[]): RepositorySection | undefined {
  return sections.find(({ repository }) => isNamed(names, repository));
}

/** GitHub takes no heed of capitals. */
export function isNamed(names: readonly string[], repository: string): boolean {
  return names.some((name) => name.toLowerCase() === repository.toLowerCase());
}

export function headingFor(repository: string): string {
  return `### [\`${repository.split('/')[1]}\`](https://github.com/${repository})`;
}

/** Whoever opened one of them, in order, without those who maintain the repository anyway. */
export function contributors(pulls: readonly PullRequest[], maintainers: readonly string[]): string[] {
  const authors = pulls.flatMap(({ author }) => (author === null || maintainers.includes(author.toLowerCase()) ? [] : [author]));
  const first = authors.map((author) => authors.find((other) => other.toLowerCase() === author.toLowerCase()) ?? author);
  return [...new Set(first)];
}

/** Empty where there is nobody to thank. */
export function thanksTo(people: readonly string[], { thanks, language }: DigestWords): string {
  if (people.length === 0) return '';
  const linked = people.map((login) => `[@${login}](https://github.com/${login})`);
  return thanks.replace('{people}', () => new Intl.ListFormat(language, { type: 'conjunction' }).format(linked));
}

/** A title is a stranger's text: it is written so that it means itself, and no more than needed. */
export function pullItem({ title, url, number }: PullRequest): string {
  const words = title.replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim() || `#${number}`;
  const plain = `- [${words}](${url})`;
  // A bracket is a link where the issue says, further down, what [it] leads to.
  const isOpen = /[[\]]/.test(words.replace(CODE, ''));
  if (!isOpen && isLinkOf(plain, words, url)) return plain;
  const escaped = `- ${escapedLink(words, url)}`;
  return isLinkOf(escaped, words, url) ? escaped : `- [${whollyEscaped(words)}](${url})`;
}

const markdown = unified().use(remarkParse).use(remarkGfm);
// As GitHub shows a title: what stands between backticks is code.
const CODE = /`([^`]+)`/g;

/** One link, with this text and code in it, and nothing else. */
function isLinkOf(item: string, words: string, url: string): boolean {
  const [list, ...others] = markdown.parse(item).children;
  const [only, ...more] = list?.type === 'list' ? list.children : [];
  const [paragraph] = only?.children ?? [];
  const [link, ...rest] = paragraph?.type === 'paragraph' ? paragraph.children : [];
  if (others.length + more.length + rest.length > 0 || link?.type !== 'link' || link.url !== url) return false;
  const isPlain = link.children.every(({ type }) => type === 'text' || type === 'inlineCode');
  return isPlain && textOf(link) === words.replace(CODE, '$1');
}

function escapedLink(words: string, url: string): string {
  const children: PhrasingContent[] = words.split(/(`[^`]+`)/).flatMap((part): PhrasingContent[] => {
    if (part === '') return [];
    return /^`[^`]+`$/.test(part) ? [{ type: 'inlineCode', value: part.slice(1, -1) }] : [{ type: 'text', value: part }];
  });
  const link: Link = { type: 'link', url, children };
  return toMarkdown({ type: 'paragraph', children: [link] }).trim();
}

/** Every mark that may mean anything; code becomes words. */
function whollyEscaped(words: string): string {
  return words
    .replace(CODE, '$1')
    .replace(/[!-/:-@[-`{-~]/g, (mark) => (mark === '@' || mark === ':' ? `&#${mark.charCodeAt(0)};` : `\\${mark}`));
}
