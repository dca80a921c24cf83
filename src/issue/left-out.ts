// Names what of an author's HTML cannot be mailed, with its line, before any of it is changed. It takes nothing
// out itself: that is done by show-in-mail.ts and sanitise.ts.
import type { Element, Root } from 'hast';
import { SKIP, visit } from 'unist-util-visit';
import type { Problem } from '../domain/problem.ts';
import { KEPT, STRIPPED } from './sanitise.ts';

/** Elements that are no surprise: what mail cannot show of them is turned into something that works. */
const TURNED = [
  'video',
  'audio',
  'iframe',
  'embed',
  'object',
  'picture',
  'source',
  'track',
  'param',
  'details',
  'summary',
  'input',
];
const PLAIN = [
  'html',
  'body',
  'article',
  'main',
  'header',
  'footer',
  'nav',
  'aside',
  'time',
  'font',
  'big',
  'nobr',
  'label',
  'fieldset',
  'legend',
  'hgroup',
  'address',
  'bdi',
  'bdo',
  'col',
  'colgroup',
  'data',
  'dialog',
  'map',
  'area',
  'meter',
  'progress',
  'output',
  'ruby',
  'rb',
  'rp',
  'rt',
  'search',
  'slot',
  'strike',
  'acronym',
];
const KNOWN = new Set([...KEPT, ...TURNED, ...PLAIN]);

export function whatIsLeftOut(tree: Root): Problem[] {
  const problems: Problem[] = [];
  visit(tree, 'element', (element) => {
    const complaint = complaintOf(element);
    if (complaint) problems.push(placed(element, ...complaint));
    // The parts of what goes as a whole need no word of their own.
    return STRIPPED.includes(element.tagName) ? SKIP : undefined;
  });
  return problems;
}

type Complaint = readonly [message: string, advice: string];

/** The first thing that is wrong with an element; one word about it is enough. */
function complaintOf(element: Element): Complaint | undefined {
  const { tagName, properties } = element;
  if (STRIPPED.includes(tagName))
    return [`<${tagName}> cannot be mailed and is left out.`, 'Say it in words, or link to the web page.'];
  if (tagName === 'form' || (tagName === 'input' && properties['type'] !== 'checkbox'))
    return [`<${tagName}> does nothing in a mail; only its text is kept.`, 'Link to the web page.'];
  if (!KNOWN.has(tagName))
    return [`<${tagName}> is not an HTML element; only what stands in it is kept.`, 'Put code between backticks.'];
  const handler = Object.keys(properties).find((name) => /^on[a-z]/i.test(name));
  if (handler !== undefined) return [`\`${handler}\` cannot act in a mail and is left out.`, 'Remove it.'];
  if ('srcDoc' in properties) return ['`srcdoc` cannot be mailed and is left out.', 'Link to the web page.'];
  if ('style' in properties) return ['`style` is left out: how a mail looks is the template’s affair.', 'Remove it.'];
  return undefined;
}

function placed(element: Element, message: string, advice: string): Problem {
  const start = element.position?.start;
  return { severity: 'warning', rule: 'html', message, advice, ...(start && { line: start.line, column: start.column }) };
}
