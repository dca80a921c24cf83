// Issue + templates -> Email: done once per edition, never per recipient. Pure: templates come as text.
//
// The author's words go into the templates as values, so braces in them are only text. Slots, which each
// recipient fills, are marked with noncharacters (slots.ts) that cannot occur in an issue.
import Handlebars from 'handlebars';
import type { RootContent } from 'hast';
import mjml from 'mjml';
import { lightenFor } from '../domain/colour.ts';
import type { Email, SlottedText } from '../domain/email.ts';
import { formatDay } from '../domain/format-day.ts';
import type { Issue } from '../domain/issue.ts';
import { DARK_CARD, QUIET_COLOUR, type Theme } from '../domain/theme.ts';
import type { Words } from '../domain/words.ts';
import { contentsOf } from './contents.ts';
import { cutToSize } from './cut-to-size.ts';
import { documentToHtml } from './document-to-html.ts';
import { documentToPage } from './document-to-page.ts';
import { documentToText } from './document-to-text.ts';
import { minifyCss, minifyHtml } from './minify-html.ts';
import { markSlots, type Patterned, slotMark, splitSlots, wrapMarked } from './slots.ts';
import { TEXT_WIDTH, underline } from './wrap-text.ts';

export interface EmailTemplates {
  /** Handlebars over MJML. */
  readonly html: string;
  /** Handlebars over plain text. */
  readonly text: string;
  /** CSS for the `<style>` of the HTML part. */
  readonly styles: string;
}

export interface EmailSettings {
  /** The newsletter's name. */
  readonly newsletter: string;
  /** The list's title, as readers know it. */
  readonly list: string;
  /** `Hello {name|reader},` or null. */
  readonly greeting: string | null;
  readonly postalAddress: string | null;
  readonly words: Words;
  readonly theme: Theme;
}

// Gmail hides what is beyond.
const HTML_MAX_BYTES = 102_400;
const TEXT_MAX_BYTES = 102_400;
// What a reader's own name, address or link may add where its slot is.
const SLOT_MAX_BYTES = 300;
// The line that leads on.
const CUT_LINE_BYTES = 600;
const CARD_PADDING_PX = 64;
// Light letters on dark look thinner than they are: more than is needed to be read (WCAG 2.2, 1.4.6).
const IN_DARK = 7;

/** Throws where a template is broken, with the template's own message. */
export async function renderEmail(issue: Issue, settings: EmailSettings, templates: EmailTemplates): Promise<Email> {
  const { html, mjml: source, isCut } = await fitHtml(issue, settings, templates);
  const text = fillTemplate(
    templates.text,
    { ...wrapped(frame(issue, settings, plainText)), ...textParts(issue, settings) },
    true,
  );
  return {
    subject: issue.subject,
    html,
    text: splitSlots(`${text.trim()}\n`, 'text'),
    page: { title: issue.title, day: issue.date, summary: issue.preheader, html: documentToPage(issue.body) },
    mjml: source,
    isCut,
  };
}

interface RenderedHtml {
  readonly html: SlottedText;
  readonly mjml: string;
  readonly isCut: boolean;
}

async function fitHtml(issue: Issue, settings: EmailSettings, templates: EmailTemplates): Promise<RenderedHtml> {
  const whole = await renderHtml(issue, settings, templates, false);
  const size = sizeOf(whole.html);
  if (size <= HTML_MAX_BYTES) return whole;
  const measure = (nodes: readonly RootContent[]): number =>
    Buffer.byteLength(documentToHtml({ type: 'root', children: [...nodes] }, textWidthOf(settings)).join(''));
  const room = HTML_MAX_BYTES - CUT_LINE_BYTES - (size - measure(issue.body.children));
  const body = cutToSize(issue.body, room, measure);
  return renderHtml({ ...issue, body }, settings, templates, true);
}

async function renderHtml(
  issue: Issue,
  settings: EmailSettings,
  templates: EmailTemplates,
  isCut: boolean,
): Promise<RenderedHtml> {
  const values = { ...frame(issue, settings, htmlText), ...htmlParts(issue, settings, templates), cut: isCut ? issue.url : null };
  const source = fillTemplate(templates.html, values, false);
  const { html } = await mjml(source, { validationLevel: 'strict', keepComments: false, fonts: {} });
  return { html: splitSlots(minifyHtml(html), 'html'), mjml: source, isCut };
}

