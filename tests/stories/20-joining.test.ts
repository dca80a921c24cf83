// A reader joins by the form in a real browser, confirms by the letter that a real relay took, gets the next issue, and
// leaves by it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../pictures.ts';
import { findCommand } from '../services/install.ts';
import { postrider, takenBy } from './cli.ts';
import { headerOf, mailTo, ownLinks, type ReaderSite, startSite, stateOf, violations } from './reader-site.ts';
import { endAll, SEND, until } from './several.ts';

const LIMIT = { timeout: 120_000 };

describe.skipIf(findCommand('chromium') === undefined)('a new reader', () => {
  let site: ReaderSite;
  let browser: Browser;
  beforeAll(async () => {
    site = await startSite(1);
    browser = await launchChromium();
    expect((await postrider(SEND, site.place)).code).toBe(0);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    await endAll();
  });

  async function joinBy(page: Page, address: string, expectGood: () => Promise<void>): Promise<void> {
    await page.goto(`${site.url}/`);
    await expectGood();
    await page.getByLabel(/email/i).fill(address);
    // A person is no quicker.
    await page.waitForTimeout(2_100);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(await page.textContent('h1')).toBe('Look into your mailbox');
    await expectGood();
  }

  it.each([
    [
      'with scripts, on a phone in the dark',
      { javaScriptEnabled: true, colorScheme: 'dark', viewport: { width: 360, height: 740 } },
      'Zoe@Reader.example',
    ],
    [
      'without scripts, on a desktop',
      { javaScriptEnabled: false, colorScheme: 'light', viewport: { width: 1_200, height: 800 } },
      'ada@reader.example',
    ],
  ] as const)('joins, confirms, gets the next issue and leaves, %s', LIMIT, async (_, context, written) => {
    const address = written.replace('Reader', 'reader');
    const page = await browser.newPage(context);
    // axe is a script itself.
    const expectGood = async () => {
      if (context.javaScriptEnabled) expect(await violations(page)).toEqual([]);
    };
    await joinBy(page, written, expectGood);
    await until(() => mailTo(site, address) !== undefined);
    const letter = mailTo(site, address) ?? '';
    expect(headerOf(letter, 'Subject')).toBe('Please confirm your subscription');
    expect(headerOf(letter, 'Auto-Submitted')).toBe('auto-generated');
    const [link = ''] = ownLinks(site, letter);
    await page.goto(link);
    expect(await stateOf(site, address)).toBe('pending');
    await expectGood();
    await Promise.all([page.waitForNavigation(), page.getByRole('button').click()]);
    expect(await page.textContent('h1')).toBe('You are subscribed');
    expect(await page.getByRole('link', { name: /latest/ }).textContent()).toMatch(/^Until then, the latest issue: /);
    expect(await stateOf(site, address)).toBe('active');

    const issue = `2023-0${context.javaScriptEnabled ? 2 : 3}`;
    writeFileSync(join(site.place.cwd, `issues/${issue}.md`), '# The next\n\nAnother short issue.\n');
    expect((await postrider(['send', '--issue', issue, '--yes'], site.place)).code).toBe(0);
    const mail = mailTo(site, address) ?? '';
    const leave = /<(http[^>]+)>/.exec(headerOf(mail, 'List-Unsubscribe'))?.[1] ?? '';
    await fetch(leave, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
    expect(await stateOf(site, address)).toBe('ended');
    const { stdout } = await postrider(['subscribers', 'show', address], site.place);
    expect(stdout).toMatch(/asked for[\s\S]*confirmed[\s\S]*unsubscribed +one-click/);
    await page.close();
  });

  it('who never confirms gets nothing but the letter', LIMIT, async () => {
    const page = await browser.newPage();
    await joinBy(page, 'victim@stranger.example', () => Promise.resolve());
    await until(() => mailTo(site, 'victim@stranger.example') !== undefined);
    writeFileSync(join(site.place.cwd, 'issues/2023-04.md'), '# April\n\nAnother short issue.\n');
    expect((await postrider(['send', '--issue', '2023-04', '--yes'], site.place)).code).toBe(0);
    expect(takenBy(site.sink).filter((address) => address === 'victim@stranger.example')).toHaveLength(1);
    await page.close();
  });
});
