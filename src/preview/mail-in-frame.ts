// The HTML of a mail for a frame on this machine: in the light that is asked for, whatever the browser's, with the images
// that lie here, and with links that open beside the preview.
import { imagePath } from '../domain/image.ts';
import type { ShownMail } from '../flows/preview-issue.ts';
import type { Look } from './preview-page.ts';

/** Where files beside the issue are asked for. */
export const BESIDE = '/beside/';

export function mailInFrame({ html, url }: Pick<ShownMail, 'html' | 'url'>, baseUrl: string, light: Look['light']): string {
  const places = [
    [`src="${baseUrl}${imagePath('')}`, `src="${imagePath('')}`],
    [`src="${new URL('.', url).href}`, `src="${BESIDE}`],
  ] as const;
  const local = html
    .replace(IMAGE, (tag) => places.reduce((moved, [from, to]) => moved.replace(from, to), tag))
    .replace('<head>', '<head><base target="_blank">');
  return IN_LIGHT[light](local);
}

// In an author's text a < is written out, so these are tags.
const IMAGE = /<img\b(?:[^>"']|"[^"]*"|'[^']*')*>/g;
const STYLE = /<style[\s\S]*?<\/style>/g;

const IN_LIGHT: Readonly<Record<Look['light'], (html: string) => string>> = {
  light: (html) => html.replace(STYLE, (css) => inScheme(css, 'light', 'not all')),
  dark: (html) => html.replace(STYLE, (css) => inScheme(css, 'dark', 'all')),
  // What is left where a mail program drops styles and loads no images.
  bare: (html) => html.replace(STYLE, '').replace(IMAGE, (tag) => tag.replace(/ src="[^"]*"/, ' src="data:,"')),
};

/** A frame has the browser's scheme, whatever is around it, so the mail's own question is answered for it. */
function inScheme(css: string, scheme: 'light' | 'dark', answer: string): string {
  return css
    .replace(/@media ?\(prefers-color-scheme: ?dark\)/g, `@media ${answer}`)
    .replace(/color-scheme: ?light dark/g, `color-scheme:${scheme}`);
}
