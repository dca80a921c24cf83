// A newsletter that has been on the web for years is adopted as it is: one command, no file moved, no page changed, and every
// issue that there is becomes a mail. Left out where the real newsletters are not there.
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Config, loadConfig } from '../../config/load.ts';
import { pressOf } from '../../src/app.ts';
import { renderIssue } from '../../src/flows/render-issue.ts';
import { parseFrontMatter } from '../../src/issue/front-matter.ts';
import { listIssues } from '../../src/source/find-issues.ts';
import { CORPUS } from '../email/corpus-table.ts';
import { buildSite, hasGenerator } from '../services/generators.ts';
import { type Finished, postrider } from './cli.ts';

const LIMIT = { timeout: 60_000 };
const hasCorpus = existsSync(CORPUS);
if (!hasCorpus) process.stderr.write(`Left out: the adoption of real newsletters. The folder ${CORPUS} is not there.\n`);

type Files = Readonly<Record<string, string | Buffer>>;

interface Layout {
  readonly generator: string;
  readonly files: () => Files;
  readonly count: number;
  /** What `init` says. */
  readonly name: string;
  readonly pattern: string;
  readonly url: string;
}

const OSDEV = join(CORPUS, 'rust-osdev');
const WEEKLY = join(CORPUS, 'this-week-in-rust');
const months = (): string[] => globSync('20*', { cwd: OSDEV }).toSorted();
const EVERY_MONTH = { count: 34, name: 'This Month in Rust OSDev' } as const;

/** The issues, and what lies beside them. */
function monthlyIn(folder: string): Files {
  const paths = globSync('20*/*', { cwd: OSDEV });
  return Object.fromEntries(paths.map((path) => [`${folder}/${path}`, readFileSync(join(OSDEV, path))]));
}

/** As Jekyll wants them: front matter in YAML, each under the name that is made of its month and its day. */
function monthlyForJekyll(pathOf: (month: string, day: string) => string): Files {
  return Object.fromEntries(
    months().map((month) => {
      const { data, body } = parseFrontMatter(readFileSync(join(OSDEV, month, 'index.md'), 'utf8'));
      const day = String(data['date']).slice(0, 10);
      return [pathOf(month, day), `---\ntitle: ${JSON.stringify(data['title'])}\ndate: ${day}\n---\n${body.trimStart()}`];
    }),
  );
}

const HUGO_LAYOUTS = {
  'layouts/_default/single.html': '<h1>{{ .Title }}</h1>{{ .Content }}',
  'layouts/_default/list.html': '<h1>{{ .Title }}</h1>{{ range .Pages }}{{ .RelPermalink }} {{ end }}',
} as const;

