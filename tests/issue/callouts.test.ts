// Callouts, as on GitHub: five kinds, and everything else stays a quote.
import { describe, expect, it } from 'vitest';
import { CALLOUTS } from '../../src/issue/callouts.ts';
import { parseBody } from './parse-markdown.ts';

const bodyHtml = (markdown: string): string => parseBody(markdown).html;

describe('a callout', () => {
  it.each(CALLOUTS)('of the kind %s has its name above it', (kind) => {
    const html = bodyHtml(`> [!${kind.toUpperCase()}]\n> Mind the *gap*.\n>\n> - and this`);
    expect(html).toMatch(new RegExp(`^<div class="callout ${kind}"><p class="callout-title"><strong>\\w+</strong></p>`));
    expect(html).toContain('<p>Mind the <em>gap</em>.</p>');
    expect(html).toContain('<li>and this</li>');
    expect(html).not.toContain('[!');
  });

  it('may have its text after an empty line, and be written in small letters', () => {
    expect(bodyHtml('> [!note]\n>\n> Text')).toMatch(/^<div class="callout note"><p.*<\/p>\s*<p>Text<\/p>\s*<\/div>$/s);
  });

  it('may hold another', () => {
    expect(bodyHtml('> [!NOTE]\n> One\n>\n> > [!TIP]\n> > Two').match(/class="callout /g)).toHaveLength(2);
  });

  it.each([
    ['a kind that there is not', '> [!NOTHING]\n> x'],
    ['a name that every object has', '> [!constructor]\n> x'],
    ['a mark with text behind it', '> [!NOTE] x'],
    ['a mark further down', '> x\n> [!NOTE]'],
    ['a mark in code', '> `[!NOTE]`\n> x'],
    ['an empty quote', '>\n\nx'],
    ['a quote in HTML', '<blockquote>x</blockquote>'],
  ])('is not made of %s', (_case, markdown) => {
    expect(bodyHtml(markdown)).toContain('<blockquote>');
  });

  it('is not made of a mark without a quote', () => {
    expect(bodyHtml('[!NOTE]\nx')).toMatch(/^<p>\[!NOTE\]/);
  });
});
