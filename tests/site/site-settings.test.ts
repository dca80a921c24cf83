// What the settings of each generator say, however they are written; they are read, never run.
import { describe, expect, it } from 'vitest';
import type { SiteSettings } from '../../src/domain/site.ts';
import { type FileTexts, readSiteSettings, SETTINGS_FILES } from '../../src/site/site-settings.ts';

function only(texts: FileTexts): SiteSettings {
  const found = readSiteSettings(texts);
  expect(found).toHaveLength(1);
  return found[0]!;
}

const generatorsOf = (texts: FileTexts): string[] => readSiteSettings(texts).map(({ generator }) => generator);

describe('a site', () => {
  it('of Zola', () => {
    const toml = 'base_url = "https://a.example"\ntitle = "A"\ndefault_language = "de"\n';
    expect(only({ 'config.toml': toml })).toEqual({
      ...{ generator: 'zola', file: 'config.toml', title: 'A', url: 'https://a.example/', content: 'content', language: 'de' },
      ...{ timezone: null, slugFrom: 'file', permalinks: {} },
    });
  });

  it('of Hugo', () => {
    const toml =
      'baseURL = "https://a.example/b"\ntitle = "A"\nlanguageCode = "en-us"\ntimeZone = "Europe/Berlin"\ncontentDir = "./pages/"\n[permalinks]\nposts = "/:year/:slug/"\n';
    expect(only({ 'hugo.toml': toml })).toEqual({
      ...{ generator: 'hugo', file: 'hugo.toml', title: 'A', url: 'https://a.example/b', content: 'pages', language: 'en-us' },
      ...{ timezone: 'Europe/Berlin', slugFrom: 'title', permalinks: { posts: '/:year/:slug/' } },
    });
  });

  it('of Jekyll', () => {
    const yaml =
      'title: A\nurl: https://a.example/\nbaseurl: /b\nlang: en_GB\nsource: ./docs\ncollections:\n  n: { permalink: /n/:name }\n';
    expect(only({ '_config.yml': yaml })).toEqual({
      ...{ generator: 'jekyll', file: '_config.yml', title: 'A', url: 'https://a.example/b', content: 'docs', language: 'en-GB' },
      ...{ timezone: null, slugFrom: 'file', permalinks: { n: '/n/:name' } },
    });
  });

  it('of Pelican', () => {
    const python = `SITENAME = u'A \\'B\\'' # its name\nPATH = "content"\nTIMEZONE='Europe/Paris'\nDEFAULT_LANG = 'fr'\nARTICLE_URL = '{slug}/'\n`;
    expect(only({ 'pelicanconf.py': `${python}SITEURL = ''\n`, 'publishconf.py': "SITEURL = 'https://a.example'\n" })).toEqual({
      ...{ generator: 'pelican', file: 'pelicanconf.py', title: "A 'B'", url: 'https://a.example/', content: 'content' },
      ...{ language: 'fr', timezone: 'Europe/Paris', slugFrom: 'title', permalinks: { '*': '{slug}/' } },
    });
  });
});

describe('Hugo', () => {
  it.each([
    ['config/_default/hugo.yaml', 'baseURL: https://a.example/'],
    ['config/_default/config.toml', 'baseurl = "https://a.example/"'],
    ['hugo.json', '{ "BaseURL": "https://a.example/" }'],
    ['config.yml', 'baseurl: https://a.example/'],
  ])('is configured in %s', (file, text) => {
    expect(only({ [file]: text })).toMatchObject({ generator: 'hugo', file, url: 'https://a.example/' });
  });

  it.each<[string, FileTexts, Record<string, string>]>([
    ['by section', { 'hugo.toml': 'Permalinks = { posts = "/p/:title/" }' }, { posts: '/p/:title/' }],
    [
      'by kind and section',
      { 'hugo.toml': '[permalinks.page]\nposts = "/p/:slug/"\n[permalinks.section]\nposts = "/q/"' },
      { posts: '/p/:slug/' },
    ],
    [
      'in a file of their own',
      { 'hugo.toml': 'title = "A"', 'config/_default/permalinks.toml': 'n = "/:year/"' },
      { n: '/:year/' },
    ],
    ['as files', { 'hugo.toml': 'uglyURLs = true' }, { '*': '/:sections/:slugorfilename.html' }],
  ])('has patterns of addresses %s', (_title, texts, permalinks) => {
    expect(only(texts).permalinks).toEqual(permalinks);
  });

  it('is not every tool that has a config file', () => {
    expect(generatorsOf({ 'config.json': '{ "port": 80 }', '_config.yml': 'title: A' })).toEqual(['jekyll']);
    expect(generatorsOf({ 'config.yaml': 'database: x\n' })).toEqual([]);
    expect(generatorsOf({ 'hugo.yaml': '' })).toEqual(['hugo']);
  });
});