const LAYOUTS: Readonly<Record<string, Layout>> = {
  'of Zola, with a folder for each month': {
    ...EVERY_MONTH,
    generator: 'zola',
    files: () => ({
      'config.toml': 'base_url = "https://rust-osdev.com"\ntitle = "Rust OSDev"\n',
      'content/_index.md': '+++\n+++\n',
      'content/this-month/_index.md': '+++\ntitle = "This Month"\n+++\n',
      'content/blog/2020-05-01-hello.md': '+++\ntitle = "Hello"\n+++\n',
      'content/showcase/hermit/index.md': '+++\ntitle = "Hermit"\n+++\n',
      ...monthlyIn('content/this-month'),
    }),
    pattern: 'content/this-month/{id}/index.md',
    url: 'https://rust-osdev.com/this-month/{id}/',
  },
  'of Hugo, with a folder for each month': {
    ...EVERY_MONTH,
    generator: 'hugo',
    files: () => ({
      'hugo.toml': 'baseURL = "https://osdev.example/"\ntitle = "OSDev"\n[permalinks]\nnews = "/:year/:slug/"\n',
      'content/news/_index.md': '---\ntitle: News\n---\n',
      'content/about.md': '---\ntitle: About\n---\n',
      ...HUGO_LAYOUTS,
      ...monthlyIn('content/news'),
    }),
    pattern: 'content/news/{id}/index.md',
    url: 'https://osdev.example/{year}/{slug}/',
  },
  'of Jekyll, with posts': {
    ...EVERY_MONTH,
    generator: 'jekyll',
    files: () => ({
      '_config.yml': 'title: OSDev\nurl: https://osdev.example\nbaseurl: /news\npermalink: pretty\n',
      '.gitignore': '_site',
      'about.md': '---\ntitle: About\n---\n',
      ...monthlyForJekyll((_, day) => `_posts/${day}-this-month.md`),
    }),
    pattern: '_posts/{date}-this-month.md',
    url: 'https://osdev.example/news/{year}/{month}/{day}/this-month/',
  },
  'of Jekyll, with a collection': {
    ...EVERY_MONTH,
    generator: 'jekyll',
    files: () => ({
      '_config.yml': 'title: OSDev\nurl: https://osdev.example\ncollections:\n  issues:\n    output: true\n',
      'index.md': '---\ntitle: OSDev\n---\n',
      ...monthlyForJekyll((month) => `_issues/${month}.md`),
    }),
    pattern: '_issues/{id}.md',
    url: 'https://osdev.example/issues/{id}.html',
  },
  'of Pelican, as This Week in Rust has it': {
    generator: 'pelican',
    count: 7,
    name: 'This Week in Rust',
    files: () => ({
      'pelicanconf.py': `import os
SITENAME = u'This Week in Rust'
SITEURL = ''
TIMEZONE = 'America/New_York'
DEFAULT_LANG = u'en'
PATH = 'content'
ARTICLE_URL = 'blog/{date:%Y}/{date:%m}/{date:%d}/{slug}/'
ARTICLE_SAVE_AS = 'blog/{date:%Y}/{date:%m}/{date:%d}/{slug}/index.html'
`,
      'publishconf.py': "from pelicanconf import *\nSITEURL = 'https://this-week-in-rust.org'\n",
      'content/pages/about.md': 'Title: About\n\nText.\n',
      'draft/DRAFT.md': 'Title: This Week in Rust XXX\n\nText.\n',
      'draft/2024-11-20-this-week-in-rust.md': 'Title: This Week in Rust 574\n\nText.\n',
      ...Object.fromEntries(
        globSync('*.md', { cwd: WEEKLY }).map((file) => [`content/${file}`, readFileSync(join(WEEKLY, file))]),
      ),
    }),
    pattern: 'content/{date}-this-week-in-rust.md',
    url: 'https://this-week-in-rust.org/blog/{year}/{month}/{day}/{slug}/',
  },
};

const WRITTEN = ['.env', '.env.example', '.gitignore', 'newsletter.yaml'];

