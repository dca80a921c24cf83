// Issue + templates -> Email: done once per edition, never per recipient. Pure: templates come as text.
//
// The author's words go into the templates as values, so braces in them are only text. Slots, which each
// recipient fills, are marked with noncharacters (slots.ts) that cannot occur in an issue.
import Handlebars from 'handlebars';
import mjml from 'mjml';
import type { Email } from '../domain/email.ts';
import { formatDay } from '../domain/format-day.ts';
import type { Issue } from '../domain/issue.ts';
import type { Words } from '../domain/words.ts';
import { documentToHtml } from './document-to-html.ts';
import { documentToPage } from './document-to-page.ts';
import { documentToText } from './document-to-text.ts';
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
}

/** Throws where a template is broken, with the template's own message. */
export async function renderEmail(issue: Issue, settings: EmailSettings, templates: EmailTemplates): Promise<Email> {
  const source = fillTemplate(templates.html, { ...frame(issue, settings, htmlText), ...htmlParts(issue, templates) }, false);
  const rendered = await mjml(source, { validationLevel: 'strict', keepComments: false, fonts: {} });
  const text = fillTemplate(
    templates.text,
    { ...wrapped(frame(issue, settings, plainText)), ...textParts(issue, settings) },
    true,
  );
  return {
    subject: issue.subject,
    html: splitSlots(tidyHtml(rendered.html), 'html'),
    text: splitSlots(`${text.trim()}\n`, 'text'),
    page: { title: issue.title, day: issue.date, summary: issue.preheader, html: documentToPage(issue.body) },
    mjml: source,
  };
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

function htmlParts(issue: Issue, templates: EmailTemplates): Record<string, unknown> {
  return {
    subject: issue.subject,
    preheader: issue.preheader,
    direction: /^(ar|fa|he|ur|yi)\b/.test(issue.language) ? 'rtl' : 'ltr',
    styles: templates.styles.replace(/\s*\n\s*/g, ''),
    sections: documentToHtml(issue.body),
  };
}

/** In the text part the sentences with slots are wrapped too. */
function wrapped(values: Record<string, unknown>): Record<string, unknown> {
  const wrap = (value: unknown): unknown => (typeof value === 'string' ? wrapMarked(value, TEXT_WIDTH) : value);
  return { ...values, greeting: wrap(values['greeting']), whyYouGetThis: wrap(values['whyYouGetThis']) };
}

function textParts(issue: Issue, settings: EmailSettings): Record<string, unknown> {
  return { titleLines: underline(issue.title, '='), body: documentToText(issue.body, settings.words) };
}

function fillTemplate(template: string, values: Record<string, unknown>, isPlain: boolean): string {
  const handlebars = Handlebars.create();
  handlebars.registerHelper('slot', (name: string, options: Handlebars.HelperOptions) => {
    const fallback: unknown = options.hash['fallback'];
    return new Handlebars.SafeString(slotMark(name, typeof fallback === 'string' ? fallback : ''));
  });
  return handlebars.compile(template, { noEscape: isPlain, strict: false })(values);
}

/** MJML's indentation is a tenth of the bytes; text inside `pre` is not indented by it and stays. */
function tidyHtml(html: string): string {
  return html
    .split(/(<pre[\s\S]*?<\/pre>)/)
    .map((part) => (part.startsWith('<pre') ? part : part.replace(/[ \t]*\n[ \t\r\n]*/g, '\n')))
    .join('')
    .trim();
}

function htmlText(text: string): string {
  return Handlebars.escapeExpression(text);
}

function plainText(text: string): string {
  return text;
}
