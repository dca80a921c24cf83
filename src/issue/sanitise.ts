// Lets through only what mail can show and nothing that can act: no script, style, frame, form, event
// handler, inline style. What is left out is named in left-out.ts; links are judged in resolve-links.ts.
import type { Root } from 'hast';
import rehypeSanitize, { type Options } from 'rehype-sanitize';
import { unified } from 'unified';

export const KEPT = [
  'a', 'abbr', 'b', 'blockquote', 'br', 'caption', 'center', 'cite', 'code', 'dd', 'del', 'dfn', 'div', 'dl', 'dt', 'em',
  'figcaption', 'figure', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'i', 'img', 'ins', 'kbd', 'li', 'mark', 'ol', 'p',
  'pre', 'q', 's', 'samp', 'section', 'small', 'span', 'strong', 'sub', 'sup', 'table', 'tbody', 'td', 'tfoot', 'th',
  'thead', 'tr', 'tt', 'u', 'ul', 'var', 'wbr',
]; // biome-ignore format: a list to read across

/** Elements that go with all that stands in them; of any other unknown element the content stays. */
export const STRIPPED = [
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
  strip: [...STRIPPED],
  tagNames: [...KEPT],
  allowComments: true,
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

/** Comments pass, for one of them ends the summary; summary.ts drops them all. */
export function sanitise(tree: Root): Root {
  return unified().use(rehypeSanitize, SCHEMA).runSync(tree) as Root;
}
