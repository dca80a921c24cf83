// The sample issue looks as it did when it was last looked at: each picture in tests/email/pictures/ is taken again, and
// compared. Left out where there is no Chromium, or none of the fonts that the pictures are made with.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Comparison, comparePictures } from '../email/pictures/compare.ts';
import { fileOf, KEPT, LOOKS, type Look, launchForLooks, sampleHtml, takeLook } from '../pictures.ts';
import { findCommand, SERVICES } from '../services/install.ts';

// A kept picture has 256 colours, by which up to 0.0065 % of its pixels differ, always the same, in Chromium 150 as in 156.
// A word more in a page of 360 by 12,000 pixels is 0.016 %, the accent in another colour 0.03 to 0.05 %.
const TOLERANCE = 0.0001;
const LIMIT = { timeout: 60_000 };
const TEMPORARY = join(tmpdir(), 'postrider-looks-');
const PHONE: Look = { width: 360, mode: 'light' };

const isMissing = SERVICES.chromium.some(({ command }) => findCommand(command) === undefined);

describe.skipIf(isMissing)('the sample issue', () => {
  let browser: Browser;
  let html: string;
  let greenHtml: string;

  beforeAll(async () => {
    browser = await launchForLooks();
    html = await sampleHtml();
    greenHtml = await sampleHtml({ accent: '#1a7f37' });
  });
  afterAll(() => browser?.close());

  async function compare(look: Look, shownHtml: string): Promise<{ shown: Buffer; comparison: Comparison }> {
    const shown = await takeLook(browser, shownHtml, look);
    return { shown, comparison: await comparePictures(readFileSync(fileOf(look)), shown) };
  }

  it.each(LOOKS)('looks as it did: $width pixels wide, $mode', LIMIT, async (look) => {
    const { shown, comparison } = await compare(look, html);
    if (!isAlike(comparison)) expect.fail(await tellOf(look, shown, comparison));
  });

  it.each([360, 800])('is dark where a mail program makes it so: %i pixels wide', LIMIT, async (width) => {
    expect(await brightness(await takeLook(browser, html, { width, mode: 'light' }))).toBeGreaterThan(200);
    expect(await brightness(await takeLook(browser, html, { width, mode: 'forced dark' }))).toBeLessThan(60);
  });

  describe('looks otherwise, and that is seen,', () => {
    it.each(LOOKS)('with an accent of another colour: $width pixels wide, $mode', LIMIT, async (look) => {
      const { comparison } = await compare(look, greenHtml);
      expect(comparison).toMatchObject({ isOneSize: true });
      expect(isAlike(comparison)).toBe(false);
    });

    it('with links of a blue that is nearly the same', LIMIT, async () => {
      const { comparison } = await compare(PHONE, await sampleHtml({ link: '#0550ae' }));
      expect(isAlike(comparison)).toBe(false);
    });

    it('with code on a grey that is a little darker', LIMIT, async () => {
      const { comparison } = await compare(PHONE, html.replaceAll('#f6f8fa', '#eef0f3'));
      expect(isAlike(comparison)).toBe(false);
    });

    it('with another word', LIMIT, async () => {
      const { comparison } = await compare(PHONE, html.replace('a busy month', 'a lazy month'));
      expect(isAlike(comparison)).toBe(false);
    });

    it('with a paragraph more', LIMIT, async () => {
      const { comparison } = await compare(PHONE, html.replace('</p>', '</p><p>One more.</p>'));
      expect(comparison).toMatchObject({ isOneSize: false });
      expect(isAlike(comparison)).toBe(false);
    });
  });

  it('is laid out for a person to compare, where it looks otherwise', LIMIT, async () => {
    const folder = mkdtempSync(TEMPORARY);
    const { shown, comparison } = await compare(PHONE, html.replace('</p>', '</p><p>One more.</p>'));
    const told = await tellOf(PHONE, shown, comparison, folder);
    expect(told).toMatch(/pixels differ, .* % of them, where 0\.010 % may; and the page has another size/);
    expect(told).toContain(folder);
    expect(readdirSync(folder)).toEqual(['360-light-difference.png', '360-light.png']);
    rmSync(folder, { recursive: true });
  });

  it('is kept in one picture for each way to look at it, and in little room', () => {
    const pictures = readdirSync(KEPT).filter((name) => name.endsWith('.png'));
    expect(pictures.toSorted()).toEqual(LOOKS.map((look) => basename(fileOf(look))).toSorted());
    const sizes = pictures.map((name) => statSync(join(KEPT, name)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_500_000);
  });
});

/** A page of another height is another look: all that stands below has moved. */
function isAlike({ isOneSize, share }: Comparison): boolean {
  return isOneSize && share <= TOLERANCE;
}

/** Writes down what is to be looked at, and says where. */
async function tellOf(look: Look, shown: Buffer, comparison: Comparison, folder = mkdtempSync(TEMPORARY)): Promise<string> {
  const { isOneSize, pixels, share, difference } = comparison;
  const name = basename(fileOf(look), '.png');
  writeFileSync(join(folder, `${name}.png`), shown);
  writeFileSync(join(folder, `${name}-difference.png`), await difference());
  return [
    `The sample looks otherwise, ${look.width} pixels wide, ${look.mode}: ${pixels.toLocaleString('en')} pixels differ,`,
    `${inPercent(share)} of them, where ${inPercent(TOLERANCE)} may${isOneSize ? '' : '; and the page has another size'}.`,
    `As it is now, and where it differs: ${folder}. Where that is what you wanted, keep the new look: npm run pictures`,
  ].join(' ');
}

function inPercent(share: number): string {
  return `${(share * 100).toFixed(3)} %`;
}

/** Of all pixels, 0 to 255. */
async function brightness(picture: Buffer): Promise<number> {
  const { channels } = await sharp(picture).greyscale().stats();
  return channels[0]?.mean ?? Number.NaN;
}
