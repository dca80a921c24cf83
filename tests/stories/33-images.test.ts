// A photograph lies beside an issue, and no site has it: the archive does, from the moment that the mail is on its way, on any
// machine that has the ledger. What cannot be shown is not sent.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import PostalMime from 'postal-mime';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../pictures.ts';
import { findCommand } from '../services/install.ts';
import { newsletterFolder, postrider, takenBy } from './cli.ts';
import { mailTo, type ReaderSite, startSite } from './reader-site.ts';
import { endAll, SEND, single, until } from './several.ts';

const LIMIT = { timeout: 120_000 };
afterAll(endAll);

/** An issue with its images in a folder of its own name; the body's first line is the file's fifth. */
function writeIssue(cwd: string, body: string, images: Readonly<Record<string, Uint8Array | string>>): void {
  const folder = join(cwd, 'issues/2023-01');
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(images)) writeFileSync(join(folder, name), content);
  writeFileSync(`${folder}.md`, `---\ntitle: January\ndate: 2023-02-07\n---\n${body}\n`);
}

/** With more in it than a mail can bear. */
function photograph(background: string): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const grain = { create: { width: 2_400, height: 1_600, channels: 3, background, noise } } as const;
  return sharp(grain).tint(background).jpeg({ quality: 95 }).toBuffer();
}

/** A newsletter whose images the archive has; its pages too, where `url` says so. */
function startArchive(readers: number, urlOf: (url: string) => string, more = ''): Promise<ReaderSite> {
  return startSite(readers, (yaml, url) =>
    yaml.replace(/url: .*/, `url: ${urlOf(url)}/{id}/\n  images: archive`).concat(`theme: { accent: "#0b5cad" }\n${more}`),
  );
}

interface Mail {
  readonly html: string;
  readonly text: string;
  /** Those of the archive's images, as they stand in HTML and in the text. */
  readonly images: string[];
}

async function read(site: ReaderSite, address: string): Promise<Mail> {
  const raw = mailTo(site, address);
  if (raw === undefined) throw new Error(`Nothing has come for ${address}.`);
  const { html = '', text = '' } = await PostalMime.parse(Buffer.from(raw, 'latin1'));
  const pattern = new RegExp(`${site.url}/i/[0-9a-f]{20}\\.(?:png|jpg|gif)`, 'g');
  const [inHtml = [], inText = []] = [html, text].map((part) => [...new Set(part.match(pattern) ?? [])]);
  expect(inText).toEqual(inHtml);
  return { html, text, images: inHtml };
}

/** What a mail program gets for an address. */
async function asked(address: string) {
  const response = await fetch(address);
  const bytes = Buffer.from(await response.arrayBuffer());
  const { width, height } = response.ok ? await sharp(bytes).metadata() : {};
  return { status: response.status, type: response.headers.get('content-type'), size: bytes.length, width, height };
}

const SHOWN = { status: 200, type: 'image/jpeg', width: 1_152, height: 768 };

