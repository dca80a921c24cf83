// What an issue says of repositories already: the heading of each, who maintains it, which pull requests it links.
import type { Heading, LinkReference, List, Nodes, Paragraph, Root, RootContent } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';

/** A part of an issue that is headed by a link to a repository. It ends where another begins, be that one nested in it. */
export interface RepositorySection {
  /** `owner/name`, in lower case. */
  readonly repository: string;
  /** The heading, as it is written, but for addresses that stand elsewhere in the issue: these are put into it. */
  readonly heading: string;
  /** 0-based lines: that of the heading, and the one after its last. */
  readonly from: number;
  readonly to: number;
  /** 0-based line after its last text; definitions of links, which often stand there for all of the issue, come after it. */
  readonly end: number;
  /** Logins, in lower case. */
  readonly maintainers: readonly string[];
  /** The words that name them, as they are written; empty without any. */
  readonly maintainersLine: string;
  readonly lists: readonly PullList[];
  /** Paragraphs, with their 0-based lines, the end not included. */
  readonly paragraphs: readonly { readonly text: string; readonly from: number; readonly to: number }[];
}

/** A list that links pull requests. */
export interface PullList {
  /** Whose they are, as `owner/name`, in lower case. */
  readonly repositories: readonly string[];
  /** 0-based line after its last item. */
  readonly to: number;
  /** What an item of it begins with, and its number, where they are counted. */
  readonly marker: { readonly before: string; readonly number: number | null; readonly after: string };
}

export interface WrittenHeading {
  readonly depth: number;
  /** As in a section. */
  readonly text: string;
  /** The repository that it links first, in lower case; null where it links none. */
  readonly repository: string | null;
  /** 0-based lines, the end not included. */
  readonly from: number;
  readonly to: number;
}

/** In order. */
export function readSections(markdown: string): RepositorySection[] {
  const { tree, source, definitions } = parse(markdown);
  const lines = linesOf(source);
  const headings = headingsIn(tree, source, definitions);
  return headings.flatMap((heading, index) => {
    const { depth, text, repository, from } = heading;
    if (repository === null) return [];
    const isNext = (other: WrittenHeading): boolean =>
      other.depth <= depth || (other.repository !== null && other.repository !== repository);
    const to = headings.slice(index + 1).find(isNext)?.from ?? lines.length;
    const inside = tree.children.filter((node) => lineOf(node) > from && lineOf(node) < to);
    const last = inside.filter(({ type }) => type !== 'definition' && type !== 'footnoteDefinition').at(-1);
    const maintainersLine = maintainersIn(inside, lines);
    return [
      {
        ...{ repository, from, to, heading: text, maintainersLine },
        end: last ? endOf(last) : heading.to,
        maintainers: loginsIn(maintainersLine),
        lists: inside.filter((node): node is List => node.type === 'list').flatMap((list) => pullList(list, lines, definitions)),
        paragraphs: inside
          .filter((node): node is Paragraph => node.type === 'paragraph')
          .map((node) => ({ text: textOf(node), from: lineOf(node), to: endOf(node) })),
      },
    ];
  });
}

/** Those that stand by themselves, not in a list or a quotation. */
export function readHeadings(markdown: string): WrittenHeading[] {
  const { tree, source, definitions } = parse(markdown);
  return headingsIn(tree, source, definitions);
}

/** As Markdown counts them. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}

/** Logins, in lower case, in order, each once. */
export function mentionsIn(text: string): string[] {
  return [...new Set([...text.matchAll(/(?<![\w/])@([a-z\d][\w-]*)/gi)].map(([, login = '']) => login.toLowerCase()))];
}

/** HTML comments are for the editors, not for readers. */
export function withoutComments(text: string): string {
  return text.replace(/<!--[\s\S]*?-->/g, '');
}

type Definitions = ReadonlyMap<string, string>;

function parse(markdown: string): { tree: Root; source: string; definitions: Definitions } {
  const source = withoutFrontMatter(markdown);
  const tree = unified().use(remarkParse).use(remarkGfm).parse(source);
  const definitions = new Map<string, string>();
  visit(tree, 'definition', ({ identifier, url }) => {
    // Of two, the first is the one that counts.
    if (!definitions.has(identifier)) definitions.set(identifier, url);
  });
  return { tree, source, definitions };
}

/** With empty lines in its place: to Markdown, the end of YAML makes a heading of it, and so does a comment in TOML. */
function withoutFrontMatter(markdown: string): string {
  return markdown
    .replace(/^\uFEFF/, ' ')
    .replace(/^ ?(\+\+\+|---)[ \t]*(?:\r\n|\n|\r)(?:[\s\S]*?(?:\r\n|\n|\r))??\1[ \t]*(?=\r|\n|$)/, (matter) =>
      matter.replace(/[^\r\n]/g, ''),
    );
}

