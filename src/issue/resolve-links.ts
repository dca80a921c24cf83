// Makes every link and image absolute against the web address, and takes out those that could do
// harm. A link that is absolute already is not touched by a byte.
import { distance } from 'fastest-levenshtein';
import type { Element, Root } from 'hast';
import { visit } from 'unist-util-visit';
import type { Problem } from '../domain/problem.ts';
import type { Site } from '../domain/site.ts';
import { readGeneratorLink } from './generator-links.ts';

declare module 'hast' {
  interface ElementData {
    /** The path as it was written, of an image or a link to a file beside the issue. */
    beside?: string;
  }
}

const LINK_PROTOCOLS = ['http:', 'https:', 'mailto:', 'tel:', 'xmpp:', 'irc:', 'ircs:', 'matrix:', 'news:'];
const IMAGE_PROTOCOLS = ['http:', 'https:'];

type Resolution = { readonly kind: 'url'; readonly url: string } | { readonly kind: 'dangerous' | 'broken' };

/** Changes the tree in place and returns it. */
export function resolveLinks(tree: Root, baseUrl: string, site: Site | null): { tree: Root; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const anchors = anchorsOf(tree);
  visit(tree, 'element', (element, index, parent) => {
    const [name, protocols] =
      element.tagName === 'img' ? (['src', IMAGE_PROTOCOLS] as const) : (['href', LINK_PROTOCOLS] as const);
    const written = element.properties[name];
    if (typeof written !== 'string') return;
    if (written.startsWith('#') && anchors.has(decodeAnchor(written))) return;
    const named = site && readGeneratorLink(written, site.generator);
    if (site && named) {
      const address = site.addressOf(named);
      if (address === null) delete element.properties[name];
      else element.properties[name] = address;
      if (address === null) problems.push(noSuchPage(element, written));
      return;
    }
    const resolution = resolve(written, baseUrl, protocols);
    if (isBeside(written)) element.data = { ...element.data, beside: written };
    if (resolution.kind === 'url') element.properties[name] = resolution.url;
    else {
      delete element.properties[name];
      if (element.tagName === 'img' && parent && index !== undefined)
        parent.children[index] = { type: 'text', value: String(element.properties['alt'] ?? '') };
      problems.push(complaint(element, written, resolution.kind));
    }
    if (/^@\/|^\{(filename|static)\}/.test(written)) problems.push(generatorLink(element, written));
  });
  return { tree, problems };
}

/** Relative to the issue's own file, and not to its site. */
export function isBeside(written: string): boolean {
  return !/^\s*(?:[a-z][a-z0-9+.-]*:|\/|#|@|\?)/i.test(written);
}

function resolve(written: string, baseUrl: string, protocols: readonly string[]): Resolution {
  const url = URL.parse(written, baseUrl);
  if (!url) return { kind: 'broken' };
  if (!protocols.includes(url.protocol) && !isMistypedHttp(url.protocol)) return { kind: 'dangerous' };
  // Browsers drop tabs and line breaks from an address and so does the parser; a header or a mail must not see them.
  const bare = written.trim();
  const isAbsolute = /^[a-z][a-z0-9+.-]*:/i.test(bare) && !/[\p{Cc}\s]/u.test(bare);
  return { kind: 'url', url: isAbsolute ? bare : url.href };
}

/** `ttps:` opens nothing and does no harm: the reader sees where it was meant to lead. */
function isMistypedHttp(protocol: string): boolean {
  return distance(protocol, 'https:') <= 1 || distance(protocol, 'http:') <= 1;
}

function anchorsOf(tree: Root): Set<string> {
  const anchors = new Set<string>();
  visit(tree, 'element', (element) => {
    for (const name of ['id', 'name']) {
      const value = element.properties[name];
      if (typeof value === 'string') anchors.add(value);
    }
  });
  return anchors;
}

function decodeAnchor(href: string): string {
  try {
    return decodeURIComponent(href.slice(1));
  } catch {
    return href.slice(1);
  }
}

function complaint(element: Element, written: string, kind: 'dangerous' | 'broken'): Problem {
  const what = element.tagName === 'img' ? 'image' : 'link';
  const message =
    kind === 'dangerous'
      ? `The ${what} to \`${written}\` is not of a kind that may be mailed and is left out.`
      : `The ${what} to \`${written}\` is not a web address and is left out.`;
  return { severity: 'warning', rule: 'link', message, advice: 'Use an https address.', ...placeOf(element) };
}

function noSuchPage(element: Element, written: string): Problem {
  const shown = written.replace(/^(?:hugo|jekyll)-[a-z_]+:/, '');
  return {
    severity: 'error',
    rule: 'link',
    message: `\`${shown}\` names no page of the site.`,
    advice: 'Mend the path.',
    ...placeOf(element),
  };
}

function generatorLink(element: Element, written: string): Problem {
  return {
    severity: 'warning',
    rule: 'link',
    message: `\`${written}\` is a site generator's own link and leads nowhere in a mail.`,
    advice: 'Write the address of the page, or name the generator in newsletter.yaml, as in site: { generator: zola }.',
    ...placeOf(element),
  };
}

function placeOf(element: Element): { line?: number; column?: number } {
  const start = element.position?.start;
  return start ? { line: start.line, column: start.column } : {};
}
