// Where a generator puts a page on the web, by its path and its front matter, as it does unless its settings say otherwise.
import type { Generator } from '../domain/site.ts';
import { slugIn } from './slugs.ts';

type Matter = Readonly<Record<string, unknown>>;

/** Below the site's own address; `path` is within the folder of contents. */
export function pageAddress(generator: Generator, path: string, matter: Matter): string {
  return ADDRESSES[generator](path, matter);
}

const ADDRESSES: Readonly<Record<Generator, (path: string, matter: Matter) => string>> = {
  zola: (path, matter) =>
    folder(wordOf(matter, 'path')) ?? folder(named(path, matter, (part) => slugIn('zola', undated(part)))) ?? '/',
  hugo: (path, matter) =>
    wordOf(matter, 'url') ?? folder(named(path, matter, (part) => part.toLowerCase().replace(/\s+/g, '-'))) ?? '/',
  jekyll: (path, matter) => wordOf(matter, 'permalink') ?? jekyllPost(path, matter) ?? jekyllPage(path),
  pelican: (path, matter) => {
    const url = wordOf(matter, 'url') ?? wordOf(matter, 'save_as');
    const slug = wordOf(matter, 'slug') ?? slugIn('pelican', wordOf(matter, 'title') ?? stemOf(path));
    return `/${url ?? `${path.startsWith('pages/') ? 'pages/' : ''}${slug}.html`}`;
  },
};

/** The folders and the page, which may have a name of its own; a page `index` is its folder. */
function named(path: string, matter: Matter, write: (part: string) => string): string {
  const parts = path.replace(/\.[a-z]+$/i, '').split('/');
  const last = parts.at(-1) ?? '';
  const own = last === 'index' || last === '_index' ? parts.slice(0, -1) : parts;
  const slug = last === '_index' ? undefined : wordOf(matter, 'slug');
  return own.map((part, index) => (slug !== undefined && index === own.length - 1 ? slug : write(part))).join('/');
}

function folder(path: string | undefined): string | undefined {
  const bare = path?.replace(/^\/+|\/+$/g, '');
  return bare === undefined || bare === '' ? undefined : `/${bare}/`;
}

function undated(part: string): string {
  return part.replace(/^\d{4}-\d{2}-\d{2}(?:T[\d:Z+-]+)?[-_]/, '');
}

function jekyllPost(path: string, matter: Matter): string | undefined {
  const [, year, month, day, name] = /(?:^|\/)_posts\/(?:.*\/)?(\d{4})-(\d{2})-(\d{2})-(.+)\.[a-z]+$/i.exec(path) ?? [];
  if (name === undefined) return undefined;
  const written = matter['categories'] ?? matter['category'] ?? [];
  const categories = Array.isArray(written) ? written.map(String) : String(written).split(/\s+/);
  return `/${[...categories.filter((each) => each !== ''), year, month, day, `${name}.html`].join('/').toLowerCase()}`;
}

function jekyllPage(path: string): string {
  const bare = path.replace(/\.[a-z]+$/i, '');
  return bare === 'index' || bare.endsWith('/index') ? `/${bare.slice(0, -'index'.length)}` : `/${bare}.html`;
}

function wordOf(matter: Matter, key: string): string | undefined {
  const value = matter[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function stemOf(path: string): string {
  return (path.split('/').at(-1) ?? '').replace(/\.[a-z]+$/i, '');
}
