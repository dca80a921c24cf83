// Everything in an issue's text that would embarrass its editor, and that needs no network to be seen. Pure. What parsing
// itself complains of is parse-issue.ts's affair.
import type { Element, Root } from 'hast';
import { visit } from 'unist-util-visit';
import type { Problem } from '../domain/problem.ts';
import { checkLinks } from './check-links.ts';
import { checkStructure } from './check-structure.ts';
import { checkText } from './check-text.ts';
import { parseFrontMatter } from './front-matter.ts';
import { markdownToTree } from './markdown-to-tree.ts';
import type { IssueSource } from './parse-issue.ts';
import type { IssueSettings } from './settings.ts';

export interface CheckedIssue {
  readonly problems: readonly Problem[];
  /** Absolute web addresses that the issue leads to, with where each stands; none where the front matter cannot be read. */
  readonly links: readonly PlacedLink[];
  /** As they are written. */
  readonly images: readonly PlacedImage[];
}

export interface PlacedLink {
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

export interface PlacedImage {
  readonly src: string;
  readonly line: number;
  readonly column: number;
}

/** Rules see the tree as the author wrote it, with places in the text, before anything is left out of it. */
export type Rule = (tree: Root, written: string) => Problem[];

const RULES: readonly Rule[] = [checkText, checkStructure, checkLinks];

export function checkIssue({ text, file }: IssueSource, settings: IssueSettings, pageUrl: string): CheckedIssue {
  const matter = parseFrontMatter(text);
  if (matter.problems.length > 0) return { problems: [], links: [], images: [] };
  const tree = treeOf(matter.body, settings);
  if (tree === null) return { problems: [], links: [], images: [] };
  const problems = RULES.flatMap((rule) => rule(tree, matter.body));
  return { problems: problems.map((problem) => ({ ...problem, file })), links: linksIn(tree, pageUrl), images: imagesIn(tree) };
}

/** Null where it is nested too deeply to be walked through, which parsing says. */
function treeOf(body: string, { words, site }: IssueSettings): Root | null {
  try {
    return markdownToTree(body, words, site?.generator ?? null).tree;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Those that a comment on the same line, or on a line of its own before it, lets pass. */
export function withoutIgnored(problems: readonly Problem[], text: string): Problem[] {
  const ignored = new Map<number, readonly string[]>();
  let carried: readonly string[] = [];
  text.split('\n').forEach((line, index) => {
    const comments = [...line.matchAll(/<!--\s*check-off:\s*([a-z ,-]+?)\s*-->/g)];
    const all = [...carried, ...comments.flatMap(([, rules = '']) => rules.split(/[ ,]+/))];
    const isAlone = comments.length > 0 && line.replace(/<!--[\s\S]*?-->/g, '').trim() === '';
    carried = isAlone ? all : [];
    if (all.length > 0) ignored.set(index + 1, all);
  });
  return problems.filter(({ line, rule, severity }) => severity === 'error' || !ignored.get(line ?? 0)?.includes(rule));
}

function linksIn(tree: Root, pageUrl: string): PlacedLink[] {
  const links: PlacedLink[] = [];
  visit(tree, 'element', (element) => {
    const written = element.properties[element.tagName === 'img' ? 'src' : 'href'];
    const url = typeof written === 'string' && !written.startsWith('#') ? URL.parse(written, pageUrl) : null;
    if (url && /^https?:$/.test(url.protocol)) links.push({ url: url.href, ...placeOf(element) });
  });
  return links;
}

function imagesIn(tree: Root): PlacedImage[] {
  const images: PlacedImage[] = [];
  visit(tree, 'element', (element) => {
    const src = element.properties[element.tagName === 'video' ? 'poster' : 'src'];
    if ((element.tagName === 'img' || element.tagName === 'video') && typeof src === 'string')
      images.push({ src, ...placeOf(element) });
  });
  return images;
}

function placeOf({ position }: Element): { readonly line: number; readonly column: number } {
  return { line: position?.start.line ?? 1, column: position?.start.column ?? 1 };
}
