// What is made of a repository as it is: whose site it is, which files are issues, and where they are on the web. What a
// generator really does with such a site: tests/stories/35-adoption.test.ts.
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNewsletter } from '../../config/read-newsletter.ts';
import { type Adopting, type Adoption, adoptRepository } from '../../src/flows/adopt-repository.ts';
import { newsletterFile } from '../../src/site/newsletter-file.ts';
import { DEFAULTS } from '../config/sample-settings.ts';

type Files = Readonly<Record<string, string>>;
type Adopted = Extract<Adoption, { kind: 'adopted' }>;

const ZOLA = 'base_url = "https://a.example"\ntitle = "The Title"\n';
const HUGO = 'baseURL = "https://a.example"\ntitle = "The Title"\n';
const JEKYLL = 'url: https://a.example\ntitle: The Title\n';
const PELICAN = "SITEURL = 'https://a.example'\nSITENAME = 'The Title'\n";
const DAYS = ['2022-12-07', '2023-01-05', '2023-02-07'];

/** One file for each day; `DAY`, `MONTH`, `YEAR`, `MM` and `NUM` stand for what they say. */
function dated(path: string, front = 'title: Week NUM\ndate: DAY\n'): Files {
  return Object.fromEntries(
    DAYS.map((day, index) => {
      const fill = (text: string): string =>
        text
          .replaceAll('DAY', day)
          .replaceAll('MONTH', day.slice(0, 7))
          .replaceAll('YEAR', day.slice(0, 4))
          .replaceAll('MM', day.slice(5, 7))
          .replaceAll('NUM', String(index + 9));
      return [fill(path), `---\n${fill(front)}---\nText.\n`];
    }),
  );
}

function folderOf(files: Files, name = 'repository'): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'postrider-adopt-')), name);
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function git(folder: string, ...args: string[]): void {
  execFileSync('git', ['-C', folder, '-c', 'user.name=A', '-c', 'user.email=a@e.example', ...args], { stdio: 'ignore' });
}

function adopt(files: Files | string, more: Partial<Adopting> = {}): Adoption {
  const root = typeof files === 'string' ? files : folderOf(files);
  if (typeof files !== 'string') git(root, 'init', '-q');
  return adoptRepository({ root, today: '2023-03-01', version: '0.1.0', generator: null, files: null, ...more });
}

/** Whatever is adopted is a newsletter that can be read. */
function adopted(files: Files | string, more: Partial<Adopting> = {}): Adopted {
  const adoption = adopt(files, more);
  if (adoption.kind === 'problem') throw new Error(JSON.stringify(adoption.problem));
  const { problems } = readNewsletter(newsletterFile(adoption.newsletter), DEFAULTS, 'newsletter.yaml', '0.1.0');
  expect(problems).toEqual([]);
  return adoption;
}

function problemOf(files: Files, more: Partial<Adopting> = {}): string {
  const adoption = adopt(files, more);
  return adoption.kind === 'problem' ? `${adoption.problem.message} ${adoption.problem.advice}` : 'It was adopted.';
}

