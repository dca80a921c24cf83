// npm run pictures: the sample issue as Chromium shows it, light and dark, on a phone and on a desktop: into docs/images/ for
// the README, and into tests/email/pictures/ for stories/29-how-it-looks.test.ts, which takes them again and compares. Also
// what becomes of single parts of an issue, for docs/issues.md. Images are taken from the sample's folder, for its web
// address is a reserved name.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { packageRoot } from '../config/package-root.ts';
import { readNewsletter } from '../config/read-newsletter.ts';
import { pressOf } from '../src/app.ts';
import type { Theme } from '../src/domain/theme.ts';
import { fillSlots } from '../src/email/slots.ts';
import { renderIssue } from '../src/flows/render-issue.ts';
import { CONSTRUCTS, type Construct } from './email/pictures/constructs.ts';
import { renderBody } from './email/render-markdown.ts';
import { findCommand } from './services/install.ts';

export interface Shot {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

/** `forced dark` is Chromium's own darkening of a light page, as Gmail's and Outlook's apps do it, too. */
export const MODES = ['light', 'dark', 'forced dark', 'no styles'] as const;

/** One of the pictures that are kept: the whole page. */
export interface Look {
  readonly width: number;
  readonly mode: (typeof MODES)[number];
}

export const LOOKS: readonly Look[] = [360, 800].flatMap((width) => MODES.map((mode) => ({ width, mode })));

export const KEPT = join(import.meta.dirname, 'email/pictures');

/** For the README. */
const SHOTS: readonly Shot[] = [360, 800].flatMap((width) => [
  { width, scheme: 'light' } as const,
  { width, scheme: 'dark' } as const,
]);

const IMAGES = join(packageRoot(), 'docs/images');

const READER = {
  name: 'Ada',
  address: 'ada@example.org',
  unsubscribeUrl: 'https://newsletter.example/u/example',
  preferencesUrl: 'https://newsletter.example/p/example',
  subscribeUrl: 'https://newsletter.example/',
};

/** In the colours of the sample, but for those that are given. */
export async function sampleHtml(colours: Partial<Pick<Theme, 'accent' | 'link'>> = {}): Promise<string> {
  const root = packageRoot();
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const { newsletter } = readNewsletter(read('config/newsletter.yaml'), read('config/defaults.yaml'), 'config/newsletter.yaml');
  if (!newsletter) throw new Error('The sample newsletter cannot be read.');
  const coloured = { ...newsletter, theme: { ...newsletter.theme, ...colours } };
  const result = await renderIssue(
    pressOf({ root, newsletter: coloured, baseUrl: 'https://newsletter.example' }),
    '2023-01',
    'monthly',
  );
  if (result.kind === 'problems') throw new Error(JSON.stringify(result.problems));
  return fillSlots(result.rendered.email.html, READER);
}

export function launchChromium(environment: Readonly<Record<string, string>> = {}): Promise<Browser> {
  const quiet = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  const env = { ...process.env, ...environment };
  return chromium.launch({ executablePath: findCommand('chromium') ?? 'chromium', args: quiet, env });
}

export async function openHtml(browser: Browser, html: string, { width, scheme }: Shot) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme, deviceScaleFactor: 1 });
  const images = join(packageRoot(), 'issues/2023-01');
  await page.route(/^https?:/, (route) => {
    const url = route.request().url();
    return url.endsWith('.png') ? route.fulfill({ path: join(images, basename(url)) }) : route.abort();
  });
  await page.setContent(html, { waitUntil: 'load' });
  return page;
}

/** With the fonts of the kept pictures, and none of the machine's own. */
export function launchForLooks(): Promise<Browser> {
  return launchChromium({ FONTCONFIG_FILE: join(KEPT, 'fonts.conf') });
}

export function fileOf({ width, mode }: Look): string {
  return join(KEPT, `${width}-${mode.replace(' ', '-')}.png`);
}

/** The window is made as high as the page: Chromium 150 darkens no picture of more than the window. */
export async function takeLook(browser: Browser, html: string, { width, mode }: Look): Promise<Buffer> {
  const shown = mode === 'no styles' ? html.replace(/<style[\s\S]*?<\/style>/g, '') : html;
  const page = await openHtml(browser, shown, { width, scheme: mode === 'dark' ? 'dark' : 'light' });
  if (mode === 'forced dark') await darken(page);
  const height: number = await page.evaluate('document.documentElement.scrollHeight');
  await page.setViewportSize({ width, height });
  const picture = await page.screenshot();
  await page.close();
  return picture;
}

async function darken(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setAutoDarkModeOverride', { enabled: true });
}

/** A palette of 256 colours is enough for a mail; without dithering, what is of one colour stays so. */
function toSmallPng(picture: Buffer): Promise<Buffer> {
  return sharp(picture).png({ palette: true, effort: 10, dither: 0 }).toBuffer();
}

async function keepLooks(html: string): Promise<void> {
  const browser = await launchForLooks();
  for (const look of LOOKS) writeFileSync(fileOf(look), await toSmallPng(await takeLook(browser, html, look)));
  await browser.close();
}

async function showSample(browser: Browser, html: string): Promise<void> {
  for (const shot of SHOTS) {
    const page = await openHtml(browser, html, shot);
    await page.screenshot({
      path: join(IMAGES, `sample-${shot.width}-${shot.scheme}.png`),
      fullPage: true,
      clip: { x: 0, y: 0, width: shot.width, height: shot.width === 360 ? 760 : 1_000 },
    });
    await page.close();
  }
}

/** As wide as the mail, with a little of the card above and below. */
async function showConstruct(browser: Browser, name: string, { markdown, element }: Construct): Promise<void> {
  const width = 480;
  const aroundPx = 12;
  const page = await openHtml(browser, (await renderBody(markdown)).html, { width, scheme: 'light' });
  const box = await page.locator(`.body ${element}`).first().boundingBox();
  if (box === null) throw new Error(`Nothing in the mail is ${element}, of which ${name} was to be shown.`);
  const clip = { x: 0, y: box.y - aroundPx, width, height: box.height + 2 * aroundPx };
  const picture = await page.screenshot({ fullPage: true, clip });
  writeFileSync(join(IMAGES, `issue-${name}.png`), await toSmallPng(picture));
  await page.close();
}

async function main(): Promise<void> {
  const html = await sampleHtml();
  await keepLooks(html);
  const browser = await launchChromium();
  await showSample(browser, html);
  for (const [name, construct] of Object.entries(CONSTRUCTS)) await showConstruct(browser, name, construct);
  await browser.close();
}

if (import.meta.main) await main();