describe('the image of an issue', () => {
  let site: ReaderSite;
  let browser: Browser | undefined;
  beforeAll(async () => {
    site = await startArchive(2, (url) => url);
    const { cwd } = site.place;
    writeIssue(cwd, 'A day at sea.\n\n![A crab on a rock](crab%20one.jpg)', { 'crab one.jpg': await photograph('#c85014') });
    expect(await postrider(SEND, site.place)).toMatchObject({ code: 0 });
    // From now on there is the ledger, and nothing else.
    rmSync(join(cwd, 'issues'), { recursive: true });
    await site.kill();
    await site.startAgain();
  }, 60_000);
  afterAll(() => Promise.all([site?.stop(), browser?.close()]));

  it('is at the address that stands in the mail, for each reader, light enough for a phone', LIMIT, async () => {
    for (const address of ['reader0@example.org', 'reader1@example.org']) {
      const { html, images } = await read(site, address);
      expect(images).toHaveLength(1);
      const found = await asked(images[0] ?? '');
      expect(found).toMatchObject(SHOWN);
      expect(found.size).toBeLessThan(1_000_000);
      expect(html).toMatch(/<img [^>]*alt="A crab on a rock"[^>]* width="576" height="384"/);
    }
  });

  it('is in the feed, at the same address', LIMIT, async () => {
    const { images } = await read(site, 'reader0@example.org');
    expect(await (await fetch(`${site.url}/feed.xml`)).text()).toContain(images[0]);
  });

  it('is not at the issue’s own address', LIMIT, async () => {
    expect(await asked(`${site.url}/2023-01/crab%20one.jpg`)).toMatchObject({ status: 404 });
  });

  const inBrowser = it.skipIf(findCommand('chromium') === undefined);

  inBrowser('is shown by the archive’s page', LIMIT, async () => {
    const page = await openPage(360);
    await page.goto(`${site.url}/2023-01/`);
    expect(await pixelsSeen(page)).toBe(1_152);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });

  inBrowser('is shown by a mail program on the web', LIMIT, async () => {
    const { html } = await read(site, 'reader0@example.org');
    const page = await openPage(800);
    await page.setContent(html);
    expect(await pixelsSeen(page)).toBe(1_152);
    expect(await page.evaluate('document.images[0].clientWidth')).toBe(576);
  });

  async function openPage(width: number): Promise<Page> {
    browser ??= await launchChromium();
    return browser.newPage({ viewport: { width, height: 740 } });
  }

  /** As many as the only image of the page has across; 0 where it is not shown. */
  async function pixelsSeen(page: Page): Promise<unknown> {
    await page.locator('img').scrollIntoViewIfNeeded();
    await page.waitForFunction('document.images[0].complete');
    return page.evaluate('document.images[0].naturalWidth');
  }
});

describe('an editor', () => {
  it('sees in a test what readers will see, before anything is sent', LIMIT, async () => {
    const site = await startArchive(1, () => 'https://site.example');
    try {
      writeIssue(site.place.cwd, '![A crab](crab.jpg)', { 'crab.jpg': await photograph('#1450c8') });
      const test = ['test', '--issue', '2023-01', '--to', 'editor@example.org'];
      expect(await postrider(test, site.place)).toMatchObject({ code: 0 });
      const { images } = await read(site, 'editor@example.org');
      expect(await asked(images[0] ?? '')).toMatchObject(SHOWN);
      expect(takenBy(site.sink)).toEqual(['editor@example.org']);
    } finally {
      await site.stop();
    }
  });

  it('amends an issue by another image, and both are there for those who got them', LIMIT, async () => {
    const site = await startArchive(20, () => 'https://site.example', 'relay: { messagesPerSecond: 1 }\n');
    try {
      const { cwd } = site.place;
      const steer = (name: string) => postrider([name, '--issue', '2023-01'], site.place);
      writeIssue(cwd, '![A crab](crab.jpg)', { 'crab.jpg': await photograph('#c85014') });
      expect(await postrider([...SEND, '--detach'], site.place)).toMatchObject({ code: 0 });
      await until(() => takenBy(site.sink).length > 0);
      expect(await steer('pause')).toMatchObject({ code: 0 });
      writeIssue(cwd, '![A crab](crab.jpg)', { 'crab.jpg': await photograph('#14c850') });
      expect(await steer('amend')).toMatchObject({ code: 0, stderr: expect.stringContaining('Edition 2 goes to') });
      expect(await steer('resume')).toMatchObject({ code: 0 });
      await until(() => takenBy(site.sink).length === 20);
      const mails = await Promise.all(takenBy(site.sink).map((address) => read(site, address)));
      const addresses = [...new Set(mails.flatMap(({ images }) => images))];
      expect(addresses).toHaveLength(2);
      for (const address of addresses) expect(await asked(address)).toMatchObject(SHOWN);
    } finally {
      await site.stop();
    }
  });

  it('sends nothing where a mail would have a hole, and is told where it is', LIMIT, async () => {
    const { place, sink } = await single(1);
    const yaml = join(place.cwd, 'newsletter.yaml');
    writeFileSync(yaml, readFileSync(yaml, 'utf8').replace('issues:\n', 'issues:\n  images: archive\n'));
    writeIssue(place.cwd, 'A day at sea.\n\n![A crab](crab.jpg)', {});
    for (const args of [SEND, ['test', '--issue', '2023-01', '--to', 'editor@example.org']]) {
      const { code, stderr } = await postrider(args, place);
      expect(code).toBe(2);
      expect(stderr).toContain('issues/2023-01.md:7:1 error: There is no file crab.jpg beside the issue.');
    }
    expect(sink.entries()).toEqual([]);
  });
});