function repositoryOf(files: Files): string {
  const root = mkdtempSync(join(tmpdir(), 'postrider-adopted-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  git(root, 'init', '-q');
  git(root, 'add', '-A');
  git(root, '-c', 'user.name=A', '-c', 'user.email=a@e.example', 'commit', '-qm', 'The site as it is');
  return root;
}

function git(root: string, ...args: string[]): string {
  return execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' });
}

/** Every file and its bytes, but for git's own. */
function bytesIn(folder: string): Record<string, string> {
  const paths = globSync('**/*', { cwd: folder }).filter((path) => statSync(join(folder, path)).isFile());
  const dotted = WRITTEN.filter(
    (path) => path.startsWith('.') && statSync(join(folder, path), { throwIfNoEntry: false })?.isFile(),
  );
  return Object.fromEntries([...paths, ...dotted].map((path) => [path, readFileSync(join(folder, path), 'latin1')]));
}

function configOf(root: string): Config {
  const loaded = loadConfig(root, {}, []);
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}

const HUGO = 'baseURL = "https://a.example"\n';
const ISSUES = {
  'content/news/2023-01.md': '---\ntitle: January\n---\n',
  'content/news/2023-02.md': '---\ntitle: February\n---\n',
};
const SITE = { 'hugo.toml': HUGO, ...ISSUES };

describe.concurrent('what cannot be adopted is left as it is, and said to be:', () => {
  it.each<[string, Files, readonly string[], number, RegExp]>([
    [
      'a site without issues',
      { 'hugo.toml': HUGO, 'content/about.md': 'x' },
      [],
      2,
      /^error: There is a site of Hugo here, but no .* --files "content\/newsletter\/\{id\}\.md"$/,
    ],
    [
      'a site of two generators',
      { ...SITE, '_config.yml': '' },
      [],
      2,
      /^error: There are 2 site generators here: Hugo \(hugo\.toml\) and Jekyll \(_config\.yml\)\. .* --generator hugo$/,
    ],
    ['a site of another generator', SITE, ['--generator', 'zola'], 2, /^error: There are no settings of Zola here\./],
    [
      'the file of a newer Postrider',
      { ...SITE, 'newsletter.yaml': 'postrider: "9.0"\nwho: knows\nlists: 3\n' },
      [],
      2,
      /^newsletter\.yaml:1:1 error: This file is written for Postrider 9\.0, and this is \S+ Install the newer one: npm install --save-dev postrider@latest$/,
    ],
    [
      'a .env that is in git',
      { ...SITE, '.env': 'A=1\n' },
      [],
      2,
      /^\.env is in git, and a secret in it would be published\.\nTake it out, and keep it here: git rm --cached \.env$/,
    ],
    ['a pattern of one file', SITE, ['--files', 'content/a.md'], 2, /^The pattern content\/a\.md names one file only\./],
    [
      'a pattern with a strange placeholder',
      SITE,
      ['--files', 'content/{week}-{id}.md'],
      2,
      /^\{week\} is not a placeholder\.\nThere are: \{id\}, /,
    ],
    [
      'a pattern that leads outside',
      SITE,
      ['--files', 'content/../../{id}.md'],
      2,
      /^content\/\.\.\/\.\.\/\{id\}\.md lies outside of this folder\./,
    ],
    [
      'a folder in place of .env.example',
      { ...SITE, '.env.example/x': '' },
      [],
      2,
      /^\.env\.example is not a file\. Nothing was changed\./,
    ],
    [
      'a folder in place of .gitignore',
      { ...SITE, '.gitignore/x': '' },
      [],
      2,
      /^\.gitignore is not a file\. Nothing was changed\./,
    ],
    [
      'a folder in place of newsletter.yaml',
      { ...SITE, 'newsletter.yaml/x': '' },
      [],
      2,
      /^error: newsletter\.yaml is not a file\./,
    ],
    // Root may write everywhere, but a folder is not made of a file.
    [
      'a file in place of the folder of issues',
      { issues: 'x' },
      [],
      1,
      /^issues cannot be written: EEXIST\. Nothing was changed\./,
    ],
  ])('%s', async (_title, files, args, exitCode, says) => {
    const root = repositoryOf(files);
    const before = bytesIn(root);
    const { code, stdout, stderr } = await postrider(['init', ...args], { cwd: root });
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr.trim()).toMatch(says);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
    expect(bytesIn(root)).toEqual(before);
    expect(git(root, 'status', '--porcelain')).toBe('');
  });
});

it('nothing is written where git does not say whether a secret would be published', async () => {
  const root = mkdtempSync(join(tmpdir(), 'postrider-silent-'));
  writeFileSync(join(root, '.git'), 'gitdir: /nowhere/at/all\n');
  const { code, stderr } = await postrider(['init'], { cwd: root });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Git says nothing of the repository here, .*\nSee why: git status\n$/);
  expect(bytesIn(root)).toEqual({});
});

