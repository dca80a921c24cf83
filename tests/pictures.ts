// npm run pictures: the sample issue as Chromium shows it, on a phone and on a desktop, light and dark, into
// docs/images/. Images of the issue are taken from its folder, for its web address is a reserved name.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { packageRoot } from '../config/package-root.ts';
import { readNewsletter } from '../config/read-newsletter.ts';
import { pressOf } from '../src/app.ts';
import { fillSlots } from '../src/email/slots.ts';
import { renderIssue } from '../src/flows/render-issue.ts';
import { findCommand } from './services/install.ts';

export interface Shot {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

export const SHOTS: readonly Shot[] = [360, 800].flatMap((width) => [
  { width, scheme: 'light' } as const,
  { width, scheme: 'dark' } as const,
]);

const READER = {
  name: 'Ada',
  address: 'ada@example.org',
  unsubscribeUrl: 'https://newsletter.example/u/example',
  preferencesUrl: 'https://newsletter.example/p/example',
  subscribeUrl: 'https://newsletter.example/',
};

export async function sampleHtml(): Promise<string> {
  const root = packageRoot();
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const { newsletter } = readNewsletter(read('config/newsletter.yaml'), read('config/defaults.yaml'), 'config/newsletter.yaml');
  if (!newsletter) throw new Error('The sample newsletter cannot be read.');
  const result = await renderIssue(pressOf({ root, newsletter }), '2023-01', 'monthly');
  if (result.kind === 'problems') throw new Error(JSON.stringify(result.problems));
  return fillSlots(result.rendered.email.html, READER);
}

export function launchChromium(): Promise<Browser> {
  const quiet = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath: findCommand('chromium') ?? 'chromium', args: quiet });
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

async function main(): Promise<void> {
  const browser = await launchChromium();
  const html = await sampleHtml();
  for (const shot of SHOTS) {
    const page = await openHtml(browser, html, shot);
    const path = join(packageRoot(), 'docs/images', `sample-${shot.width}-${shot.scheme}.png`);
    await page.screenshot({
      path,
      fullPage: true,
      clip: { x: 0, y: 0, width: shot.width, height: shot.width === 360 ? 760 : 1_000 },
    });
    await page.close();
  }
  await browser.close();
}

if (import.meta.main) await main();