describe('a check', () => {
  const NOISE = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const BAD = [
    'nowhere.png',
    'half.jpg',
    'words.png',
    'empty.png',
    'wall.svg',
    'bomb.svg',
    `${'x'.repeat(300)}.png`,
    'a%00b.png',
  ];
  let folder: string;

  beforeAll(async () => {
    folder = newsletterFolder();
    const real = sharp({ create: { width: 900, height: 900, channels: 3, background: 'red', noise: NOISE } });
    const half = (await real.jpeg().toBuffer()).subarray(0, 50_000);
    const swell = [...'bcdefghij'].map((name, at) => `<!ENTITY ${name} "${`&${'abcdefghi'[at]};`.repeat(10)}">`).join('');
    writeIssue(folder, BAD.map((name) => `![A crab](${name})`).join('\n\n'), {
      ...{ 'half.jpg': half, 'words.png': 'no image at all', 'empty.png': '' },
      'wall.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"/>',
      'bomb.svg': `<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">${swell}]><svg xmlns="http://www.w3.org/2000/svg"><text>&j;</text></svg>`,
    });
  }, 60_000);

  function check(images: 'site' | 'archive') {
    const yaml = join(folder, 'newsletter.yaml');
    const settings = readFileSync(yaml, 'utf8').replace(/ {2}images: .*\n/, '');
    writeFileSync(yaml, settings.replace('issues:\n', `issues:\n  images: ${images}\n`));
    return postrider(['check', '--no-links', '2023-01'], { cwd: folder });
  }

  const SAID = [
    'There is no file nowhere.png beside the issue.',
    'The image half.jpg cannot be read: it ends too early.',
    'The image words.png cannot be read: it is no image of a kind that mail knows.',
    'The image empty.png cannot be read: it is ',
    'The image wall.svg cannot be read: it has more than 200 million pixels.',
    'The image bomb.svg cannot be read: it is damaged.',
    `There is no file ${'x'.repeat(300)}.png beside the issue.`,
    'There is no file a%00b.png beside the issue.',
  ];

  it('says a sentence of each image that the archive would not have, and fails', LIMIT, async () => {
    const { code, stdout, stderr } = await check('archive');
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(BAD.length);
    SAID.forEach((sentence, at) => {
      expect(lines[at]).toContain(`issues/2023-01.md:${5 + 2 * at}:1 error: ${sentence}`);
    });
    expect(stderr).toContain('8 findings in 1 issue.');
    expect(stdout + stderr).not.toMatch(/\n {4}at |Vips|glib/);
  });

  it('warns of each that the site may not show, and fails', LIMIT, async () => {
    const { code, stdout } = await check('site');
    expect(code).toBe(1);
    const lines = stdout.split('\n').filter((line) => /\[image-(missing|broken)\]/.test(line));
    expect(lines).toHaveLength(BAD.length);
    lines.forEach((line, at) => {
      expect(line).toMatch(new RegExp(`^issues/2023-01\\.md:${5 + 2 * at}:1 warning: (There is no file|The image) `));
    });
  });
});
