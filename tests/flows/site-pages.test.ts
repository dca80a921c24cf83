// Links of a site's generator in a repository: they lead to pages and issues that are there, and nowhere else.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNewsletter } from '../../config/read-newsletter.ts';
import { pressOf } from '../../src/app.ts';
import { renderIssue } from '../../src/flows/render-issue.ts';
import { DEFAULTS } from '../config/sample-settings.ts';
import { newsletterFolder } from '../stories/cli.ts';

interface Repository {
  readonly site: string;
  readonly issues: string;
  readonly files: Readonly<Record<string, string>>;
}

const ZOLA: Repository = {
  site: '{ generator: zola }',
  issues: '{ files: ["content/this-month/{id}/index.md"], url: "https://site.example/this-month/{id}/" }',
  files: {
    'content/this-month/2022-12/index.md': '+++\ntitle = "December"\ndate = 2023-01-05\n+++\nText.\n',
    'content/showcase/hermit/index.md': '+++\ntitle = "Hermit"\n+++\n',
    'content/blog/named.md': '+++\ntitle = "Named"\nslug = "other"\n+++\n',
  },
};
const PELICAN: Repository = {
  site: '{ generator: pelican }',
  issues: '{ files: ["content/{date}-{slug}.md"], url: "https://site.example/blog/{year}/{month}/{day}/{slug}/" }',
  files: {
    'content/2022-12-14-week.md': 'Title: Week 473\nDate: 2022-12-14\n\nText.\n',
    'content/pages/about.md': 'Title: About us\n\nText.\n',
    'content/images/a.png': 'x',
  },
};

async function render({ site, issues, files }: Repository, path: string, text: string) {
  const root = newsletterFolder();
  for (const [name, content] of Object.entries({ ...files, [path]: text, 'secret.md': 'x' })) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  const yaml = `name: N\nfrom: n@e.example\nissues: ${issues}\nsite: ${site}\nlists: { m: { title: M } }\n`;
  const { newsletter, problems } = readNewsletter(yaml, DEFAULTS, 'newsletter.yaml');
  if (newsletter === null) throw new Error(JSON.stringify(problems));
  const press = { ...pressOf({ root, newsletter, baseUrl: 'https://press.example' }), cwd: root };
  return renderIssue(press, join(root, path), 'm', true);
}

const zola = (body: string) =>
  render(ZOLA, 'content/this-month/2023-01/index.md', `+++\ntitle = "January"\ndate = 2023-02-07\n+++\n${body}\n`);
const pelican = (body: string) => render(PELICAN, 'content/2023-01-05-week.md', `Title: Week\nDate: 2023-01-05\n\n${body}\n`);

describe.each([
  ['to another issue', zola, '@/this-month/2022-12/index.md#x', 'https://site.example/this-month/2022-12/#x'],
  ['to a page', zola, '@/showcase/hermit/index.md', 'https://site.example/showcase/hermit/'],
  ['to a page with a name of its own', zola, '@/blog/named.md', 'https://site.example/blog/other/'],
  ['to another issue by its file', pelican, '{filename}2022-12-14-week.md', 'https://site.example/blog/2022/12/14/week-473/'],
  ['to a page by its file', pelican, '{filename}/pages/about.md', 'https://site.example/pages/about-us.html'],
  ['to a file', pelican, '{static}/images/a.png', 'https://site.example/images/a.png'],
] as const)('a link %s', (_what, write, link, address) => {
  it(`leads to ${address}`, async () => {
    const result = await write(`[x](${link})`);
    if (result.kind === 'problems') throw new Error(JSON.stringify(result.problems));
    expect(result.rendered.email.html.join('')).toContain(`href="${address}"`);
    expect(result.rendered.problems).toEqual([]);
  });
});

describe('a link to nothing', () => {
  it.each([
    ['a page that is not there', zola, '@/gone.md'],
    ['a file outside of the site’s pages', zola, '@/../secret.md'],
    ['a folder', zola, '@/blog'],
    ['a file that is not there', pelican, '{static}/gone.png'],
    ['a file outside, from here', pelican, '{filename}../secret.md'],
  ] as const)('is an error with its place: %s', async (_what, write, link) => {
    const result = await write(`[x](${link})`);
    expect(result).toMatchObject({
      kind: 'problems',
      problems: [{ severity: 'error', rule: 'link', message: `\`${link}\` names no page of the site.` }],
    });
  });
});

it('the table of contents leads to the anchors of the site', async () => {
  const sections = ['A & B', 'C', 'D', 'E'].map((title) => `## ${title}\n\n${'word '.repeat(600)}`).join('\n\n');
  const result = await zola(sections);
  expect(result.kind === 'rendered' && result.rendered.email.html.join('')).toContain('/this-month/2023-01/#a-b"');
});
