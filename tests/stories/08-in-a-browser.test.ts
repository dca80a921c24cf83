// The sample issue in Chromium: nothing widens the page, dark is dark, and what clients do to a mail (dropping
// its styles and images) leaves it readable. Left out where there is no Chromium.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, openHtml, sampleHtml } from '../pictures.ts';
import { findCommand } from '../services/install.ts';

describe.skipIf(findCommand('chromium') === undefined)('the sample issue in a browser', () => {
  let browser: Browser;
  let html: string;

  beforeAll(async () => {
    browser = await launchChromium();
    html = await sampleHtml();
  });
  afterAll(() => browser?.close());

  it.each([320, 360, 480, 800, 1280])('fits a screen of %i pixels', async (width) => {
    const page = await openHtml(browser, html, { width, scheme: 'light' });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.close();
  });

  it('fits a phone even where its styles are dropped', async () => {
    const page = await openHtml(browser, html.replace(/<style[\s\S]*?<\/style>/g, ''), { width: 360, scheme: 'light' });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await page.close();
  });

  it.each([
    ['light', 0.8, 0.4],
    ['dark', 0.05, 0.6],
  ] as const)('is %s when the reader wants it so, with text that stands out', async (scheme, background, text) => {
    const page = await openHtml(browser, html, { width: 800, scheme });
    const luminance = `(color) => color.match(/[\\d.]+/g).slice(0, 3).reduce((sum, part, index) => sum + (part / 255) ** 2.2 * [0.2126, 0.7152, 0.0722][index], 0)`;
    const read = (selector: string, property: string): Promise<number> =>
      page.evaluate(`(${luminance})(getComputedStyle(document.querySelector('${selector}')).${property})`) as Promise<number>;
    const card = await read('.card', 'backgroundColor');
    const letters = await read('.body p', 'color');
    expect(scheme === 'light' ? card > background : card < background).toBe(true);
    expect(scheme === 'light' ? letters < text : letters > text).toBe(true);
    // WCAG 2.2, 1.4.3: 4.5 to 1.
    expect((Math.max(card, letters) + 0.05) / (Math.min(card, letters) + 0.05)).toBeGreaterThan(4.5);
    await page.close();
  });

  it('shows every image of the issue', async () => {
    const page = await openHtml(browser, html, { width: 800, scheme: 'light' });
    const widths = await page.evaluate('[...document.images].map((image) => image.naturalWidth)');
    expect(widths).toEqual([800, 800]);
    await page.close();
  });
});
