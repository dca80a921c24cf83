// Where the images of an issue are shown from: the newsletter's own site leaves them where they are; the archive has each of
// them under BASE_URL, in all parts of the mail and on its page, or nothing is rendered.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../config/package-root.ts';
import { readNewsletter } from '../../config/read-newsletter.ts';
import { pressOf } from '../../src/app.ts';
import type { Email } from '../../src/domain/email.ts';
import { checkOne } from '../../src/flows/check-issue.ts';
import { openMailing } from '../../src/flows/open-mailing.ts';
import { type Press, type RenderedIssue, renderIssue } from '../../src/flows/render-issue.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { readHtml } from '../email/reading.ts';
import { sampleContent } from '../message/sample-content.ts';
import { newsletterFolder } from '../stories/cli.ts';

const BASE = 'https://news.example/press';
const SITE = 'https://site.example/{id}/';
const OURS = /^https:\/\/news\.example\/press\/i\/[0-9a-f]{20}\.(png|jpg|gif)$/;
const OURS_IN_TEXT = /https:\/\/news\.example\/press\/i\/[0-9a-f]{20}\.(?:png|jpg|gif)/g;

const root = newsletterFolder();

beforeAll(async () => {
  const red = sharp({ create: { width: 800, height: 600, channels: 3, background: 'red' } });
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const photograph = sharp({ create: { width: 2_400, height: 1_200, channels: 3, background: 'red', noise } });
  mkdirSync(join(root, 'issues/2023-02'));
  put('issues/red.png', await red.png().toBuffer());
  put('issues/red@2x.png', await red.png().toBuffer());
  put('shared.png', await red.png().toBuffer());
  put('issues/2023-02/photograph.jpg', await photograph.jpeg().toBuffer());
  put('issues/half.jpg', (await photograph.jpeg().toBuffer()).subarray(0, 50_000));
  put('issues/words.png', 'no image at all');
  put(
    'issues/drawing.svg',
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect width="50" height="50"/></svg>',
  );
});

function put(path: string, content: Uint8Array | string): void {
  writeFileSync(join(root, path), content);
}

interface Where {
  readonly images?: 'site' | 'archive';
  readonly url?: string;
}

const ARCHIVE: Where = { images: 'archive' };

/** Of a newsletter that has its images there; the body's first line is the file's fifth. */
function pressWith(body: string, { images, url = SITE }: Where): Press {
  const read = (file: string): string => readFileSync(join(packageRoot(), file), 'utf8');
  const { newsletter } = readNewsletter(read('config/newsletter.yaml'), read('config/defaults.yaml'), 'newsletter.yaml');
  if (newsletter === null) throw new Error('The sample newsletter cannot be read.');
  put('issues/2023-02.md', `+++\ntitle = "Title"\ndate = 2023-02-07\n+++\n${body}\n`);
  const issues = { ...newsletter.issues, url, ...(images && { images }) };
  return { ...pressOf({ root, newsletter: { ...newsletter, issues }, baseUrl: BASE }), cwd: root };
}

async function rendered(body: string, where: Where): Promise<RenderedIssue> {
  const result = await renderIssue(pressWith(body, where), '2023-02', 'monthly');
  if (result.kind === 'problems') throw new Error(JSON.stringify(result.problems));
  return result.rendered;
}

/** What stops it. */
async function errors(body: string, where: Where) {
  const result = await renderIssue(pressWith(body, where), '2023-02', 'monthly');
  return result.kind === 'problems' ? result.problems : [];
}

function checked(body: string, where: Where) {
  return checkOne(pressWith(body, where), '2023-02', 'monthly', { isFile: false, asking: null });
}

function written(parts: Email['html']): string {
  return parts.filter((part) => typeof part === 'string').join('');
}

/** The tags of its images, in the mail's HTML. */
function imagesIn({ email }: RenderedIssue): string[] {
  return written(email.html).match(/<img [^>]*>/g) ?? [];
}

/** The addresses of its images: in the mail's HTML, in its text, and on the page. */
function addressesIn({ email, issue }: RenderedIssue): string[][] {
  const inHtml = (html: string): string[] => readHtml(html, issue.url).images.map(({ src }) => src);
  return [inHtml(written(email.html)), written(email.text).match(OURS_IN_TEXT) ?? [], inHtml(email.page?.html ?? '')];
}

