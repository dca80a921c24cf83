// A newsletter's own looks in the mail, and that they can be read in the dark as well.
import { describe, expect, it } from 'vitest';
import { readNewsletter } from '../../config/read-newsletter.ts';
import { contrast, READABLE_CONTRAST } from '../../src/domain/colour.ts';
import { CODE_BACKGROUND, DARK_CARD, DEFAULT_THEME, FONTS, type Theme } from '../../src/domain/theme.ts';
import { DEFAULTS, NEWSLETTER } from '../config/sample-settings.ts';
import { type Rendering, renderBody, TEMPLATES } from './render-markdown.ts';

const render = (theme: Partial<Theme>, body = 'Text.'): Promise<Rendering> =>
  renderBody(body, { settings: { theme: { ...DEFAULT_THEME, ...theme } } });

/** Only what is written of colours, for many renderings. */
const STYLES_ONLY =
  '<mjml><mj-head><mj-style>{{{styles}}}</mj-style></mj-head><mj-body><mj-raw>{{sections}}{{slot "unsubscribeUrl"}}</mj-raw></mj-body></mjml>';

describe('a theme', () => {
  it.each<[string, Partial<Theme>, RegExp]>([
    ['the line above', { accent: '#5b21b6' }, /border-top:4px solid #5b21b6/],
    ['the newsletter’s name', { accent: '#5b21b6' }, /\.quiet \.name\{font-weight:600;color:#5b21b6\}/],
    ['links', { link: '#9f1239' }, /\.body a\{color:#9f1239\}/],
    ['what is behind the card', { background: '#fffbe6' }, /<body class="page" style="[^"]*background-color:#fffbe6/],
    ['the width', { width: 720 }, /class="card" style="[^"]*max-width:720px/],
    ['the width in Outlook', { width: 720 }, /<!--\[if mso \| IE\]><table[^>]* style="width:720px;?" width="720"/],
    ['letters with serifs', { font: FONTS.serif }, /<td class="body" style="font:17px\/1\.6 Charter,'Iowan Old Style',Georgia/],
    ['the footer’s letters', { font: FONTS.mono }, /<td class="quiet foot" align="center" style="font:14px\/1\.5 ui-monospace/],
    [
      'a logo',
      { logo: { src: 'https://e.example/l.png?a&b="', alt: 'A "logo" & more', width: 120 } },
      /<img alt="A &quot;logo&quot; &amp; more" src="https:\/\/e\.example\/l\.png\?a&amp;b&#x3D;&quot;" style="[^"]*" width="120"/,
    ],
  ])('decides about %s', async (_what, theme, html) => {
    expect((await render(theme)).html).toMatch(html);
  });

  it('has no logo where it names none', async () => {
    expect((await render({})).html).not.toContain('<img');
  });

  it('fits images to its width', async () => {
    const image = '<img src="https://e.example/a.png" alt="a" width="2000">';
    expect((await render({ width: 480 }, image)).html).toContain('width="416"');
    expect((await render({ width: 800 }, image)).html).toContain('width="736"');
  });

  it('shows a logo no wider than the card', async () => {
    const logo = { src: 'https://e.example/l.png', alt: 'Logo', width: 576 };
    expect((await render({ width: 480, logo })).html).toMatch(/<img alt="Logo"[^>]* width="416"/);
  });

  it('leaves no variable in the mail, which no mail program knows', async () => {
    expect((await render({})).html).not.toMatch(/var\(|--(accent|link)/);
  });

  it('leaves a variable alone that is not its own', async () => {
    const styles = `${TEMPLATES.styles}\n.x { color: var(--mine); background: var(--toString); }`;
    expect((await renderBody('Text.', { templates: { styles } })).html).toContain(
      '.x{color:var(--mine);background:var(--toString)}',
    );
  });

  it('changes nothing but looks', async () => {
    const plain = await render({});
    const own = await render({ accent: '#5b21b6', link: '#9f1239', font: FONTS.serif, width: 500 });
    expect(own.text).toBe(plain.text);
    expect(own.email.page).toEqual(plain.email.page);
  });
});

describe('in the dark', () => {
  const COLOURS = randomColours(100);

  it.each(COLOURS)('%s, which newsletter.yaml may name, can be read', async (colour) => {
    expect(readNewsletter(`${NEWSLETTER}theme: { accent: "${colour}", link: "${colour}" }\n`, DEFAULTS, 'n').problems).toEqual(
      [],
    );
    const theme = { ...DEFAULT_THEME, accent: colour, link: colour };
    const { html } = await renderBody('Text.', { settings: { theme }, templates: { html: STYLES_ONLY } });
    const dark = html.slice(html.indexOf('prefers-color-scheme:dark'));
    for (const selector of ['.body a', '.quiet .name']) {
      const [, shown = ''] = new RegExp(`\\${selector}\\{color:(#[0-9a-f]{6})!important`).exec(dark) ?? [];
      expect(contrast(shown, DARK_CARD)).toBeGreaterThanOrEqual(READABLE_CONTRAST);
    }
  });
});

/** Dark enough for white; the same in each run. */
function randomColours(count: number): string[] {
  const colours: string[] = [];
  for (let state = 42; colours.length < count; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const colour = `#${(state >>> 8).toString(16).padStart(6, '0')}`;
    if (contrast(colour, CODE_BACKGROUND) >= READABLE_CONTRAST) colours.push(colour);
  }
  return colours;
}
