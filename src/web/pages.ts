// The pages that readers see: templates and words to HTML. Nothing on them comes from elsewhere but an issue's own images,
// and none needs a script.
import { createHash } from 'node:crypto';
import Handlebars from 'handlebars';
import { lightenFor, textOn } from '../domain/colour.ts';
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
  /** The newsletter's own colour, `#rrggbb`; null for ours. */
  readonly accent: string | null;
  /** The path of BASE_URL, without a slash at the end. */
  readonly base: string;
  readonly hasArchive: boolean;
}

export interface Page {
  readonly title: string;
  readonly template: string;
  /** All of it is text: none is HTML, but for the body of an issue. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The same for everybody: it may be kept and found. */
  readonly isPublic?: boolean;
}

export interface Pages {
  readonly words: PageWords;
  readonly language: string;
  render(page: Page): string;
  /** What is no page, as a feed. */
  renderAlone(template: string, values: Readonly<Record<string, unknown>>): string;
  /** Nothing runs and nothing frames it; of a reader's own pages nothing is kept, and their address is told to nobody. */
  headersOf(page: Page): Readonly<Record<string, string>>;
}

const RIGHT_TO_LEFT = /^(ar|fa|he|ur|yi)\b/;
/** What the accent is seen on in the dark: --card of styles.css. */
const DARK_CARD = '#161b22';

/** Throws where a template is broken, with the template's own message. */
export function createPages({ layout, styles, pages }: PageTemplates, settings: PageSettings): Pages {
  const { newsletter, language, words, base, hasArchive } = settings;
  const handlebars = Handlebars.create();
  const compiled = new Map(Object.entries(pages).map(([name, template]) => [name, handlebars.compile(template)]));
  const frame = handlebars.compile(layout);
  const css = (styles + coloursOf(settings.accent)).replace(/\s*\n\s*/g, '');
  const direction = RIGHT_TO_LEFT.test(language) ? 'rtl' : 'ltr';
  const common = { newsletter, language, base, words, hasArchive };
  const renderAlone: Pages['renderAlone'] = (template, values) => compiled.get(template)?.({ ...common, ...values }) ?? '';
  const safe = {
    'content-type': 'text/html; charset=utf-8',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
  const policy = `style-src 'sha256-${createHash('sha256').update(css).digest('base64')}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`;
  return {
    words,
    language,
    renderAlone,
    render({ title, template, values }) {
      const content = renderAlone(template, { ...values, title });
      return frame({ ...common, title, direction, styles: css, content, isWide: template === 'issue' });
    },
    headersOf: ({ isPublic = false }) =>
      isPublic
        ? {
            ...safe,
            'content-security-policy': `default-src 'none'; img-src https: http: data:; ${policy}`,
            'cache-control': 'public, max-age=300',
          }
        : {
            ...safe,
            'content-security-policy': `default-src 'none'; ${policy}`,
            'cache-control': 'no-store',
            'x-robots-tag': 'noindex',
          },
  };
}

/** The newsletter's own, in the light, and lightened in the dark. */
function coloursOf(accent: string | null): string {
  if (accent === null) return '';
  const dark = lightenFor(accent, DARK_CARD);
  const set = (colour: string): string => `:root { --accent: ${colour}; --on-accent: ${textOn(colour)}; }`;
  return `\n${set(accent)}\n@media (prefers-color-scheme: dark) { ${set(dark)} }\n`;
}

/** A page that only says something. */
export function notice(title: string, text: string): Page {
  return { title, template: 'notice', values: { text } };
}

/** What stands in {braces} is filled in. */
export function fill(pattern: string, values: Readonly<Record<string, string>>): string {
  return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? '') : whole));
}
