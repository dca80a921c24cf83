// What the settings of a site's generator say: which generator it is, where the site is, how its addresses are made. They are
// read, never run.
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import type { Generator, SiteSettings } from '../domain/site.ts';

/** Texts of a repository's files, by path. */
export type FileTexts = Readonly<Record<string, string>>;

type Values = Readonly<Record<string, unknown>>;

const HUGO_FILES = ['hugo', 'config', 'config/_default/hugo', 'config/_default/config'].flatMap((stem) =>
  ['toml', 'yaml', 'yml', 'json'].map((extension) => `${stem}.${extension}`),
);

/** The later ones add to the first of each generator. */
const FILES: Readonly<Record<Generator, readonly string[]>> = {
  zola: ['zola.toml', 'config.toml'],
  hugo: [...HUGO_FILES, 'config/_default/permalinks.toml', 'config/_default/permalinks.yaml'],
  jekyll: ['_config.yml', '_config.yaml', '_config.toml'],
  pelican: ['pelicanconf.py', 'publishconf.py'],
};

/** Files that may hold a generator's settings. */
export const SETTINGS_FILES: readonly string[] = [...new Set(Object.values(FILES).flat())];

/** One for each generator that is there. */
export function readSiteSettings(texts: FileTexts): SiteSettings[] {
  return (['zola', 'hugo', 'jekyll', 'pelican'] as const).flatMap((generator) => {
    const files = FILES[generator].filter((file) => Object.hasOwn(texts, file));
    const layers = files
      .map((file) => ({ file, values: valuesIn(file, texts[file] ?? '') }))
      .filter(({ file, values }) => isOf(generator, file, values));
    const [first] = layers;
    return first === undefined
      ? []
      : [
          READERS[generator](
            first.file,
            layers.map(({ values }) => values),
          ),
        ];
  });
}

// Other tools have a config.yaml or config.json as well.
const HUGO_KEYS =
  /^(?:baseurl|title|theme|languages?|languagecode|defaultcontentlanguage|contentdir|publishdir|permalinks|taxonomies|markup|module|params|menus?)$/i;

/** Zola and Hugo both know a config.toml; how they write the site's address tells them apart. */
function isOf(generator: Generator, file: string, values: Values): boolean {
  if (generator === 'zola') return 'base_url' in values;
  if (generator !== 'hugo' || 'base_url' in values) return generator !== 'hugo';
  return !/^config\.\w+$/.test(file) || Object.keys(values).some((key) => HUGO_KEYS.test(key));
}

