// The pages that readers see: templates and words to HTML. Nothing on them comes from elsewhere, and none needs a script.
import { createHash } from 'node:crypto';
import Handlebars from 'handlebars';
import type { PageWords } from '../domain/words.ts';

export interface PageTemplates {
  readonly layout: string;
  readonly styles: string;
  /** By name: `leave`, `left`, … */
  readonly pages: Readonly<Record<string, string>>;
}

export interface PageSettings {
  /** The newsletter's name. */
  readonly newsletter: string;
  readonly language: string;
  readonly words: PageWords;
}

export interface Page {
  readonly title: string;
  readonly template: string;
  /** All of it is text: none is HTML. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Pages {
  readonly words: PageWords;
  readonly language: string;
  render(page: Page): string;
  /** For every page: nothing runs, nothing is loaded, nothing frames it, and its address is told to nobody. */
  readonly headers: Readonly<Record<string, string>>;
}

const RIGHT_TO_LEFT = /^(ar|fa|he|ur|yi)\b/;

/** Throws where a template is broken, with the template's own message. */
export function createPages({ layout, styles, pages }: PageTemplates, { newsletter, language, words }: PageSettings): Pages {
  const handlebars = Handlebars.create();
  const compiled = new Map(Object.entries(pages).map(([name, template]) => [name, handlebars.compile(template)]));
  const frame = handlebars.compile(layout);
  const css = styles.replace(/\s*\n\s*/g, '');
  const direction = RIGHT_TO_LEFT.test(language) ? 'rtl' : 'ltr';
  return {
    words,
    language,
    render({ title, template, values }) {
      const content = compiled.get(template)?.({ ...values, title, words }) ?? '';
      return frame({ title, newsletter, language, direction, styles: css, content });
    },
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(css).digest('base64')}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
    },
  };
}

/** A page that only says something. */
export function notice(title: string, text: string): Page {
  return { title, template: 'notice', values: { text } };
}

/** What stands in {braces} is filled in. */
export function fill(pattern: string, values: Readonly<Record<string, string>>): string {
  return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? '') : whole));
}