describe.concurrent('what is there already is kept:', () => {
  it.each<[string, Files, Readonly<Record<string, RegExp>>]>([
    [
      'a .env of another tool gets what it lacks',
      { '.env': 'API_KEY=x\nexport BASE_URL=https://a.example' },
      { '.env': /^API_KEY=x\nexport BASE_URL=https:\/\/a\.example\n# .*\nPOSTRIDER_SECRET=[0-9a-f]{64}\n# .*\nSMTP_URL=\S+\n$/ },
    ],
    [
      'a .gitignore without an end of its last line',
      { '.gitignore': 'node_modules' },
      { '.gitignore': /^node_modules\n\.env\n\.postrider\/\n$/ },
    ],
    [
      'a .gitignore with Windows line endings',
      { '.gitignore': 'node_modules/\r\n/.env\r\n' },
      { '.gitignore': /^node_modules\/\r\n\/\.env\r\n\.postrider\/\n$/ },
    ],
    [
      'a .gitignore that lets .env in again is given the last word',
      { '.gitignore': '.env\n.postrider\nnode_modules\n!.env\n' },
      { '.gitignore': /!\.env\n\.env\n$/ },
    ],
    [
      'an example of the settings',
      { '.env.example': 'POSTRIDER_SECRET=\nSMTP_URL=\n' },
      { '.env.example': /^POSTRIDER_SECRET=\nSMTP_URL=\n# .*\nBASE_URL=\S+\n$/ },
    ],
  ])('%s', async (_title, files, become) => {
    const root = repositoryOf(SITE);
    for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
    const { code, stderr } = await postrider(['init'], { cwd: root });
    expect(code).toBe(0);
    for (const [path, text] of Object.entries(become)) {
      expect(readFileSync(join(root, path), 'utf8')).toMatch(text);
      expect(stderr).toContain(`Wrote ${path}: `);
    }
    git(root, 'add', '-A');
    expect(git(root, 'diff', '--cached', '--name-only')).not.toMatch(/^\.env$/m);
  });
});

describe.concurrent('what is in doubt is said:', () => {
  const aside = (url: string): string => `---\ntitle: March\nurl: ${url}\n---\n`;
  it.each<[string, Files, RegExp]>([
    [
      'an issue elsewhere',
      { ...SITE, 'content/news/2023-03.md': aside('/x/') },
      /\n1 issue of 3 has another address on the web than /,
    ],
    [
      'issues that are all elsewhere',
      { 'hugo.toml': HUGO, 'content/news/2023-03.md': aside('/x/') },
      /\nThe web addresses of the issues could not be told from .*; mend issues\.url in newsletter\.yaml\.\n/,
    ],
    [
      'a site that does not say where it is',
      { 'hugo.toml': 'title = "A"\n', ...ISSUES },
      /\nWhere the issues are on the web is not known; mend issues\.url and from in newsletter\.yaml\.\n/,
    ],
    [
      'another series of issues',
      { ...SITE, 'content/weekly/1.md': '', 'content/weekly/2.md': '' },
      /\nThese look like issues too: content\/\w+\/\{\w+\}\.md \(2\)\. To take them, mend issues\.files in newsletter\.yaml\.\n/,
    ],
    [
      'two files of one name',
      { '_config.yml': 'url: https://a.example', '_posts/2023-01-05-a.md': '', '_posts/2023-01-05-b.md': '' },
      /\nSeveral files are issue 2023-01-05: name those by their path, or mend issues\.files in newsletter\.yaml\.\n/,
    ],
  ])('%s', async (_title, files, says) => {
    const { code, stderr } = await postrider(['init'], { cwd: repositoryOf(files) });
    expect(code).toBe(0);
    expect(stderr).toMatch(says);
  });
});

describe.concurrent('a folder without a site', () => {
  it('begins a newsletter with an issue that is a mail, and is told of git', async () => {
    const root = mkdtempSync(join(tmpdir(), `postrider-new "ü" {x} it's `));
    const { code, stderr } = await postrider(['init'], { cwd: root });
    expect(code).toBe(0);
    expect(stderr).toMatch(/This folder is not in git\. To have each mail bound to a commit: git init\n/);
    const [issue] = listIssues(root, configOf(root).newsletter.issues.files);
    const rendered = await postrider(['render', '--issue', issue?.name.id ?? '', '--out', 'out'], { cwd: root });
    expect(rendered).toMatchObject({ code: 0, stderr: '' });
    expect((await postrider(['check', '--no-links'], { cwd: root })).code).toBe(0);
  });

  it('has its first issue where it is to lie', async () => {
    const root = repositoryOf({ 'README.md': 'x' });
    await postrider(['init', '--files', 'letters/{date}-{slug}.md'], { cwd: root });
    expect(globSync('letters/*', { cwd: root })).toEqual([expect.stringMatching(/^letters\/\d{4}-\d{2}-\d{2}-first-issue\.md$/)]);
  });
});

describe.skipIf(!hasCorpus).each(Object.entries(LAYOUTS))(
  'a site %s',
  (_title, { generator, files, count, name, pattern, url }) => {
    const isBuilt = hasGenerator(generator);
    let root: string;
    let before: Record<string, string>;
    let siteBefore: string;
    let said: Finished;
    const addresses: Record<string, string> = {};

    beforeAll(async () => {
      root = repositoryOf(files());
      before = bytesIn(root);
      if (isBuilt) siteBefore = buildSite(generator, root);
      said = await postrider(['init'], { cwd: root });
    }, 60_000);
    afterAll(() => rmSync(root, { recursive: true, force: true }));

    it('is recognised: what it is, what its issues are, where they are', () => {
      expect(said.stderr).not.toContain('own fault');
      expect(said.code).toBe(0);
      const [site, newsletter, issues, , onTheWeb] = said.stdout.split('\n');
      expect(site).toMatch(new RegExp(`^site +${generator} \\(\\S+\\)$`, 'i'));
      expect(newsletter).toBe(`newsletter  ${name}`);
      expect(issues).toBe(`issues      ${count} files like ${pattern}`);
      expect(onTheWeb).toBe(`on the web  ${url}`);
      // The way on is said, and no doubt is where there is none.
      expect(said.stderr).toMatch(/Next:\n +npx postrider preview/);
      expect(said.stderr).not.toMatch(/mend|not known|not in git/);
    });

    it('keeps all its files: four are written, and the secret stays out of git', () => {
      const after = bytesIn(root);
      expect(
        Object.keys(after)
          .filter((path) => after[path] !== before[path])
          .toSorted(),
      ).toEqual(WRITTEN);
      expect(Object.keys(before).filter((path) => !(path in after))).toEqual([]);
      const secret = /^POSTRIDER_SECRET=([0-9a-f]{64})$/m.exec(after['.env'] ?? '')?.[1];
      expect(secret).toBeDefined();
      git(root, 'add', '-A');
      expect(git(root, 'diff', '--cached', '--name-only').trim().split('\n')).toEqual(WRITTEN.slice(1));
      expect(git(root, 'diff', '--cached')).not.toContain(secret);
      expect(statSync(join(root, '.env')).mode & 0o077).toBe(0);
    });

    it('has a mail of every issue', LIMIT, async () => {
      const config = configOf(root);
      const { issues, lists } = config.newsletter;
      const found = listIssues(root, issues.files);
      expect(found).toHaveLength(count);
      for (const issue of found) {
        const result = await renderIssue(pressOf(config), issue.name.id, Object.keys(lists)[0] ?? '');
        if (result.kind === 'problems') throw new Error(`${issue.path}: ${JSON.stringify(result.problems)}`);
        expect(result.rendered.email.html.join('')).toContain(result.rendered.issue.url);
        addresses[issue.path] = result.rendered.issue.url;
      }
      expect(new Set(Object.values(addresses)).size).toBe(count);
    });

    it('has one of the newest by the command that is named next', LIMIT, async () => {
      const out = mkdtempSync(join(tmpdir(), 'postrider-rendered-'));
      const newest = listIssues(root, configOf(root).newsletter.issues.files).at(-1)?.name.id ?? '';
      expect(said.stderr).toContain(`npx postrider test --issue ${newest} --to ADDRESS`);
      const { code, stderr } = await postrider(['render', '--issue', newest, '--out', out], { cwd: root });
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(readFileSync(join(out, 'email.html'), 'utf8')).toContain(name);
    });

    it('is adopted once: whoever does it again changes nothing', async () => {
      const once = bytesIn(root);
      const { code, stderr } = await postrider(['init'], { cwd: root });
      expect(code).toBe(0);
      expect(stderr).toMatch(/newsletter\.yaml is there, and stays as it is\.\nNothing was left to write\./);
      expect(bytesIn(root)).toEqual(once);
    });

    // Nobody packs Zola for Debian.
    if (generator === 'zola') return;

    it.skipIf(!isBuilt)('is built as before, to the byte', () => {
      if (hasGenerator(generator)) expect(bytesIn(buildSite(generator, root))).toEqual(bytesIn(siteBefore));
    });

    it.skipIf(!isBuilt)('has each issue at the address that its mail names', () => {
      const texts = Object.keys(addresses).map((path) => readFileSync(join(root, path), 'utf8'));
      const base = /^https:\/\/[^/]+(?:\/news(?=\/\{))?/.exec(url)?.[0] ?? '';
      Object.entries(addresses).forEach(([path, address], index) => {
        const place = decodeURIComponent(address.slice(base.length + 1));
        const page = readFileSync(join(siteBefore, basename(place).includes('.') ? place : join(place, 'index.html')), 'utf8');
        const links = [...(texts[index] ?? '').matchAll(/\]\((https:[\w/.:-]+)\)/g)].map(([, link = '']) => link);
        const own = links.find((link) => texts.filter((text) => text.includes(link)).length === 1) ?? '';
        expect([path, page.includes(`href="${own}"`)]).toEqual([path, own !== '']);
      });
    });
  },
);
