// Colours of code: few, inline for clients that drop styles, with a class by which the dark scheme changes them.
import type { Element, ElementContent } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { expect, it } from 'vitest';
import { colourTokens } from '../../src/email/colour-tokens.ts';
import { TEMPLATES } from './render-markdown.ts';

const span = (className: string[], ...children: (string | Element)[]): Element => ({
  type: 'element',
  tagName: 'span',
  properties: { className },
  children: children.map((child): ElementContent => (typeof child === 'string' ? { type: 'text', value: child } : child)),
});

function coloured(...children: Element[]): string {
  const pre: Element = { type: 'element', tagName: 'pre', properties: {}, children };
  colourTokens(pre);
  return toHtml(pre.children);
}

const KINDS = {
  k: ['keyword', 'deletion', 'name', 'tag'],
  s: ['string', 'regexp', 'char', 'addition'],
  c: ['comment', 'doctag', 'meta'],
  n: ['number', 'literal', 'type', 'symbol', 'attr', 'attribute', 'variable'],
  f: ['title', 'section', 'built_in'],
};

it.each(Object.entries(KINDS))('gives class %s and its colour to %j', (letter, kinds) => {
  const outputs = kinds.map((kind) => coloured(span([`hljs-${kind}`], 'x')));
  expect(new Set(outputs).size).toBe(1);
  expect(outputs[0]).toMatch(new RegExp(`^<span class="${letter}" style="color:#[0-9a-f]{6}">x</span>$`));
});

it('gives every class that it uses a colour for the dark', () => {
  const dark = TEMPLATES.styles.slice(TEMPLATES.styles.indexOf('prefers-color-scheme: dark'));
  for (const letter of Object.keys(KINDS)) expect(dark).toMatch(new RegExp(`\\.${letter} \\{ color: #[0-9a-f]{6} !important`));
});

it('reads the first of two classes', () => {
  expect(coloured(span(['hljs-title', 'function_'], 'x'))).toMatch(/^<span class="f"/);
});

it.each(['hljs-params', 'hljs-operator', 'hljs-punctuation', 'hljs-subst', 'language-xml'])(
  'leaves only the text of %s',
  (name) => {
    expect(coloured(span([name], 'a', span(['hljs-params'], 'b'), 'c'))).toBe('abc');
  },
);

it('colours what stands inside of a token without a colour, and of one with', () => {
  const inner = coloured(span(['hljs-number'], '1'));
  expect(coloured(span(['hljs-subst'], '{', span(['hljs-number'], '1'), '}'))).toBe(`{${inner}}`);
  expect(coloured(span(['hljs-string'], '"', span(['hljs-number'], '1'), '"'))).toContain(`>"${inner}"</span>`);
});

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((start) => Number.parseInt(colour.slice(start, start + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

it.each(Object.entries(KINDS))('can be read on the ground of code in both schemes: %s (WCAG 2.2, 1.4.3)', (letter, [kind]) => {
  const contrast = (one: string, other: string): number => {
    const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const colour = /#[0-9a-f]{6}/.exec(coloured(span([`hljs-${kind}`], 'x')))?.[0] ?? '';
  const darkened = new RegExp(`\\.${letter} \\{ color: (#[0-9a-f]{6})`).exec(TEMPLATES.styles)?.[1] ?? '';
  expect(contrast(colour, '#f6f8fa')).toBeGreaterThanOrEqual(4.5);
  expect(contrast(darkened, '#0e1116')).toBeGreaterThanOrEqual(4.5);
});
