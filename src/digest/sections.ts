// What an issue says of repositories already: the heading of each, who maintains it, which pull requests it links.
import type { Heading, Nodes, Paragraph, Root, RootContent } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';

/** A part of an issue that is headed by a link to a repository. */
export interface RepositorySection {
  /** `owner/name`, in lower case. */
  readonly repository: string;
  /** The heading, as it is written. */
  readonly heading: string;
  /** 0-based lines: that of the heading, and the one after its last. */
  readonly from: number;
  readonly to: number;
  /** Logins, in lower case. */
  readonly maintainers: readonly string[];
  /** 0-based line after the last item of the last list that links the repository's pull requests; null without one. */
  readonly listEnd: number | null;
  /** Paragraphs, with their 0-based lines, the end not included. */
  readonly paragraphs: readonly { readonly text: string; readonly from: number; readonly to: number }[];
}

/** In order. */
export function readSections(markdown: string): RepositorySection[] {
  const tree = unified().use(remarkParse).use(remarkGfm).parse(markdown);
  const lines = markdown.split('\n');
  const definitions = definitionsOf(tree);
  const headings = tree.children.filter((node): node is Heading => node.type === 'heading');
  return headings.flatMap((heading, index) => {
    const repository = repositoryIn(heading, definitions);
    if (repository === undefined) return [];
    const next = headings.slice(index + 1).find(({ depth }) => depth <= heading.depth);
    const from = lineOf(heading);
    const to = next ? lineOf(next) : lines.length;
    const inside = tree.children.filter((node) => lineOf(node) > from && lineOf(node) < to);
    return [
      {
        ...{ repository, from, to, heading: lines.slice(from, endOf(heading)).join('\n') },
        maintainers: maintainersIn(inside, lines),
        listEnd:
          inside
            .filter((node) => node.type === 'list' && linksPull(node, repository))
            .map(endOf)
            .at(-1) ?? null,
        paragraphs: inside
          .filter((node): node is Paragraph => node.type === 'paragraph')
          .map((node) => ({ text: textOf(node), from: lineOf(node), to: endOf(node) })),
      },
    ];
  });
}

/** Logins, in lower case, in order, each once. */
export function mentionsIn(text: string): string[] {
  return [
    ...new Set(
      [...text.matchAll(/(?<![\w/])@([a-z\d](?:[a-z\d]|-(?=[a-z\d]))*)/gi)].map(([, login = '']) => login.toLowerCase()),
    ),
  ];
}

function definitionsOf(tree: Root): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  visit(tree, 'definition', ({ identifier, url }) => void found.set(identifier, url));
  return found;
}

function repositoryIn(heading: Heading, definitions: ReadonlyMap<string, string>): string | undefined {
  let found: string | undefined;
  visit(heading as Nodes, (node) => {
    const url = node.type === 'link' ? node.url : node.type === 'linkReference' ? definitions.get(node.identifier) : undefined;
    found ??= /^https?:\/\/(?:www\.)?github\.com\/([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/i.exec(url ?? '')?.[1]?.toLowerCase();
  });
  return found;
}

/** Of the line below the heading that says who they are; whoever wrote the section speaks for it too. */
function maintainersIn(nodes: readonly RootContent[], lines: readonly string[]): string[] {
  const said = nodes
    .filter(({ type }) => type === 'paragraph' || type === 'html')
    .map((node) => lines.slice(lineOf(node), endOf(node)).join('\n'))
    .find((text) =>
      /class="maintainers"|maintained by|maintainers?:|section written by/i.test(text.replace(/<!--[\s\S]*?-->/g, '')),
    );
  return mentionsIn(said ?? '');
}

function linksPull(node: RootContent, repository: string): boolean {
  let isFound = false;
  visit(node as Nodes, 'link', ({ url }) => {
    isFound ||= url.toLowerCase().startsWith(`https://github.com/${repository}/pull/`);
  });
  return isFound;
}

function lineOf({ position }: Nodes): number {
  return (position?.start.line ?? 1) - 1;
}

function endOf({ position }: Nodes): number {
  return position?.end.line ?? 1;
}
