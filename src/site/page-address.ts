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
  return `/${ADDRESSES[generator]({ path, matter, ...settings }).replace(/^\/+/, '')}`;
}

interface Page extends Settings {
  readonly path: string;
  readonly matter: Matter;
}

const ADDRESSES: Readonly<Record<Generator, (page: Page) => string>> = {
  zola: ({ path, matter }) =>
    folder(wordOf(matter, 'path')) ?? folder(named(path, matter, (part) => slugIn('zola', undated(part)))) ?? '/',
  hugo: (page) => wordOf(page.matter, 'url') ?? hugoPermalink(page) ?? hugoDefault(page) ?? '/',
  jekyll: (page) => jekyllPost(page) ?? jekyllDocument(page) ?? wordOf(page.matter, 'permalink') ?? jekyllPage(page),
  pelican: (page) => {
    const { path, matter, permalinks } = page;
    const isPage = path.startsWith('pages/');
    const pattern = permalinks[isPage ? 'pages' : '*'] ?? (isPage ? 'pages/{slug}.html' : '{slug}.html');
    return wordOf(matter, 'url') ?? wordOf(matter, 'save_as') ?? pelicanPermalink(pattern, page);
  },
};

/** The folders and the page, which may have a name of its own; a page `index` is its folder. */
function named(path: string, matter: Matter, write: (part: string) => string): string {
  const parts = withoutExtension(path).split('/');
  const last = parts.at(-1) ?? '';
  const own = last === 'index' || last === '_index' ? parts.slice(0, -1) : parts;
  const slug = last === '_index' ? undefined : wordOf(matter, 'slug');
  return own.map((part, index) => write(slug !== undefined && index === own.length - 1 ? slug : part)).join('/');
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

/** Hugo leaves hyphens as they are, but for those beside a space. */
function hugoPart(part: string): string {
  return part
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}._#+~@\s-]/gu, '')
    .replace(/[\s-]*\s[\s-]*/g, '-');
}

/** In a pattern a plus is a space. */
function hugoToken(text: string): string {
  return hugoPart(text.replaceAll('+', ' ').trim());
}

/** Its first that is there is a page's date. */
const HUGO_DATES = ['date', 'publishdate', 'pubdate', 'published', 'lastmod', 'modified'];

/** Of a page in a section that has a pattern; its tokens are Hugo's. */
function hugoPermalink({ path, matter, permalinks }: Page): string | undefined {
  const parts = withoutExtension(path).split('/');
  const stem = parts.at(-1) === 'index' ? parts.at(-2) : parts.at(-1);
  const [section = ''] = parts;
  const pattern = (parts.length > 1 ? permalinks[section] : undefined) ?? permalinks['*'];
  if (pattern === undefined || stem === undefined || stem === '_index') return undefined;
  const [slug, title = ''] = [wordOf(matter, 'slug'), wordOf(matter, 'title') ?? stem].map((text) => text && hugoToken(text));
  const filename = hugoToken(stem);
  const folders = parts.slice(0, parts.at(-1) === 'index' ? -2 : -1).map(hugoPart);
  const values: Values = { section: folders[0], sections: folders.join('/'), title, filename, slug: slug ?? title };
  return filled(pattern, /:([a-z]+)/g, {
    ...values,
    ...{ contentbasename: filename, slugorfilename: slug ?? filename, slugorcontentbasename: slug ?? filename },
    ...dateValues(dayOf(matter, HUGO_DATES)),
  });
}

const JEKYLL_STYLES: Readonly<Record<string, string>> = {
  date: '/:categories/:year/:month/:day/:title:output_ext',
  pretty: '/:categories/:year/:month/:day/:title/',
  ordinal: '/:categories/:year/:y_day/:title:output_ext',
  weekdate: '/:categories/:year/W:week/:short_day/:title:output_ext',
  none: '/:categories/:title:output_ext',
};

function jekyllPost({ path, matter, permalinks }: Page): string | undefined {
  const [, before = '', day = '', name] = /^(?:(.*)\/)?_posts\/(?:.*\/)?(\d{4}-\d{2}-\d{2})-(.+)\.[a-z]+$/i.exec(path) ?? [];
  if (name === undefined) return undefined;
  const written = matter['categories'];
  const own = Array.isArray(written) ? written.map(String) : (wordOf(matter, 'categories')?.split(/\s+/) ?? []);
  if (own.length === 0) own.push(wordOf(matter, 'category') ?? '');
  const categories = [...before.split('/'), ...own].filter((each) => each !== '').map((each) => each.toLowerCase());
  const pattern = wordOf(matter, 'permalink') ?? permalinks['posts'] ?? permalinks['*'] ?? 'date';
  return filled(JEKYLL_STYLES[pattern] ?? pattern, /:([a-z]+(?:_[a-z]+)*)/g, {
    ...dateValues(dayOf(matter) ?? day),
    ...{ categories: categories.join('/'), ...jekyllNames(wordOf(matter, 'slug') ?? name), output_ext: '.html' },
  }).replace(/\/{2,}/g, '/');
}

