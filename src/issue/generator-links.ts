// The links of site generators: `@/a.md` (Zola), `{{< ref "a.md" >}}` (Hugo), `{% link a.md %}` (Jekyll), `{filename}a.md`
// (Pelican). What they lead to only the site's own files tell.
import type { Root as Document } from 'mdast';
import { visit } from 'unist-util-visit';
import type { Generator, GeneratorLink } from '../domain/site.ts';
import { decoded } from './decoded.ts';

/** Undefined where it is a link like any other. */
export function readGeneratorLink(written: string, generator: Generator): GeneratorLink | undefined {
  const [target = '', ...rest] = decoded(written).split('#');
  const anchor = rest.length > 0 ? `#${rest.join('#')}` : '';
  const found = READERS[generator](target);
  return found && { ...found, anchor };
}

type Found = Omit<GeneratorLink, 'anchor'> | undefined;

const READERS: Readonly<Record<Generator, (target: string) => Found>> = {
  zola: (target) => (target.startsWith('@/') ? page(target.slice(2)) : undefined),
  hugo: (target) => {
    const path = /^hugo-ref:(.*)$/.exec(target)?.[1];
    return path === undefined ? undefined : { ...page(path.replace(/^\//, '')), isRelative: !path.startsWith('/') };
  },
  jekyll: (target) => {
    const [, kind, path = ''] = /^jekyll-(link|post_url):(.*)$/.exec(target) ?? [];
    if (kind === undefined) return undefined;
    return page(kind === 'link' ? path : `_posts/${path}.md`);
  },
  pelican: (target) => {
    const [, kind, path = ''] = /^[{|](filename|static|attach)[}|](.*)$/.exec(target) ?? [];
    if (kind === undefined) return undefined;
    const isRelative = !path.startsWith('/');
    return { kind: kind === 'filename' ? 'page' : 'file', path: path.replace(/^\//, ''), isRelative };
  },
};

function page(path: string): { kind: 'page'; path: string; isRelative: false } {
  return { kind: 'page', path, isRelative: false };
}

// Markdown takes an address with spaces for none, so these are written without before it is read.
const SPACED: Readonly<Partial<Record<Generator, readonly [RegExp, string]>>> = {
  hugo: [/(\]\(\s*)\{\{[<%]\s*(?:rel)?ref\s+"([^"\n]+)"\s*[%>]\}\}(?=\s*\))/g, 'hugo-ref:$2'],
  jekyll: [/(\]\(\s*)(?:\{\{\s*site\.(?:baseurl|url)\s*\}\})*\{%\s*(link|post_url)\s+([^%\s]+)\s*%\}(?=[)#\s])/g, 'jekyll-$2:$3'],
};

/** The text with such addresses written as one word; what stands in code, which `parse` finds, is left as it is. */
export function withoutSpaces(markdown: string, generator: Generator, parse: (markdown: string) => Document): string {
  const [pattern, written] = SPACED[generator] ?? [];
  if (pattern === undefined || written === undefined || markdown.search(pattern) < 0) return markdown;
  const code: (readonly [from: number, to: number])[] = [];
  visit(parse(markdown), (node) => {
    const [from, to] = [node.position?.start.offset, node.position?.end.offset];
    if ((node.type === 'code' || node.type === 'inlineCode') && from !== undefined && to !== undefined) code.push([from, to]);
  });
  const isCode = (offset: number): boolean => code.some(([from, to]) => offset >= from && offset < to);
  return markdown.replace(pattern, (whole: string, before: string, ...args: (string | number)[]) => {
    const offset = Number(args.find((each) => typeof each === 'number'));
    const named = args.slice(0, args.indexOf(offset)).map((each) => encodeURI(String(each)));
    return isCode(offset) ? whole : before + written.replace(/\$(\d)/g, (_, group: string) => named[Number(group) - 2] ?? '');
  });
}
