// Where a generator puts a page on the web, by its path, its front matter and the site's settings.
import type { AddressSettings, Generator } from '../domain/site.ts';
import { slugIn } from '../domain/site-slug.ts';

type Matter = Readonly<Record<string, unknown>>;
type Settings = Pick<AddressSettings, 'permalinks' | 'slugFrom'>;

/** What holds where a site's settings say nothing. */
export const DEFAULT_ADDRESSES: Readonly<Record<Generator, Settings>> = {
  zola: { permalinks: {}, slugFrom: 'file' },
  hugo: { permalinks: {}, slugFrom: 'file' },
  jekyll: { permalinks: {}, slugFrom: 'file' },
  pelican: { permalinks: {}, slugFrom: 'title' },
};

/** Below the site's own address; `path` is within the folder of contents. */
export function pageAddress(
  generator: Generator,
  path: string,
  matter: Matter,
  settings: Settings = DEFAULT_ADDRESSES[generator],
): string {
  return ADDRESSES[generator]({ path, matter, ...settings });
}

interface Page extends Settings {
  readonly path: string;
  readonly matter: Matter;
}

const ADDRESSES: Readonly<Record<Generator, (page: Page) => string>> = {
  zola: ({ path, matter }) =>
    folder(wordOf(matter, 'path')) ?? folder(named(path, matter, (part) => slugIn('zola', undated(part)))) ?? '/',
  hugo: (page) => wordOf(page.matter, 'url') ?? hugoPermalink(page) ?? hugoDefault(page) ?? '/',
  jekyll: (page) => wordOf(page.matter, 'permalink') ?? jekyllPost(page) ?? jekyllDocument(page) ?? jekyllPage(page),
  pelican: (page) => {
    const { path, matter, permalinks } = page;
    const isPage = path.startsWith('pages/');
    const pattern = permalinks[isPage ? 'pages' : '*'] ?? (isPage ? 'pages/{slug}.html' : '{slug}.html');
    const url = wordOf(matter, 'url') ?? wordOf(matter, 'save_as') ?? pelicanPermalink(pattern, page);
    return `/${url.replace(/^\/+/, '')}`;
  },
};