function sizeOf(html: SlottedText): number {
  return html.reduce((sum, part) => sum + (typeof part === 'string' ? Buffer.byteLength(part) : SLOT_MAX_BYTES), 0);
}

function textWidthOf({ theme }: EmailSettings): number {
  return theme.width - CARD_PADDING_PX;
}

/** What both templates may use. */
function frame(issue: Issue, settings: EmailSettings, encode: (text: string) => string): Record<string, unknown> {
  const why: Patterned = { pattern: settings.words.whyYouGetThis, fixed: { list: settings.list } };
  return {
    language: issue.language,
    newsletter: settings.newsletter,
    title: issue.title,
    date: issue.date === null ? null : formatDay(issue.date, issue.language),
    url: issue.url,
    words: settings.words,
    postalAddress: settings.postalAddress,
    greeting: settings.greeting === null ? null : markSlots({ pattern: settings.greeting, fixed: {} }, encode),
    whyYouGetThis: markSlots(why, encode),
  };
}

function htmlParts(issue: Issue, settings: EmailSettings, templates: EmailTemplates): Record<string, unknown> {
  const { theme } = settings;
  const sections = documentToHtml(issue.body, textWidthOf(settings));
  const hasOpening = sections[0]?.startsWith('<h2') === false;
  const opening = hasOpening ? sections.slice(0, 1) : [];
  return {
    subject: issue.subject,
    preheader: issue.preheader,
    direction: /^(ar|fa|he|ur|yi)\b/.test(issue.language) ? 'rtl' : 'ltr',
    theme,
    styles: minifyCss(colour(templates.styles, theme)),
    // Written out in each row: Outlook's Word engine hands nothing down into a table.
    bodyStyle: `font:17px/1.6 ${theme.font};color:#1f2328;word-break:break-word`,
    quietStyle: `font:14px/1.5 ${theme.font};color:${QUIET_COLOUR}`,
    contents: contentsOf(issue.body, issue.url),
    // What stands before the first section is read before the table of contents.
    opening: opening.join(''),
    sections: hasOpening ? sections.slice(1) : sections,
  };
}

/** Mail programs know no `var()`: the theme's colours are written out. */
function colour(styles: string, { accent, link }: Theme): string {
  const colours: Readonly<Record<string, string>> = {
    ...{ accent, 'accent-in-dark': lightenFor(accent, DARK_CARD, IN_DARK) },
    ...{ link, 'link-in-dark': lightenFor(link, DARK_CARD, IN_DARK) },
  };
  return styles.replace(/var\(--([a-z-]+)\)/g, (whole, name: string) =>
    Object.hasOwn(colours, name) ? (colours[name] ?? whole) : whole,
  );
}

/** In the text part the sentences with slots are wrapped too. */
function wrapped(values: Record<string, unknown>): Record<string, unknown> {
  const wrap = (value: unknown): unknown => (typeof value === 'string' ? wrapMarked(value, TEXT_WIDTH) : value);
  return { ...values, greeting: wrap(values['greeting']), whyYouGetThis: wrap(values['whyYouGetThis']) };
}

function textParts(issue: Issue, settings: EmailSettings): Record<string, unknown> {
  const body = documentToText(issue.body, settings.words);
  return { titleLines: underline(issue.title, '='), body: shortened(body, `${settings.words.continueReading}:\n${issue.url}`) };
}

/** Ends between two paragraphs. */
function shortened(text: string, leadOn: string): string {
  if (Buffer.byteLength(text) <= TEXT_MAX_BYTES) return text;
  const head = Buffer.from(text).subarray(0, TEXT_MAX_BYTES).toString('utf8');
  return `${head.slice(0, Math.max(head.lastIndexOf('\n\n'), 0)).trim()}\n\n${leadOn}`;
}

function fillTemplate(template: string, values: Record<string, unknown>, isPlain: boolean): string {
  const handlebars = Handlebars.create();
  handlebars.registerHelper('slot', (name: string, options: Handlebars.HelperOptions) => {
    const fallback: unknown = options.hash['fallback'];
    return new Handlebars.SafeString(slotMark(name, typeof fallback === 'string' ? fallback : ''));
  });
  return handlebars.compile(template, { noEscape: isPlain, strict: false })(values);
}

function htmlText(text: string): string {
  return Handlebars.escapeExpression(text);
}

function plainText(text: string): string {
  return text;
}