describe('on the site', () => {
  it('each image is shown from the issue’s own address', async () => {
    const issue = await rendered('![A](red.png) ![B](photograph.jpg)', { images: 'site' });
    const addresses = ['https://site.example/2023-02/red.png', 'https://site.example/2023-02/photograph.jpg'];
    expect(addressesIn(issue)).toEqual([addresses, [], addresses]);
    expect(written(issue.email.text)).toContain(addresses[0]);
    expect(issue.images).toEqual([]);
  });

  it('is what a newsletter has whose issues are elsewhere', async () => {
    expect(addressesIn(await rendered('![A](red.png)', {}))[0]).toEqual(['https://site.example/2023-02/red.png']);
  });

  it('the sizes are written out', async () => {
    const [red, photograph] = imagesIn(await rendered('![A](red@2x.png) ![B](photograph.jpg)', { images: 'site' }));
    expect(red).toContain('width="400" height="300"');
    expect(photograph).toContain('width="576" height="288"');
  });

  it.each([
    ['absent', '![A](nowhere.png)', 'image-missing', 'There is no file nowhere.png beside the issue.'],
    ['cut off', '![A](half.jpg)', 'image-broken', 'The image half.jpg cannot be read: it ends too early.'],
    ['text', '![A](words.png)', 'image-broken', 'The image words.png cannot be read: it is no image of a kind that mail knows.'],
    ['an absent poster', '<video src="a.mp4" poster="nowhere.png"></video>', 'image-missing', 'There is no file nowhere.png'],
    ['a drawing', '![A](drawing.svg)', 'image-format', 'drawing.svg is not shown by Gmail and Outlook'],
  ])('what is %s is a warning of the check, and no error', async (_, body, rule, says) => {
    expect(await checked(`Text.\n\n${body}`, { images: 'site' })).toEqual([
      expect.objectContaining({
        ...{ severity: 'warning', rule, file: 'issues/2023-02.md', line: 7, column: 1 },
        message: expect.stringContaining(says) as string,
      }),
    ]);
    expect(await errors(`Text.\n\n${body}`, { images: 'site' })).toEqual([]);
  });
});

