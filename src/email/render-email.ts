// Issue + templates -> Email: done once per edition, never per recipient. Pure: templates come as text.
//
// The author's words go into the templates as values, so braces in them are only text. Slots, which each
// recipient fills, are marked with noncharacters (slots.ts) that cannot occur in an issue.
import Handlebars from 'handlebars';
import mjml from 'mjml';
import { lightenFor } from '../domain/colour.ts';
import { type Email, GMAIL_CLIP_BYTES, type SlottedText } from '../domain/email.ts';
import { formatDay } from '../domain/format-day.ts';
import type { ImageSize } from '../domain/image.ts';
import type { Issue } from '../domain/issue.ts';
import { DARK_CARD, QUIET_COLOUR, type Theme, textWidthOf } from '../domain/theme.ts';
import type { Words } from '../domain/words.ts';
import { contentsOf } from './contents.ts';
import { documentToHtml, type Fit } from './document-to-html.ts';
import { documentToPage } from './document-to-page.ts';
import { documentToText } from './document-to-text.ts';
import { fitToSize } from './fit-to-size.ts';
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
  /** By address: of those that are known. */
  readonly imageSizes: ReadonlyMap<string, ImageSize>;
}

const TEXT_MAX_BYTES = 102_400;
// What a reader's own name, address or link may add where its slot is.
const SLOT_MAX_BYTES = 300;
// The line that leads on.
const CUT_LINE_BYTES = 600;
// Light letters on dark look thinner than they are: more than is needed to be read (WCAG 2.2, 1.4.6).
const IN_DARK = 7;

/** Throws where a template is broken, with the template's own message, or leaves out what readers must have. */
export async function renderEmail(issue: Issue, settings: EmailSettings, templates: EmailTemplates): Promise<Email> {
  const { html, mjml: source, isCut } = await fitHtml(issue, settings, templates);
  const text = splitSlots(await fitText(issue, settings, templates), 'text');
  for (const [name, part] of [['email.mjml.hbs', html] as const, ['email.txt.hbs', text] as const]) checkWayOut(name, part);
  return {
    subject: issue.subject,
    html,
    text,
    page: { title: issue.title, day: issue.date, summary: issue.preheader, html: documentToPage(issue.body, fitOf(settings)) },
    mjml: source,
    isCut,
  };
}

/** Whatever a newsletter's own template looks like, its readers can leave. */
function checkWayOut(file: string, part: SlottedText): void {
  if (part.some((each) => typeof each !== 'string' && each.name === 'unsubscribeUrl')) return;
  throw new Error(`${file} has no link to unsubscribe, as in <a href="{{slot "unsubscribeUrl"}}">`);
}

/** The same values, of which one tells whether a template has asked for it. */
function watch(values: Record<string, unknown>, name: string): { values: Record<string, unknown>; isAsked: () => boolean } {
  let isAsked = false;
  const get = (): unknown => {
    isAsked = true;
    return values[name];
  };
  return { values: Object.defineProperty({ ...values }, name, { enumerable: true, get }), isAsked: () => isAsked };
}

function checkShown(file: string, name: string, isAsked: () => boolean): void {
  if (!isAsked()) throw new Error(`${file} does not show {{${name}}}, the text of the issue`);
}

interface RenderedHtml {
  readonly html: SlottedText;
  readonly mjml: string;
  readonly isCut: boolean;
}

async function fitHtml(issue: Issue, settings: EmailSettings, templates: EmailTemplates): Promise<RenderedHtml> {
  const whole = await renderHtml(issue, settings, templates, false);
  if (sizeOf(whole.html) <= GMAIL_CLIP_BYTES) return whole;
  const fit = fitOf(settings);
  return fitToSize({
    body: issue.body,
    limit: GMAIL_CLIP_BYTES - CUT_LINE_BYTES,
    wholeSize: sizeOf(whole.html),
    measure: (nodes) => Buffer.byteLength(documentToHtml({ type: 'root', children: [...nodes] }, fit).join('')),
    make: (body) => renderHtml({ ...issue, body }, settings, templates, true),
    sizeOf: ({ html }) => sizeOf(html),
  });
}

async function fitText(issue: Issue, settings: EmailSettings, templates: EmailTemplates): Promise<string> {
  const whole = renderText(issue, settings, templates, false);
  if (Buffer.byteLength(whole) <= TEXT_MAX_BYTES) return whole;
  return fitToSize({
    body: issue.body,
    limit: TEXT_MAX_BYTES,
    wholeSize: Buffer.byteLength(whole),
    measure: (nodes) => Buffer.byteLength(documentToText({ type: 'root', children: [...nodes] }, settings.words)),
    make: (body) => Promise.resolve(renderText({ ...issue, body }, settings, templates, true)),
    sizeOf: (text) => Buffer.byteLength(text),
  });
}

function renderText(issue: Issue, settings: EmailSettings, templates: EmailTemplates, isCut: boolean): string {
  const { words } = settings;
  const body = documentToText(issue.body, words);
  const parts = {
    titleLines: underline(issue.title, '='),
    body: isCut ? `${body}\n\n${words.continueReading}:\n${issue.url}` : body,
  };
  const { values, isAsked } = watch({ ...wrapped(frame(issue, settings, plainText)), ...parts }, 'body');
  const filled = fillTemplate(templates.text, values, true);
  checkShown('email.txt.hbs', 'body', isAsked);
  return `${filled.trim()}\n`;
}

async function renderHtml(
  issue: Issue,
  settings: EmailSettings,
  templates: EmailTemplates,
  isCut: boolean,
): Promise<RenderedHtml> {
  const all = { ...frame(issue, settings, htmlText), ...htmlParts(issue, settings, templates), cut: isCut ? issue.url : null };
  const { values, isAsked } = watch(all, 'sections');
  const source = fillTemplate(templates.html, values, false);
  const { html } = await mjml(source, { validationLevel: 'strict', keepComments: false, fonts: {} }).catch(nameTemplate);
  checkShown('email.mjml.hbs', 'sections', isAsked);
  return { html: splitSlots(minifyHtml(html), 'html'), mjml: source, isCut };
}

/** MJML, which is told no file, names the folder that we run in. */
function nameTemplate(error: unknown): never {
  if (!(error instanceof Error)) throw error;
  throw new Error(error.message.replace(/\b(Line \d+) of \S+/g, '$1 of email.mjml.hbs'), { cause: error });
}

function sizeOf(html: SlottedText): number {
  return html.reduce((sum, part) => sum + (typeof part === 'string' ? Buffer.byteLength(part) : SLOT_MAX_BYTES), 0);
}

function fitOf({ theme, imageSizes }: EmailSettings): Fit {
  return { textWidthPx: textWidthOf(theme), imageSizes };
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
  const sections = documentToHtml(issue.body, fitOf(settings));
  const isRightToLeft = /^(ar|fa|he|ur|yi)\b/.test(issue.language);
  const hasOpening = sections[0]?.startsWith('<h2') === false;
  const opening = hasOpening ? sections.slice(0, 1) : [];
  return {
    subject: issue.subject,
    preheader: issue.preheader,
    direction: isRightToLeft ? 'rtl' : 'ltr',
    start: isRightToLeft ? 'right' : 'left',
    theme,
    styles: minifyCss(colour(templates.styles, theme)),
    // Written out in each row: Outlook's Word engine hands nothing down into a table.
    bodyStyle: `font:17px/1.6 ${theme.font};color:#1f2328;word-break:break-word;max-width:0`,
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