function valuesIn(file: string, text: string): Values {
  if (file.endsWith('.py')) return pythonStrings(text);
  try {
    const values: unknown = file.endsWith('.toml')
      ? parseToml(text)
      : file.endsWith('.json')
        ? JSON.parse(text)
        : parseYaml(text);
    return file.includes('permalinks.') ? { permalinks: values } : isBlock(values) ? values : {};
  } catch {
    // A generator will complain of it in words of its own; whose it is, its keys tell.
    return Object.fromEntries(
      [...text.matchAll(/^[ \t]*["']?([A-Za-z_]\w*)["']?[ \t]*[=:]/gm)].map(([, key = '']) => [key, null]),
    );
  }
}

const READERS: Readonly<Record<Generator, (file: string, layers: readonly Values[]) => SiteSettings>> = {
  zola: (file, layers) => ({
    ...{ generator: 'zola', file, content: 'content', slugFrom: 'file', permalinks: {}, timezone: null },
    title: word(layers, 'title'),
    url: address(word(layers, 'base_url')),
    language: language(word(layers, 'default_language')),
  }),
  hugo: (file, layers) => ({
    ...{ generator: 'hugo', file },
    title: word(layers, 'title'),
    url: address(word(layers, 'baseURL')),
    content: folder(word(layers, 'contentDir')) ?? 'content',
    language: language(word(layers, 'languageCode') ?? word(layers, 'defaultContentLanguage')),
    timezone: timezone(word(layers, 'timeZone')),
    slugFrom: Object.values(hugoPermalinks(layers)).some((pattern) => /:(?:slug|title)\b/.test(pattern)) ? 'title' : 'file',
    permalinks: hugoPermalinks(layers),
  }),
  jekyll: (file, layers) => ({
    ...{ generator: 'jekyll', file, slugFrom: 'file' },
    title: word(layers, 'title'),
    url: address(joined(word(layers, 'url'), word(layers, 'baseurl'))),
    content: folder(word(layers, 'source')) ?? '.',
    language: language(word(layers, 'lang')),
    timezone: timezone(word(layers, 'timezone')),
    permalinks: jekyllPermalinks(layers),
  }),
  pelican: (file, layers) => ({
    ...{ generator: 'pelican', file },
    title: word(layers, 'SITENAME'),
    // publishconf.py, the last of them, knows where the site will be; pelicanconf.py often leaves it empty.
    url: address(word(layers.toReversed(), 'SITEURL')),
    content: folder(word(layers, 'PATH')) ?? 'content',
    language: language(word(layers, 'DEFAULT_LANG')),
    timezone: timezone(word(layers, 'TIMEZONE')),
    slugFrom: word(layers, 'SLUGIFY_SOURCE') === 'basename' ? 'file' : 'title',
    permalinks: Object.fromEntries(
      [
        ['*', word(layers, 'ARTICLE_URL')],
        ['pages', word(layers, 'PAGE_URL')],
      ].filter((pair): pair is [string, string] => pair[1] !== null),
    ),
  }),
};

/** `permalinks.posts`, or by kind since Hugo 0.131: `permalinks.page.posts`. */
function hugoPermalinks(layers: readonly Values[]): Record<string, string> {
  const blocks = layers.map((layer) => valueAt(layer, 'permalinks')).filter(isBlock);
  const entries = blocks.flatMap((block) => [
    ...Object.entries(block),
    ...(isBlock(block['page']) ? Object.entries(block['page']) : []),
  ]);
  const isUgly = layers.some((layer) => valueAt(layer, 'uglyURLs') === true);
  return {
    ...(isUgly && { '*': '/:sections/:slugorfilename.html' }),
    ...Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
  };
}

function jekyllPermalinks(layers: readonly Values[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const layer of layers) {
    const collections = layer['collections'];
    for (const [name, settings] of isBlock(collections) ? Object.entries(collections) : [])
      if (isBlock(settings) && typeof settings['permalink'] === 'string') found[name] = settings['permalink'];
    if (typeof layer['permalink'] === 'string') found['*'] = layer['permalink'];
    // What holds for all of a kind wins over what the kind says itself.
    for (const each of Array.isArray(layer['defaults']) ? layer['defaults'].filter(isBlock) : []) {
      const { scope, values } = each;
      if (!isBlock(scope) || !isBlock(values) || (scope['path'] ?? '') !== '') continue;
      const { type } = scope;
      if (typeof values['permalink'] === 'string' && typeof type === 'string') found[type] = values['permalink'];
    }
  }
  return found;
}

/** Assignments of plain strings; whatever is computed is not known. */
function pythonStrings(text: string): Values {
  const found = [
    ...text.matchAll(/^([A-Z_]+)[ \t]*=[ \t]*[urUR]?(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")[ \t]*(?:#.*)?$/gm),
  ];
  return Object.fromEntries(
    found.map(([, name = '', single, double]) => [name, (single ?? double ?? '').replace(/\\(.)/g, '$1')]),
  );
}

/** The first that is there; generators differ in how they look at capitals, and nobody writes a key twice. */
function word(layers: readonly Values[], key: string): string | null {
  for (const layer of layers) {
    const value = valueAt(layer, key);
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
  }
  return null;
}

function valueAt(values: Values, key: string): unknown {
  const name = Object.keys(values).find((each) => each.toLowerCase() === key.toLowerCase());
  return name === undefined ? undefined : values[name];
}

function address(written: string | null): string | null {
  const url = URL.parse(written?.startsWith('//') ? `https:${written}` : (written ?? ''));
  return url !== null && /^https?:$/.test(url.protocol) && isPublic(url.hostname) ? url.href : null;
}

/** A site at localhost is at home with its author. */
function isPublic(host: string): boolean {
  return /\.[a-z][a-z0-9-]*$/.test(host) && !/(?:^|\.)localhost$/.test(host);
}

function joined(url: string | null, path: string | null): string | null {
  return url === null ? null : `${url.replace(/\/+$/, '')}/${(path ?? '').replace(/^\/+/, '')}`;
}

/** Relative, and without a slash at its end. */
function folder(written: string | null): string | null {
  return written === null ? null : written.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '') || '.';
}

function language(written: string | null): string | null {
  const tag = written?.replaceAll('_', '-') ?? '';
  return /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag) ? tag : null;
}

function timezone(written: string | null): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: written ?? 'UTC' }) && written;
  } catch {
    return null;
  }
}

function isBlock(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