function jekyllNames(name: string): { title: string; slug: string } {
  const hyphened = (kept: RegExp): string => name.replace(kept, '-').replace(/^-+|-+$/g, '');
  return {
    title: hyphened(/[^\p{M}\p{L}\p{Nd}._~!$&'()+,;=@]+/gu),
    slug: hyphened(/[^\p{M}\p{L}\p{Nd}]+/gu).toLowerCase(),
  };
}

/** Of a collection: `_issues/2023-01.md`, perhaps within `collections_dir`. */
function jekyllDocument({ path, matter, permalinks }: Page): string | undefined {
  const [, collection, rest] = /^(?:[^_/][^/]*\/)*_([^/]+)\/(.+)\.[a-z]+$/i.exec(path) ?? [];
  if (collection === undefined || rest === undefined) return undefined;
  const isPretty = permalinks['*'] === 'pretty' || permalinks['*']?.endsWith('/') === true;
  const pattern =
    wordOf(matter, 'permalink') ?? permalinks[collection] ?? (isPretty ? '/:collection/:path/' : '/:collection/:path:output_ext');
  const file = rest.split('/').at(-1) ?? rest;
  // A day before the name is the document's date.
  const [, day, undatedName] = /^(\d{4}-\d{2}-\d{2})-(.+)$/.exec(file) ?? [];
  return filled(JEKYLL_STYLES[pattern] ?? pattern, /:([a-z]+(?:_[a-z]+)*)/g, {
    ...{ collection, path: rest, name: jekyllNames(file).slug, categories: '', output_ext: '.html' },
    ...jekyllNames(wordOf(matter, 'slug') ?? undatedName ?? file),
    ...dateValues(dayOf(matter) ?? day),
  }).replace(/\/{2,}/g, '/');
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
  const { year, month, day, i_month, i_day, short_year, short_month, long_month, y_day } = dateValues(
    dayOf(matter) ?? dayIn(stem),
  );
  const values: Values = {
    ...{ slug, category, '%Y': year, '%y': short_year, '%m': month, '%-m': i_month, '%b': short_month, '%B': long_month },
    ...{ '%d': day, '%-d': i_day, '%j': y_day },
  };
  return pattern
    .replace(/\{date:([^}]*)\}/g, (_, format: string) => filled(format, /(%-?[A-Za-z])/g, values))
    .replace(/\{(slug|category)\}/g, (_, name: string) => values[name] ?? '');
}

type Values = Readonly<Record<string, string | undefined>>;

/** What is not known is left as it is written. */
function filled(pattern: string, token: RegExp, values: Values): string {
  return pattern.replace(token, (whole, name: string) => values[name] ?? whole);
}

/** By the names that Jekyll has for them, and two of Hugo's. */
function dateValues(day: string | undefined): Values {
  const moment = new Date(`${day}T00:00:00Z`);
  const [year, month, date] = day?.split('-') ?? [];
  if (Number.isNaN(moment.getTime()) || year === undefined) return {};
  const name = moment.toLocaleDateString('en', { month: 'long', timeZone: 'UTC' });
  const yearDay = String((moment.getTime() - Date.UTC(Number(year), 0, 1)) / DAY_MS + 1);
  return {
    ...{ year, month, day: date, short_year: year.slice(2), i_month: String(Number(month)), i_day: String(Number(date)) },
    ...{ short_month: name.slice(0, 3), long_month: name, y_day: yearDay.padStart(3, '0') },
    ...{ monthname: name.toLowerCase(), yearday: yearDay },
  };
}

const DAY_MS = 86_400_000;

function dayOf(matter: Matter, keys: readonly string[] = ['date']): string | undefined {
  return keys.map((key) => dayIn(wordOf(matter, key) ?? '')).find((day) => day !== undefined);
}

function dayIn(text: string): string | undefined {
  return /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0];
}

function wordOf(matter: Matter, key: string): string | undefined {
  const value = matter[key];
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function withoutExtension(path: string): string {
  return path.replace(/\.[a-z]+$/i, '');
}

function stemOf(path: string): string {
  return withoutExtension(path.split('/').at(-1) ?? '');
}