describe('a site', () => {
  it.each<[string, Files, string, string]>([
    ['of Zola', { 'config.toml': ZOLA, ...dated('content/news/MONTH/index.md') }, 'content/news/{id}/index.md', '/news/{id}/'],
    [
      'of Zola, with sections',
      { 'config.toml': ZOLA, 'content/news/_index.md': '', ...dated('content/news/MONTH.md') },
      'content/news/{year}-{month}.md',
      '/news/{id}/',
    ],
    [
      'of Hugo',
      { 'hugo.toml': HUGO, ...dated('content/posts/DAY-news.md') },
      'content/posts/{date}-news.md',
      '/posts/{id}-news/',
    ],
    [
      'of Hugo, with names in folders of years',
      { 'hugo.toml': HUGO, ...dated('content/posts/YEAR/MM-title.md') },
      'content/posts/{year}/{month}-title.md',
      '/posts/{year}/{month}-title/',
    ],
    [
      'of Hugo, with patterns by kind',
      { 'hugo.toml': `${HUGO}[permalinks.page]\nposts = "/:year/:slug/"\n`, ...dated('content/posts/MONTH.md') },
      'content/posts/{id}.md',
      '/{year}/{slug}/',
    ],
    [
      'of Hugo, configured elsewhere',
      { 'config/_default/hugo.yaml': 'baseURL: https://a.example\ntitle: The Title\n', ...dated('content/n/MONTH.md') },
      'content/n/{id}.md',
      '/n/{id}/',
    ],
    [
      'of Hugo, in languages',
      { 'hugo.toml': HUGO, ...dated('content/n/MONTH/index.md'), ...dated('content/n/MONTH/index.de.md') },
      'content/n/{id}/index.md',
      '/n/{id}/',
    ],
    [
      'of Jekyll',
      { '_config.yml': JEKYLL, ...dated('_posts/DAY-news.md') },
      '_posts/{date}-news.md',
      '/{year}/{month}/{day}/news.html',
    ],
    [
      'of Jekyll, with pretty addresses',
      { '_config.yml': `${JEKYLL}permalink: pretty\n`, ...dated('_posts/DAY-aNUMb.md') },
      '_posts/{date}-{slug}.md',
      '/{year}/{month}/{day}/{slug}/',
    ],
    [
      'of Jekyll, with drafts',
      { '_config.yml': JEKYLL, ...dated('_posts/DAY-news.md'), ...dated('_drafts/DAY-news.md') },
      '_posts/{date}-news.md',
      '/{year}/{month}/{day}/news.html',
    ],
    ['of Pelican', { 'pelicanconf.py': PELICAN, ...dated('content/DAY-week.md') }, 'content/{date}-week.md', '/{slug}.html'],
    [
      'of Pelican, with pages and drafts',
      {
        'pelicanconf.py': PELICAN,
        ...dated('content/DAY-week.md'),
        ...dated('content/pages/DAY-x.md'),
        ...dated('draft/DAY-week.md'),
      },
      'content/{date}-week.md',
      '/{slug}.html',
    ],
  ])('%s is recognised', (_title, files, pattern, address) => {
    const { newsletter, issues, elsewhere, doubles, isGit, isUrlKnown } = adopted(files);
    expect(newsletter).toMatchObject({ name: 'The Title', files: [pattern], otherFiles: [], url: `https://a.example${address}` });
    expect({ issues: issues.length, elsewhere, doubles, isGit, isUrlKnown }).toEqual({
      ...{ issues: 3, elsewhere: 0, doubles: [], isGit: true, isUrlKnown: true },
    });
  });

  it('lends its name where the issues have none in common, and its domain to the sender', () => {
    const files = {
      'config.toml': ZOLA.replace('https://', 'https://www.'),
      ...dated('content/news/MONTH.md', 'title: Kernel News, No. NUM\n'),
    };
    expect(adopted(files).newsletter).toMatchObject({ name: 'Kernel News', domain: 'a.example' });
  });

  it('that is at home only has no address yet', () => {
    const files = { 'hugo.toml': HUGO.replace('https://a.example', 'http://localhost:1313/'), ...dated('content/news/MONTH.md') };
    expect(adopted(files)).toMatchObject({
      isUrlKnown: false,
      newsletter: { domain: 'example.org', url: 'https://example.org/news/{id}/' },
    });
  });

  it.each([
    ['TOML', 'hugo.toml', 'baseURL = "https://a.example\n[[['],
    ['YAML', '_config.yml', 'url: "https://a.example\n - ]'],
  ])('whose %s is broken is recognised, and its address is not known', (_title, file, text) => {
    const files = { [file]: text, ...dated('content/news/MONTH.md') };
    expect(adopted(files)).toMatchObject({ isUrlKnown: false, issues: { length: 3 } });
  });

  it('whose issues say where they are has them counted, and one pattern all the same', () => {
    const files = { 'hugo.toml': HUGO, ...dated('content/news/MONTH.md', 'title: Week NUM\nurl: /x/{NUM}/\n') };
    expect(adopted(files)).toMatchObject({ elsewhere: 3, newsletter: { url: 'https://a.example/{id}/' } });
  });

  it('with two files of one day has their names told', () => {
    const files = { '_config.yml': JEKYLL, ...dated('_posts/DAY-aNUMb.md'), '_posts/2023-01-05-another.md': '' };
    expect(adopted(files).doubles).toEqual(['2023-01-05']);
  });

  it('has the newest issue last, by number', () => {
    expect(adopted({ 'hugo.toml': HUGO, ...dated('content/letters/NUM.md') }).issues.at(-1)).toBe('content/letters/11.md');
  });

  it('has no issue of what was removed and not committed', () => {
    const root = folderOf({ 'hugo.toml': HUGO, ...dated('content/news/MONTH.md') });
    git(root, 'init', '-q');
    git(root, 'add', '-A');
    rmSync(join(root, 'content/news/2023-02.md'));
    expect(adopted(root).issues).toEqual(['content/news/2022-12.md', 'content/news/2023-01.md']);
  });

  it('has no issue of what git leaves out', () => {
    expect(
      adopted({
        'hugo.toml': HUGO,
        '.gitignore': '/content/private/',
        ...dated('content/news/MONTH.md'),
        ...dated('content/private/DAY-newsletter.md'),
      }).newsletter.files,
    ).toEqual(['content/news/{id}.md']);
  });
});

