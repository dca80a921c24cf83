// The words of an HTML part as a screen shows them: white space is folded as CSS does it, blocks stand on lines of their
// own, `pre` is as it is. Read by parse5, none of src/.
import { type DefaultTreeAdapterTypes, parse } from 'parse5';

type Node = DefaultTreeAdapterTypes.Node;

const HIDDEN = new Set(['head', 'style', 'script', 'noscript']);
const INLINE = new Set(
  'a abbr b bdi bdo cite code del dfn em font i img ins kbd mark q s samp small span strong sub sup tt u var wbr'.split(' '),
);

export function shownText(html: string): string {
  return shown(parse(html))
    .replace(/[ \u0001]*\u0001[ \u0001]*/g, '\n')
    .replace(/ +/g, ' ')
    .trim();
}

/** U+0001 stands for the edge of a block, U+0002 for a space of code. */
function shown(node: Node): string {
  if (node.nodeName === '#text' && 'value' in node) return node.value.replace(/[ \t\r\n\f]+/g, ' ');
  if (!('childNodes' in node) || HIDDEN.has(node.nodeName)) return '';
  if (node.nodeName === 'pre') return `\u0001${JSON.stringify(verbatim(node)).replaceAll(' ', '\u0002')}\u0001`;
  const inner = node.childNodes.map(shown).join('');
  if (node.nodeName === 'br') return '\u0001';
  return INLINE.has(node.nodeName) ? inner : `\u0001${inner}\u0001`;
}

function verbatim(node: Node): string {
  if (node.nodeName === '#text' && 'value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(verbatim).join('') : '';
}

const VOID = new Set(['area', 'base', 'br', 'col', 'hr', 'img', 'input', 'link', 'meta', 'wbr']);

/** Tags that do not pair, with what stands about them. Whatever only Outlook reads pairs across its comments: left out. */
export function nestingErrors(html: string): string[] {
  const errors: string[] = [];
  const open: string[] = [];
  const shown = html.replace(/<style[^>]*>[\s\S]*?<\/style>/g, '').replace(/<!--[\s\S]*?-->/g, '');
  for (const { 0: tag, 1: end, 2: name = '', index } of shown.matchAll(/<(\/?)([a-z][a-z0-9-]*)(?:"[^"]*"|[^">])*>/gi)) {
    if (VOID.has(name) || tag.endsWith('/>')) continue;
    if (end === '') open.push(name);
    else if (open.at(-1) === name) open.pop();
    else errors.push(`</${name}> within ${open.slice(-3).join(' ')}: ${shown.slice(Math.max(index - 60, 0), index + 60)}`);
  }
  return errors.length > 0 ? errors.slice(0, 3) : open.map((name) => `<${name}> without an end`);
}
