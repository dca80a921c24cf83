// Links that can be judged by their address alone.
import type { Element, Root } from 'hast';
import { toString as textOf } from 'hast-util-to-string';
import { visit } from 'unist-util-visit';
import type { Problem } from '../domain/problem.ts';
import { decoded } from './decoded.ts';
import { found } from './found.ts';

const SHORTENERS = /^(?:bit\.ly|t\.co|goo\.gl|tinyurl\.com|ow\.ly|is\.gd|buff\.ly|dlvr\.it|lnkd\.in|rb\.gy|cutt\.ly)$/i;
const TRACKING = /^(?:utm_[a-z]+|fbclid|gclid|msclkid|mc_cid|mc_eid|igshid)$/i;
const PRIVATE =
  /^(?:localhost|.*\.(?:local|localhost|internal|lan|test|invalid)|0\.0\.0\.0|169\.254\.\d+\.\d+|127\.\d+\.\d+\.\d+|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+|\[(?:::1?|f[cd][0-9a-f]{2}:.*|fe80:.*)\])\.?$/i;

export function checkLinks(tree: Root): Problem[] {
  const problems: Problem[] = [];
  visit(tree, 'element', (element) => {
    if (element.tagName === 'a') problems.push(...complaintsOf(element));
    if (element.tagName === 'img') problems.push(...imageComplaints(element));
  });
  return [...problems, ...duplicatesIn(tree)];
}

function complaintsOf(element: Element): Problem[] {
  const written = element.properties['href'];
  if (typeof written !== 'string') return [];
  if (written === '' || written === '#')
    return [found('link-empty', element, `The link “${textOf(element).trim()}” leads nowhere.`, 'Give it an address.')];
  if (/\{\{|\{%/.test(decoded(written)))
    return [
      found(
        'generator',
        element,
        `\`${decoded(written)}\` is a site generator's own link and leads nowhere in a mail.`,
        'Write the address of the page.',
      ),
    ];
  const url = URL.parse(written);
  if (!url || !/^https?:$/.test(url.protocol)) return [];
  if (PRIVATE.test(url.hostname)) return [isPrivate(element, url)];
  const problems: Problem[] = url.protocol === 'http:' ? [insecure(element, url)] : [];
  if (SHORTENERS.test(url.hostname))
    problems.push(found('link-shortened', element, `${shown(url)} hides where it leads.`, 'Write the address that it leads to.'));
  const tracking = [...url.searchParams.keys()].filter((name) => TRACKING.test(name));
  if (tracking.length > 0)
    problems.push(
      found('link-tracking', element, `${shown(url)} tells who came from where (\`${tracking.join('`, `')}\`).`, 'Cut that off.'),
    );
  return problems;
}

function imageComplaints(element: Element): Problem[] {
  const url = URL.parse(String(element.properties['src'] ?? ''));
  if (!url || !/^https?:$/.test(url.protocol)) return [];
  if (PRIVATE.test(url.hostname)) return [isPrivate(element, url)];
  return url.protocol === 'http:' ? [insecure(element, url)] : [];
}

function isPrivate(element: Element, url: URL): Problem {
  return found(
    'link-private',
    element,
    `${shown(url)} can be reached from your machine only.`,
    'Link to what readers can reach.',
  );
}

function insecure(element: Element, url: URL): Problem {
  return found('link-insecure', element, `${shown(url)} is not encrypted.`, 'Write https:// where the site has it.');
}

/** In lists of links each item begins with its own; the same one twice is a slip. */
function duplicatesIn(tree: Root): Problem[] {
  const seen = new Map<string, number>();
  const problems: Problem[] = [];
  visit(tree, 'element', (item) => {
    if (item.tagName !== 'li') return;
    const link = firstLink(item);
    const href = link?.properties['href'];
    if (!link || typeof href !== 'string' || !/^https?:/.test(href)) return;
    const before = seen.get(href);
    const line = link.position?.start.line ?? 0;
    if (before !== undefined && before !== line)
      problems.push(found('link-duplicate', link, `${href} begins the item in line ${before} already.`, 'Remove one of them.'));
    seen.set(href, before ?? line);
  });
  return problems;
}

function firstLink(item: Element): Element | undefined {
  const [first] = item.children.filter((child) => child.type !== 'text' || child.value.trim() !== '');
  if (first?.type !== 'element') return undefined;
  return first.tagName === 'a' ? first : first.tagName === 'p' ? firstLink(first) : undefined;
}

function shown(url: URL): string {
  const path = url.pathname === '/' ? '' : url.pathname;
  return `${url.protocol}//${url.host}${path.length > 40 ? `${path.slice(0, 39)}…` : path}`;
}