describe('Jekyll', () => {
  it.each<[string, string, Record<string, string>]>([
    ['for all', 'permalink: pretty', { '*': 'pretty' }],
    [
      'for all of a kind',
      'defaults:\n- scope: { path: "", type: posts }\n  values: { permalink: /p/:title/ }',
      { posts: '/p/:title/' },
    ],
    [
      'for a kind, though it says otherwise',
      'collections: { n: { permalink: /a } }\ndefaults: [{ scope: { type: n }, values: { permalink: /b } }]',
      { n: '/b' },
    ],
    ['for a folder, which is not for all', 'defaults: [{ scope: { path: a, type: posts }, values: { permalink: /b } }]', {}],
    ['of nothing that can be read', 'collections: [a, b]\npermalink: 3\ndefaults: { a: 1 }', {}],
  ])('has patterns of addresses %s', (_title, yaml, permalinks) => {
    expect(only({ '_config.yml': yaml }).permalinks).toEqual(permalinks);
  });
});

describe('Pelican', () => {
  it('may have Windows line endings', () => {
    const python = "SITENAME = 'A'\r\nSITEURL = \"https://a.example\"\r\nARTICLE_URL = 'b/{slug}/' # x\r\n";
    expect(only({ 'pelicanconf.py': python })).toMatchObject({
      title: 'A',
      url: 'https://a.example/',
      permalinks: { '*': 'b/{slug}/' },
    });
  });

  it('may make the slugs of the names of files', () => {
    expect(only({ 'pelicanconf.py': "SLUGIFY_SOURCE = 'basename'\n" }).slugFrom).toBe('file');
  });

  it('is not asked what it computes', () => {
    const python = "SITEURL = os.environ['URL']\nSITENAME = 'A' + 'B'\nif X:\n    TIMEZONE = 'Europe/Rome'\n# PATH = 'x'\n";
    expect(only({ 'pelicanconf.py': python })).toMatchObject({ url: null, title: null, timezone: null, content: 'content' });
  });
});

describe('the address of a site', () => {
  it.each([
    ['https://a.example', 'https://a.example/'],
    ['//a.example/b', 'https://a.example/b'],
    ['http://a.example', 'http://a.example/'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['/', null],
    ['', null],
    ['example', null],
    ['ftp://a.example', null],
    // Whose mail would be from newsletter@localhost.
    ['http://localhost:1313/', null],
    ['http://127.0.0.1:8000', null],
    ['http://[::1]/', null],
    ['http://laptop/', null],
  ])('%s is %s', (written, url) => {
    expect(only({ 'hugo.toml': `baseURL = "${written}"` }).url).toBe(url);
  });
});

it.each(['Middle/Earth', 'Local', ''])('a time zone that does not exist is none: %s', (zone) => {
  expect(only({ '_config.yml': `timezone: "${zone}"` }).timezone).toBeNull();
});

it.each(['english', 'x', 'de_DE.UTF-8', ''])('a language that is no tag is none: %s', (language) => {
  expect(only({ '_config.yml': `lang: "${language}"` }).language).toBeNull();
});

describe('settings that cannot be read', () => {
  it.each<[string, string, string[]]>([
    ['config.toml', 'base_url = "https://a.example\ntitle = "A"\n', ['zola']],
    ['config.toml', 'baseURL = "https://a.example\ntitle = "A"\n', ['hugo']],
    ['_config.yml', 'title: "A\n  b: [', ['jekyll']],
    ['hugo.json', '{', ['hugo']],
  ])('still tell whose they are: %s', (file, text, generators) => {
    expect(readSiteSettings({ [file]: text })).toMatchObject(
      generators.map((generator) => ({ generator, title: null, url: null })),
    );
  });
});

it('all generators that are there are found, and none where there is none', () => {
  expect(generatorsOf({ 'config.toml': 'base_url = "https://a.example"', '_config.yml': '', 'pelicanconf.py': '' })).toEqual([
    ...['zola', 'jekyll', 'pelican'],
  ]);
  expect(generatorsOf({})).toEqual([]);
  expect(SETTINGS_FILES).toContain('config/_default/hugo.yaml');
});
