// From a mail that may have been forwarded to a link of one's own, and there to choose, to take all along, and to have it
// erased; and the archive, where the site has none. In a real browser.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../pictures.ts';
import { findCommand } from '../services/install.ts';
import { postrider } from './cli.ts';
import { mailTo, ownLinks, type ReaderSite, startSite, stateOf, violations } from './reader-site.ts';
import { endAll, SEND, until } from './several.ts';

const LIMIT = { timeout: 120_000 };
const PHONE = { viewport: { width: 360, height: 740 }, colorScheme: 'dark' } as const;
const DESKTOP = { viewport: { width: 1_200, height: 800 }, colorScheme: 'light' } as const;

describe.skipIf(findCommand('chromium') === undefined)('a reader', () => {
  let site: ReaderSite;
  let browser: Browser;
  beforeAll(async () => {
    site = await startSite(2, (yaml, url) =>
      yaml
        .replace(/url: .*/, `url: ${url}/{id}/`)
        .concat('  weekly: { title: This Week }\ndefaultList: monthly\ntheme: { accent: "#0b5cad" }\n'),
    );
    browser = await launchChromium();
    expect((await postrider(SEND, site.place)).code).toBe(0);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    await endAll();
  });

  async function expectGood(page: Page): Promise<void> {
    expect(await violations(page)).toEqual([]);
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate(overflow)).toBe(0);
  }

  /** Presses it, and waits for the page that comes. */
  async function press(page: Page, name: string): Promise<void> {
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name }).click()]);
    await expectGood(page);
  }

  function linkIn(address: string, kind: string): string {
    return ownLinks(site, mailTo(site, address) ?? '').find((link) => link.includes(`/${kind}/`)) ?? '';
  }

  it('changes name and newsletters behind a link of their own, and takes all along', LIMIT, async () => {
    const address = 'reader0@example.org';
    const page = await browser.newPage(PHONE);
    await page.goto(linkIn(address, 'p'));
    expect(await page.textContent('main')).not.toContain(address);
    await press(page, 'Send me the link');
    await until(() => linkIn(address, 'm') !== '');
    await page.goto(linkIn(address, 'm'));
    await expectGood(page);
    await page.getByLabel('Your name').fill('Ada {{name}} <b>');
    await page.getByLabel('This Week').check();
    await press(page, 'Save');
    expect(await page.getByRole('status').textContent()).toMatch(/^Saved. You get: .* and This Week\.$/);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Download all').click()]);
    expect(download.suggestedFilename()).toBe('newsletter-data.json');
    const { stdout } = await postrider(['subscribers', 'show', address], site.place);
    expect(stdout).toMatch(/Ada {{name}} <b>[\s\S]*weekly +active/);
    await page.close();
  });

  it('without a mail at hand has everything erased, and no file brings it back', LIMIT, async () => {
    const address = 'reader1@example.org';
    const page = await browser.newPage(DESKTOP);
    await page.goto(`${site.url}/`);
    await page.getByRole('link', { name: /Subscribed already/ }).click();
    await expectGood(page);
    await page.getByLabel(/email/i).fill(address);
    await page.waitForTimeout(2_100);
    await press(page, 'Send me the link');
    await until(() => linkIn(address, 'm') !== '');
    await page.goto(linkIn(address, 'm'));
    await page.getByText('Have everything erased').click();
    await page.getByLabel(/cannot be undone/).check();
    await expectGood(page);
    await press(page, 'Erase everything');
    expect(await page.textContent('h1')).toBe('Everything is erased');
    const csv = `email\n${address}\n`;
    expect((await postrider(['subscribers', 'import', '-'], site.place, csv)).stdout).toMatch(/kept as they are +1/);
    expect(await stateOf(site, address)).toBe('none');
    await page.close();
  });

  it.each([
    ['a phone in the dark', PHONE],
    ['a desktop', DESKTOP],
  ])('finds the issue in the archive, at its own address and in the feed, on %s', LIMIT, async (_, context) => {
    const page = await browser.newPage(context);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).origin));
    await page.goto(`${site.url}/archive`);
    await expectGood(page);
    await page.locator('main li a').first().click();
    await page.waitForURL(`${site.url}/2023-01/`);
    await expectGood(page);
    expect(await page.locator('article').textContent()).toContain('A short issue');
    expect(new Set(asked)).toEqual(new Set([new URL(site.url).origin]));
    const feed = await (await fetch(`${site.url}/feed.xml`)).text();
    expect(
      await page.evaluate(
        (xml) => new DOMParser().parseFromString(xml, 'text/xml').querySelector('entry link')?.getAttribute('href'),
        feed,
      ),
    ).toBe(`${site.url}/2023-01/`);
    await page.close();
  });
});