describe('a folder', () => {
  it('that is empty begins a newsletter', () => {
    expect(adopted({})).toMatchObject({
      ...{ site: null, issues: [], elsewhere: 0, isGit: true, isUrlKnown: false },
      newsletter: { name: 'My newsletter', files: ['issues/{id}.md'], url: 'https://example.org/issues/{id}/', generator: null },
    });
  });

  it('with issues and no site is a newsletter', () => {
    expect(adopted(dated('issues/MONTH.md'))).toMatchObject({
      site: null,
      issues: { length: 3 },
      newsletter: { files: ['issues/{id}.md'] },
    });
  });

  it('without git is read as well, and known to be', () => {
    const root = folderOf({
      'hugo.toml': HUGO,
      ...dated('content/news/MONTH.md'),
      ...dated('node_modules/x/newsletter/MONTH.md'),
    });
    expect(adopted(root)).toMatchObject({ isGit: false, issues: { length: 3 } });
  });

  it('within a larger repository is read from where it stands', () => {
    const root = folderOf({ 'site/hugo.toml': HUGO, ...dated('site/content/news/MONTH.md'), ...dated('other/news/DAY.md') });
    git(root, 'init', '-q');
    expect(adopted(join(root, 'site'))).toMatchObject({
      isGit: true,
      issues: DAYS.map((day) => `content/news/${day.slice(0, 7)}.md`),
    });
  });

  it.each([`with spaces & 'quotes'`, 'ümlaut "x"', '{braces} [x]', '-n $HOME;'])('may be called %s', (name) => {
    const root = folderOf({ 'hugo.toml': HUGO, ...dated(`content/Neues ä"'/DAY-news.md`) }, name);
    for (const isGit of [false, true]) {
      if (isGit) git(root, 'init', '-q');
      expect(adopted(root)).toMatchObject({ isGit, newsletter: { files: [`content/Neues ä"'/{date}-news.md`] } });
    }
  });

  it('of 2,000 issues is adopted soon', () => {
    const files = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, index) => {
        const day = new Date(Date.UTC(2018, 0, 1) + index * 86_400_000).toISOString().slice(0, 10);
        return [
          `_posts/${day}-week-${index}.md`,
          `---\ntitle: The week ${index}\ndate: ${day}\n---\n${'Text. '.repeat(2_000)}\n`,
        ];
      }),
    );
    const root = folderOf({ '_config.yml': JEKYLL, ...files });
    git(root, 'init', '-q');
    const startedAt = performance.now();
    expect(adopted(root).issues).toHaveLength(2_000);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});

describe('what is said where it cannot be told', () => {
  const BOTH = { 'hugo.toml': HUGO, '_config.yml': JEKYLL, ...dated('content/news/MONTH.md') };

  it('which files are issues', () => {
    expect(problemOf({ 'hugo.toml': HUGO, 'content/about.md': '' })).toBe(
      'There is a site of Hugo here, but no Markdown files in content/ that are named like issues: by days, months or numbers. Say where they lie, or will lie, as in: postrider init --files "content/newsletter/{id}.md"',
    );
    expect(problemOf({ '_config.yml': JEKYLL })).toMatch(/no Markdown files here that .*--files "_issues\/\{id\}\.md"/);
  });

  it('which generator it is', () => {
    expect(problemOf(BOTH)).toBe(
      'There are 2 site generators here: Hugo (hugo.toml) and Jekyll (_config.yml). Say whose site has the newsletter, as in: postrider init --generator hugo',
    );
    expect(adopted(BOTH, { generator: 'hugo' }).site?.generator).toBe('hugo');
    expect(problemOf(BOTH, { generator: 'pelican' })).toMatch(/^There are no settings of Pelican here\./);
  });
});

