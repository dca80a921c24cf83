// Lets through only what mail can show and nothing that can act: no script, style, frame, form, event
// handler, inline style. What it leaves out it names, with its line. Links are judged in resolve-links.ts.
import type { Element, Root } from 'hast';
import rehypeSanitize, { type Options } from 'rehype-sanitize';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import type { Problem } from '../domain/problem.ts';

const TAGS = [
  'a', 'abbr', 'b', 'blockquote', 'br', 'caption', 'center', 'cite', 'code', 'dd', 'del', 'dfn', 'div', 'dl', 'dt', 'em',
  'figcaption', 'figure', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'i', 'img', 'ins', 'kbd', 'li', 'mark', 'ol', 'p',
  'pre', 'q', 's', 'samp', 'section', 'small', 'span', 'strong', 'sub', 'sup', 'table', 'tbody', 'td', 'tfoot', 'th',
  'thead', 'tr', 'tt', 'u', 'ul', 'var', 'wbr',
]; // biome-ignore format: a list to read across

/** Elements that go with all that stands in them; of any other unknown element the content stays. */
const STRIPPED = [
  'script',
  'style',
  'template',
  'noscript',
  'title',
  'textarea',
  'select',
  'button',
  'svg',
  'math',
  'canvas',
  'head',
  'link',
  'meta',
  'base',
];

const SCHEMA: Options = {
  strip: STRIPPED,
  tagNames: TAGS,
  clobber: [],
  // Every protocol passes here and is judged, with a line number, in resolve-links.ts.
  protocols: {},
  ancestors: {
    li: ['ol', 'ul'],
    tbody: ['table'],
    td: ['table'],
    tfoot: ['table'],
    th: ['table'],
    thead: ['table'],
    tr: ['table'],
  },
  attributes: {
    a: ['href', 'title', 'id', 'name'],
    img: ['src', 'alt', 'title', 'width', 'height'],
    ol: ['start', 'reversed', 'type'],
    li: ['value', 'id', ['className', 'task-list-item']],
    ul: [['className', 'contains-task-list']],
    td: ['align', 'colSpan', 'rowSpan'],
    th: ['align', 'colSpan', 'rowSpan', 'scope'],
    code: [['className', /^language-/]],
    section: ['id', ['className', 'footnotes']],
    '*': ['id', 'lang', 'dir'],
    span: ['className'],
    small: ['className'],
    p: ['className', 'align'],
    div: ['className', 'align'],
  },
};

const KNOWN = new Set([
  ...TAGS,
  ...STRIPPED,
  'body',
  'html',
  'form',
  'label',
  'fieldset',
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
]);

export function sanitise(tree: Root): { tree: Root; problems: readonly Problem[] } {
  const problems = whatIsLeftOut(tree);
  return { tree: unified().use(rehypeSanitize, SCHEMA).runSync(tree) as Root, problems };
}

function whatIsLeftOut(tree: Root): Problem[] {
  const problems: Problem[] = [];
  visit(tree, 'element', (element) => {
    if (STRIPPED.includes(element.tagName))
      problems.push(
        leftOut(element, `<${element.tagName}> cannot be mailed and is left out.`, 'Say it in words, or link to the web page.'),
      );
    else if (!KNOWN.has(element.tagName))
      problems.push(
        leftOut(
          element,
          `<${element.tagName}> is not an HTML element; only what stands in it is kept.`,
          'Put code between backticks.',
        ),
      );
    const handler = Object.keys(element.properties).find((name) => /^on[a-z]/i.test(name));
    if (handler !== undefined)
      problems.push(leftOut(element, `\`${handler}\` cannot act in a mail and is left out.`, 'Remove it.'));
  });
  return problems;
}

function leftOut(element: Element, message: string, advice: string): Problem {
  const start = element.position?.start;
  return { severity: 'warning', rule: 'html', message, advice, ...(start && { line: start.line, column: start.column }) };
}
