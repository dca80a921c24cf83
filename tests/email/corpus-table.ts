// npm run corpus: what becomes of the real issues in ../shared/corpus/issues, and of the sample, in the numbers that the
// email is held to. Each is rendered whole, and measured as it goes over the wire.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Root } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { visit } from 'unist-util-visit';
import { table } from '../../src/cli/terminal.ts';
import { fillPattern, matchIssueName, patternValues } from '../../src/domain/issue-pattern.ts';
import { renderMarkdown } from './render-markdown.ts';

const ROOT = join(import.meta.dirname, '../..');
export const CORPUS = join(ROOT, '../shared/corpus/issues');
/** Gmail hides what is beyond. */
export const HTML_MAX_BYTES = 102_400;

export const NEWSLETTERS = [
  { folder: ROOT, files: 'issues/{id}.md', pattern: 'https://rust-osdev.example/this-month/{id}/' },
  { folder: join(CORPUS, 'rust-osdev'), files: '{id}/index.md', pattern: 'https://rust-osdev.com/this-month/{id}/' },
  {
    folder: join(CORPUS, 'this-week-in-rust'),
    files: '{date}-{slug}.md',
    pattern: 'https://this-week-in-rust.org/blog/{year}/{month}/{day}/{slug}/',
  },
];

export const ISSUES = NEWSLETTERS.flatMap(({ folder, files, pattern }) =>
  globSync(files.replace(/\{\w+\}/g, '*'), { cwd: folder })
    .toSorted()
    .map((file) => {
      const name = matchIssueName(files, file)!;
      return { file, path: join(folder, file), name, pattern, url: fillPattern(pattern, patternValues(name)).text };
    }),
);

export interface Measured {
  readonly file: string;
  /** Text, tags and addresses, without style. */
  readonly bareBytes: number;
  readonly htmlBytes: number;
  readonly textBytes: number;
  readonly links: number;
  readonly isCut: boolean;
  readonly renderMs: number;
}

export async function measure({ file, path, name, pattern }: (typeof ISSUES)[number]): Promise<Measured> {
  const startedAt = performance.now();
  const { issue, email, html, text } = await renderMarkdown(readFileSync(path, 'utf8'), {
    ...{ source: { name }, issue: { urlPattern: pattern } },
  });
  const renderMs = performance.now() - startedAt;
  let links = 0;
  visit(issue.body, 'element', ({ tagName }) => {
    if (tagName === 'a') links++;
  });
  const sizes = { bareBytes: bytesOf(bare(issue.body)), htmlBytes: bytesOf(html), textBytes: bytesOf(text) };
  return { file, ...sizes, links, isCut: email.isCut, renderMs };
}

/** The most that the HTML may have, for what is in it. */
export function budgetOf({ bareBytes }: Measured): number {
  return Math.round(1.6 * bareBytes + 8_192);
}

function bare(body: Root): string {
  const tree = structuredClone(body);
  visit(tree, 'element', (element, index, parent) => {
    delete element.properties['className'];
    if (element.tagName !== 'span' || !parent || index === undefined) return undefined;
    parent.children.splice(index, 1, ...element.children);
    return index;
  });
  return toHtml(tree, { characterReferences: { useNamedReferences: true } });
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}

async function main(): Promise<void> {
  if (!existsSync(CORPUS)) process.stderr.write(`The folder ${CORPUS} is not there: only the sample is measured.\n`);
  const measured: Measured[] = [];
  for (const issue of ISSUES) measured.push(await measure(issue));
  const rows = measured.map((each) => [
    ...[each.file, each.links, each.bareBytes, each.htmlBytes, (each.htmlBytes / each.bareBytes).toFixed(2)],
    ...[
      `${Math.round((100 * each.htmlBytes) / budgetOf(each))} %`,
      each.textBytes,
      each.isCut ? 'cut' : '',
      Math.round(each.renderMs),
    ],
  ]);
  console.log(table(rows, ['issue', 'links', 'bare', 'HTML', 'times', 'of budget', 'text', '', 'ms']));
  const most = Math.max(...measured.map(({ htmlBytes }) => htmlBytes));
  console.log(
    `\n${measured.length} issues; the largest HTML has ${most} of ${HTML_MAX_BYTES} bytes; cut: ${measured.filter(({ isCut }) => isCut).length}.`,
  );
}

if (import.meta.main) await main();