describe('files that are named', () => {
  it('are the issues, whatever else there is', () => {
    const files = { 'hugo.toml': HUGO, ...dated('content/news/MONTH.md'), ...dated('content/a/b-MONTH.md') };
    expect(adopted(files, { files: './content/a/b-{id}.md' })).toMatchObject({
      issues: { length: 3 },
      newsletter: { files: ['content/a/b-{id}.md'], otherFiles: [], url: 'https://a.example/a/b-{id}/' },
    });
  });

  it.each<[string, Files, string, string]>([
    ['hugo', { 'hugo.toml': HUGO }, 'content/newsletter/{id}.md', '/newsletter/{id}/'],
    [
      'hugo, with dates in addresses',
      { 'hugo.toml': `${HUGO}[permalinks]\nn = "/:year/:month/:slug/"\n` },
      'content/n/{date}-{slug}.md',
      '/{year}/{month}/{slug}/',
    ],
    ['jekyll', { '_config.yml': JEKYLL }, '_posts/{date}-{slug}.md', '/{year}/{month}/{day}/{slug}.html'],
    ['pelican', { 'pelicanconf.py': PELICAN }, 'content/{id}.md', '/{slug}.html'],
  ])('may be none yet: %s', (_title, files, pattern, address) => {
    expect(adopted(files, { files: pattern })).toMatchObject({
      issues: [],
      elsewhere: 0,
      newsletter: { url: `https://a.example${address}` },
    });
  });

  it('may lie outside of the site’s pages', () => {
    expect(adopted({ 'hugo.toml': HUGO, ...dated('letters/MONTH.md') }, { files: 'letters/{id}.md' }).newsletter.url).toBe(
      'https://a.example/letters/{id}/',
    );
  });
});

describe('what is not told yet', () => {
  // The pattern of a path takes translations as well; source/find-issues would have to leave them out.
  it.fails('translations of issues with names of their own are no issues', () => {
    const files = { 'hugo.toml': HUGO, ...dated('content/n/DAY-aNUMb.md'), ...dated('content/n/DAY-aNUMb.de.md') };
    expect(adopted(files).doubles).toEqual([]);
  });

  // Of a year's folder and a number only the number is the id.
  it.fails('numbers that begin anew each year are names of their own', () => {
    const files = { 'hugo.toml': HUGO, ...dated('content/news/2022/week-NUM.md'), ...dated('content/news/2023/week-NUM.md') };
    expect(adopted(files).doubles).toEqual([]);
  });

  // SlugSource knows `file` only, which is all of a file's name.
  it.fails('a slug that Pelican cuts out of the name of the file', () => {
    const python = `${PELICAN}FILENAME_METADATA = r'(?P<date>\\d{4}-\\d{2}-\\d{2})-(?P<slug>.*)'\n`;
    const files = { 'pelicanconf.py': python, ...dated('content/DAY-aNUMb.md') };
    expect(adopted(files).newsletter.url).toBe('https://a.example/a{number}b.html');
  });

  // AddressSettings would have to say what the folder is.
  it.fails('posts within the folder of collections are in no category of its name', () => {
    const files = { '_config.yml': `${JEKYLL}collections_dir: all\n`, ...dated('all/_posts/DAY-news.md') };
    expect(adopted(files).newsletter.url).toBe('https://a.example/{year}/{month}/{day}/news.html');
  });
});

it('nothing is written', () => {
  const root = folderOf({ 'hugo.toml': HUGO, ...dated('content/news/MONTH.md') });
  const before = globSync('**/*', { cwd: root }).toSorted();
  adopted(root);
  expect(globSync('**/*', { cwd: root }).toSorted()).toEqual(before);
});