describe('in the archive', () => {
  it('each image is under BASE_URL, in HTML, in text and on the page', async () => {
    const issue = await rendered('![A](red.png) ![B](photograph.jpg)', ARCHIVE);
    const addresses = issue.images.map(({ name }) => `${BASE}/i/${name}`);
    expect(addressesIn(issue)).toEqual([addresses, addresses, addresses]);
    for (const address of addresses) expect(address).toMatch(OURS);
    expect(written(issue.email.html) + written(issue.email.text)).not.toMatch(/site\.example\/2023-02\/\w/);
  });

  it('is what a newsletter has whose issues are under BASE_URL', async () => {
    const [[address] = []] = addressesIn(await rendered('![A](red.png)', { url: `${BASE}/{id}/` }));
    expect(address).toMatch(OURS);
  });

  it('is not what a newsletter has that says otherwise, or whose address only begins as BASE_URL does', async () => {
    const own = await rendered('![A](red.png)', { images: 'site', url: `${BASE}/{id}/` });
    expect(addressesIn(own)[0]).toEqual([`${BASE}/2023-02/red.png`]);
    const like = await rendered('![A](red.png)', { url: `${BASE}room/{id}/` });
    expect(addressesIn(like)[0]).toEqual([`${BASE}room/2023-02/red.png`]);
  });

  it('the sizes are written out, as the author’s file has them', async () => {
    const body = '![A](red@2x.png) ![B](photograph.jpg) ![C](drawing.svg)';
    const [red, photograph, drawing] = imagesIn(await rendered(body, ARCHIVE));
    expect(red).toContain('width="400" height="300"');
    expect(photograph).toContain('width="576" height="288"');
    expect(drawing).toContain('width="200" height="100"');
    const [narrow] = imagesIn(await rendered('<img src="red.png" alt="D" width="200">', ARCHIVE));
    expect(narrow).toMatch(/width="200".* height="150"/);
  });

  // A drawing has twice as many pixels as it is wide, and stands there twice as wide.
  it('they are on the page too', async () => {
    const { email } = await rendered('![C](drawing.svg)', ARCHIVE);
    expect(email.page?.html).toContain('width="200" height="100"');
  });

  // Sizes are kept by address, and both have one.
  it('two files of the same content have each its own size', async () => {
    const [once, twice] = imagesIn(await rendered('![A](red.png) ![B](red@2x.png)', ARCHIVE));
    expect(once).toContain('width="576" height="432"');
    expect(twice).toContain('width="400" height="300"');
  });

  it('the same image twice is one address, and stored once', async () => {
    const issue = await rendered('![A](red.png) ![B](./red.png)\n\n![C](red.png?v=2)', ARCHIVE);
    expect(new Set(addressesIn(issue).flat()).size).toBe(1);
    const { ledger } = await openLedger('sqlite::memory:');
    await ledger.lists.ensure('monthly', 0);
    const request = { issue: '2023-02', list: 'monthly', content: sampleContent(), provenance: issue.provenance, at: 1 };
    await openMailing(ledger, { ...request, images: issue.images });
    await openMailing(ledger, { ...request, images: issue.images });
    const name = issue.images[0]?.name ?? '';
    expect(await ledger.images.find(name)).toEqual({ name, type: 'image/png', bytes: issue.images[0]?.bytes });
    await ledger.close();
  });

  it.each([
    ['on the web', 'https://elsewhere.example/a.png', 'https://elsewhere.example/a.png'],
    ['of a larger part of the site', '/logo.png', 'https://site.example/logo.png'],
    ['of another issue, by its whole address', 'https://site.example/2023-01/a.png', 'https://site.example/2023-01/a.png'],
  ])('an image %s is not touched', async (_, src, address) => {
    const issue = await rendered(`![A](${src})`, ARCHIVE);
    expect([addressesIn(issue)[0], issue.images]).toEqual([[address], []]);
  });

  // `new URL('.', …)` is then the whole site.
  it('nor is it where an issue’s address ends without a slash', async () => {
    expect(await errors('![A](https://site.example/logo.png)', { ...ARCHIVE, url: 'https://site.example/{id}' })).toEqual([]);
  });

  // It is neither taken nor told, and nobody answers at its address.
  it.each([
    ['in the folder above', '../shared.png'],
    ['by a path from the top', '/press/shared.png'],
  ])('an image %s is taken along, or told where nobody else has it', async (_, src) => {
    const where = { url: `${BASE}/{id}/` };
    const problems = await checked(`![A](${src})`, where);
    if (problems.length === 0)
      expect(addressesIn(await rendered(`![A](${src})`, where))[0]).toEqual([expect.stringMatching(OURS)]);
  });

  it.each([
    ['the poster of a video', '<video src="https://a.example/a.mp4" poster="red.png"></video>'],
    ['an image in a link', '[![A](red.png)](https://a.example/)'],
    ['an image in HTML', '<p><img src="red.png" alt="A"></p>'],
    ['an image by reference', '![A][red]\n\n[red]: red.png "Red"'],
    ['an image in a list, a quote and a table', '- > ![A](red.png)\n\n| a |\n| - |\n| ![A](red.png) |'],
    ['what a picture has for all', '<picture><source srcset="red.webp" type="image/webp"><img src="red.png" alt="A"></picture>'],
    ['what an image has for screens of one pixel', '<img src="red.png" srcset="red@2x.png 2x, nowhere.png 3x" alt="A">'],
  ])('%s is under BASE_URL', async (_, body) => {
    const issue = await rendered(body, ARCHIVE);
    for (const addresses of addressesIn(issue)) {
      expect(addresses).not.toEqual([]);
      for (const address of addresses) expect(address).toMatch(OURS);
    }
    expect(written(issue.email.html)).not.toContain('srcset');
  });

  it('a link around an image leads where it led', async () => {
    const { email, issue } = await rendered('[![A](red.png)](https://a.example/)', ARCHIVE);
    expect(readHtml(written(email.html), issue.url).links).toContain('https://a.example/');
    expect(written(email.text)).toContain('https://a.example/');
  });

  // It leads to the issue's own address, where nobody has it.
  it('a link to an image beside the issue leads to the image', async () => {
    const { email, issue } = await rendered('[![A](red.png)](red.png)', { url: `${BASE}/{id}/` });
    expect(readHtml(written(email.html), issue.url).links).not.toContain(`${BASE}/2023-02/red.png`);
  });

  it.each([
    ['absent', '![A](nowhere.png)', 'image-missing', 'There is no file nowhere.png beside the issue.'],
    ['a folder', '![A](2023-02)', 'image-missing', 'There is no file 2023-02 beside the issue.'],
    ['cut off', '![A](half.jpg)', 'image-broken', 'The image half.jpg cannot be read: it ends too early.'],
    ['text', '![A](words.png)', 'image-broken', 'The image words.png cannot be read: it is no image of a kind that mail knows.'],
    [
      'an absent poster',
      '<video src="a.mp4" poster="nowhere.png"></video>',
      'image-missing',
      'There is no file nowhere.png beside the issue.',
    ],
  ])('what is %s is an error with its place, and nothing is rendered', async (_, body, rule, message) => {
    const error = { severity: 'error', rule, message, file: 'issues/2023-02.md', line: 7, column: 1 };
    expect(await errors(`Text.\n\n${body}`, ARCHIVE)).toEqual([expect.objectContaining(error)]);
    expect(await checked(`Text.\n\n${body}`, ARCHIVE)).toEqual([expect.objectContaining(error)]);
  });

  it('all that is wrong is told at once', async () => {
    const found = await errors('![A](nowhere.png) ![A](half.jpg)\n\n![A](red.png)', ARCHIVE);
    expect(found.map(({ rule, line, column }) => [rule, line, column])).toEqual([
      ['image-missing', 5, 1],
      ['image-broken', 5, 19],
    ]);
  });

  it('no comment lets a hole pass', async () => {
    expect(await checked('![A](nowhere.png) <!-- check-off: image-missing -->', ARCHIVE)).toHaveLength(1);
  });

  it('a drawing is no complaint, for all see a PNG of it; one on the web is', async () => {
    expect(await checked('![A](drawing.svg)', ARCHIVE)).toEqual([]);
    expect(await checked('![A](https://a.example/drawing.svg)', ARCHIVE)).toMatchObject([{ rule: 'image-format' }]);
  });
});