function headingsIn(tree: Root, source: string, definitions: Definitions): WrittenHeading[] {
  return tree.children
    .filter((node): node is Heading => node.type === 'heading')
    .map((node) => ({
      ...{ depth: node.depth, from: lineOf(node), to: endOf(node) },
      text: writtenOut(node, source, definitions),
      repository: repositoryIn(node, definitions),
    }));
}

/** With the addresses of its links in it, so that it can stand in another text. */
function writtenOut(heading: Heading, source: string, definitions: Definitions): string {
  const references: LinkReference[] = [];
  visit(heading as Nodes, 'linkReference', (node) => void references.push(node));
  const start = startOf(heading);
  let text = source.slice(start, stopOf(heading));
  for (const node of references.toReversed()) {
    const [first, last] = [node.children[0], node.children.at(-1)];
    const url = definitions.get(node.identifier) ?? '';
    if (first === undefined || last === undefined) continue;
    const link = `[${source.slice(startOf(first), stopOf(last))}](${/[\s()<>]/.test(url) ? `<${url}>` : url})`;
    text = text.slice(0, startOf(node) - start) + link + text.slice(stopOf(node) - start);
  }
  return linesOf(text).join('\n');
}

function repositoryIn(heading: Heading, definitions: Definitions): string | null {
  for (const url of urlsIn(heading, definitions)) {
    const [, found] = /^https?:\/\/(?:www\.)?github\.com\/([\w.-]+\/[\w.-]+?)(?:\.git)?\/*(?:#[^#]*|\?[^?]*)?$/i.exec(url) ?? [];
    if (found !== undefined) return found.toLowerCase();
  }
  return null;
}

function urlsIn(node: Nodes, definitions: Definitions): string[] {
  const urls: string[] = [];
  visit(node, (each) => {
    if (each.type === 'link') urls.push(each.url);
    if (each.type === 'linkReference') urls.push(definitions.get(each.identifier) ?? '');
  });
  return urls;
}

const SAYS_WHO = /class=["']?maintainers|maintained by|maintainers?:|section written by/i;

/** Of the line below the heading that says who they are; whoever wrote the section speaks for it too. */
function maintainersIn(nodes: readonly RootContent[], lines: readonly string[]): string {
  const said = nodes
    .filter(({ type }) => type === 'paragraph' || type === 'html')
    .map((node) => withoutComments(lines.slice(lineOf(node), endOf(node)).join('\n')))
    .find((text) => SAYS_WHO.test(text));
  if (said === undefined) return '';
  const all = said.split('\n');
  const from = all.findIndex((line) => SAYS_WHO.test(line));
  // The names may go on in the next line; what comes after them is about other things, and names others.
  const to = all.findIndex(
    (line, index) =>
      index >= from &&
      loginsIn(line).length > 0 &&
      !/(?:,|&|\band)\s*$/i.test(line) &&
      !/^\s*(?:,|&|and\b)/i.test(all[index + 1] ?? ''),
  );
  return all
    .slice(from, to < 0 ? from + 1 : to + 1)
    .join('\n')
    .trim();
}

/** Those that are mentioned, and those whose page is linked under another name. */
function loginsIn(text: string): string[] {
  const linked = [...text.matchAll(/https?:\/\/(?:www\.)?github\.com\/([a-z\d][\w-]*)\/?(?=[)\]>"'\s]|$)/gi)];
  return [...new Set([...mentionsIn(text), ...linked.map(([, login = '']) => login.toLowerCase())])];
}

function pullList(list: List, lines: readonly string[], definitions: Definitions): PullList[] {
  const repositories = urlsIn(list, definitions).flatMap((url) => {
    const [, repository] = /^https?:\/\/(?:www\.)?github\.com\/([\w.-]+\/[\w.-]+)\/pull\/\d+/i.exec(url) ?? [];
    return repository === undefined ? [] : [repository.toLowerCase()];
  });
  if (repositories.length === 0) return [];
  const [last, previous] = list.children.map((item) => MARKER.exec(lines[lineOf(item)] ?? '')).toReversed();
  const [, indent = '', sign = '-', digits, after = ''] = last ?? [];
  // Some write 1. before each.
  const number = digits === undefined ? null : Number(digits) + (previous?.[3] === digits ? 0 : 1);
  const marker = digits === undefined ? { before: `${indent}${sign} `, after: '' } : { before: indent, after: `${after} ` };
  return [{ repositories, to: endOf(list), marker: { ...marker, number } }];
}

const MARKER = /^([ \t]*)(?:([-*+])|(\d+)([.)]))(?:[ \t]|$)/;

function lineOf({ position }: Nodes): number {
  return (position?.start.line ?? 1) - 1;
}

function endOf({ position }: Nodes): number {
  return position?.end.line ?? 1;
}

function startOf({ position }: Nodes): number {
  return position?.start.offset ?? 0;
}

function stopOf({ position }: Nodes): number {
  return position?.end.offset ?? 0;
}