/** The folders and the page, which may have a name of its own; a page `index` is its folder. */
function named(path: string, matter: Matter, write: (part: string) => string): string {
  const parts = withoutExtension(path).split('/');
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

function hugoDefault({ path, matter }: Page): string | undefined {
  return folder(named(path, matter, hugoPart));
}

function hugoPart(part: string): string {
  return part.toLowerCase().replace(/\s+/g, '-');
}

/** Of a page in a section that has a pattern; its tokens are Hugo's. */
function hugoPermalink({ path, matter, permalinks }: Page): string | undefined {
  const parts = withoutExtension(path).split('/');
  const stem = parts.at(-1) === 'index' ? parts.at(-2) : parts.at(-1);
  const [section = ''] = parts;
  const pattern = parts.length > 1 ? (permalinks[section] ?? permalinks['*']) : undefined;
  if (pattern === undefined || stem === undefined || stem === '_index') return undefined;
  const slug = wordOf(matter, 'slug');
  const title = slugIn('hugo', wordOf(matter, 'title') ?? stem);
  const filename = hugoPart(stem);
  const sections = parts.slice(0, parts.at(-1) === 'index' ? -2 : -1).join('/');
  const values: Values = { section, sections, title, filename, contentbasename: filename, slug: slug ?? title };
  return filled(pattern, /:([a-z]+)/g, {
    ...values,
    ...{ slugorfilename: slug ?? filename, slugorcontentbasename: slug ?? filename },
    ...dateValues(dayOf(matter)),
  });
}

const JEKYLL_STYLES: Readonly<Record<string, string>> = {
  date: '/:categories/:year/:month/:day/:title:output_ext',
  pretty: '/:categories/:year/:month/:day/:title/',
  none: '/:categories/:title:output_ext',
};

function jekyllPost({ path, matter, permalinks }: Page): string | undefined {
  const [, before = '', day = '', name] = /^(?:(.*)\/)?_posts\/(?:.*\/)?(\d{4}-\d{2}-\d{2})-(.+)\.[a-z]+$/i.exec(path) ?? [];
  if (name === undefined) return undefined;
  const written = matter['categories'];
  const own = Array.isArray(written) ? written.map(String) : (wordOf(matter, 'categories')?.split(/\s+/) ?? []);
  if (own.length === 0) own.push(wordOf(matter, 'category') ?? '');
  const categories = [...before.split('/'), ...own].filter((each) => each !== '').map((each) => each.toLowerCase());
  const pattern = permalinks['posts'] ?? permalinks['*'] ?? 'date';
  return filled(JEKYLL_STYLES[pattern] ?? pattern, /:([a-z_]+)/g, {
    ...dateValues(dayOf(matter) ?? day),
    ...{ categories: categories.join('/'), title: wordOf(matter, 'slug') ?? name, slug: wordOf(matter, 'slug') ?? name },
    output_ext: '.html',
  }).replace(/\/{2,}/g, '/');
}

/** Of a collection: `_issues/2023-01.md`. */
function jekyllDocument({ path, matter, permalinks }: Page): string | undefined {
  const [, collection, rest] = /^_([^/]+)\/(.+)\.[a-z]+$/i.exec(path) ?? [];
  if (collection === undefined || rest === undefined) return undefined;
  const isPretty = permalinks['*'] === 'pretty' || permalinks['*']?.endsWith('/') === true;
  const pattern = permalinks[collection] ?? (isPretty ? '/:collection/:path/' : '/:collection/:path:output_ext');
  const name = wordOf(matter, 'slug') ?? rest.split('/').at(-1) ?? rest;
  return filled(pattern, /:([a-z_]+)/g, {
    ...{ collection, path: rest, name, title: name, slug: name, output_ext: '.html' },
    ...dateValues(dayOf(matter)),
  });
}

function jekyllPage({ path, permalinks }: Page): string {
  const bare = withoutExtension(path);
  if (bare === 'index' || bare.endsWith('/index')) return `/${bare.slice(0, -'index'.length)}`;
  return permalinks['*'] === 'pretty' || permalinks['*']?.endsWith('/') ? `/${bare}/` : `/${bare}.html`;
}

/** As Python formats it: `{date:%Y}/{date:%m}/{slug}/`. */
function pelicanPermalink(pattern: string, { path, matter, slugFrom }: Page): string {
  const stem = stemOf(path);
  const title = slugFrom === 'file' ? stem : (wordOf(matter, 'title') ?? stem);
  const slug = wordOf(matter, 'slug') ?? slugIn('pelican', title);
  const parent = path.split('/').slice(0, -1).at(-1);
  const category = slugIn('pelican', wordOf(matter, 'category') ?? parent ?? 'misc');
  const { year, month, day } = dateValues(dayOf(matter) ?? dayIn(stem));
  const values: Values = { slug, category, '%Y': year, '%m': month, '%d': day };
  return pattern
    .replace(/\{date:([^}]*)\}/g, (_, format: string) => filled(format, /(%[Ymd])/g, values))
    .replace(/\{(slug|category)\}/g, (_, name: string) => values[name] ?? '');
}

type Values = Readonly<Record<string, string | undefined>>;

/** What is not known is left as it is written. */
function filled(pattern: string, token: RegExp, values: Values): string {
  return pattern.replace(token, (whole, name: string) => values[name] ?? whole);
}

function dateValues(day: string | undefined): { year?: string; month?: string; day?: string; i_month?: string; i_day?: string } {
  const [year, month, date] = day?.split('-') ?? [];
  if (year === undefined || month === undefined || date === undefined) return {};
  return { year, month, day: date, i_month: String(Number(month)), i_day: String(Number(date)) };
}

function dayOf(matter: Matter): string | undefined {
  const date = matter['date'];
  return typeof date === 'string' ? dayIn(date) : undefined;
}

function dayIn(text: string): string | undefined {
  return /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0];
}

function wordOf(matter: Matter, key: string): string | undefined {
  const value = matter[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function withoutExtension(path: string): string {
  return path.replace(/\.[a-z]+$/i, '');
}

function stemOf(path: string): string {
  return withoutExtension(path.split('/').at(-1) ?? '');
}
