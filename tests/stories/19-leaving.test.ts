// A reader leaves by the link in a real mail: by the mail program's one click, and by the page in a real browser; a
// scanner that follows every link changes nothing.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unsubscribeToken } from '../../src/link/delivery-links.ts';
import { launchChromium } from '../pictures.ts';
import { findCommand } from '../services/install.ts';
import { postrider, takenBy } from './cli.ts';
import { headerOf, mailTo, ownLinks, type ReaderSite, startSite, stateOf, violations } from './reader-site.ts';
import { endAll, SEND, until } from './several.ts';

const LIMIT = { timeout: 120_000 };
const SCHEMES = ['light', 'dark'] as const;

let site: ReaderSite;

beforeAll(async () => {
  site = await startSite(4);
  expect((await postrider(SEND, site.place)).code).toBe(0);
}, 60_000);
afterAll(async () => {
  await site?.stop();
  await endAll();
});

function addressOf(index: number): string {
  return `reader${index}@example.org`;
}

function mailOf(index: number): string {
  return mailTo(site, addressOf(index)) ?? '';
}

function unsubscribeUrl(mail: string): string {
  return /<(http[^>]+)>/.exec(headerOf(mail, 'List-Unsubscribe'))?.[1] ?? '';
}

it('leaves by one click in the mail program, and the next issue does not come', LIMIT, async () => {
  const mail = mailOf(0);
  expect(headerOf(mail, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
  const answer = await fetch(unsubscribeUrl(mail), {
    method: 'POST',
    body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
  });
  expect(answer.status).toBe(200);
  expect(await stateOf(site, addressOf(0))).toBe('ended');
  writeFileSync(join(site.place.cwd, 'issues/2023-02.md'), '# February\n\nAnother short issue.\n');
  expect((await postrider(['send', '--issue', '2023-02', '--yes'], site.place)).code).toBe(0);
  expect(takenBy(site.sink).filter((address) => address === 'reader0@example.org')).toHaveLength(1);
  expect(takenBy(site.sink).filter((address) => address === 'reader3@example.org')).toHaveLength(2);
});

it('leaves while an issue is on its way, and does not get it', LIMIT, async () => {
  const slow = await startSite(6, (yaml) => `${yaml}relay: { messagesPerSecond: 0.5 }\n`);
  try {
    const sending = postrider(SEND, slow.place);
    await until(() => takenBy(slow.sink).length > 0);
    const token = unsubscribeToken({ subscriber: 6, list: 1 }, ['0123456789abcdef0123456789abcdef']);
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
    expect((await fetch(`${slow.url}/u/${token}`, { method: 'POST', body })).status).toBe(200);
    expect((await sending).code).toBe(0);
    expect(takenBy(slow.sink)).toEqual([0, 1, 2, 3, 4].map(addressOf));
    const { stdout } = await postrider(['report', '--issue', '2023-01', '--json'], slow.place);
    expect(JSON.parse(stdout)).toMatchObject({ recipients: 6, counts: { accepted: 5, withheld: 1, unknown: 0 } });
  } finally {
    await slow.stop();
  }
});

describe.skipIf(findCommand('chromium') === undefined)('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it('a scanner that opens every link of a mail, scripts running, changes nothing', LIMIT, async () => {
    const links = ownLinks(site, mailOf(1));
    expect(links.length).toBeGreaterThanOrEqual(2);
    for (const link of links) {
      const page = await browser.newPage();
      await page.goto(link, { waitUntil: 'networkidle' });
      for (const href of await page.evaluate<string[]>('[...document.links].map(({ href }) => href)')) await page.goto(href);
      await page.close();
    }
    expect(await stateOf(site, addressOf(1))).toBe('active');
  });

  it('the friend with the forwarded mail sees neither the address nor the name', LIMIT, async () => {
    for (const link of ownLinks(site, mailOf(1))) expect(await (await fetch(link)).text()).not.toMatch(/reader1|example\.org/);
  });

  it.each(SCHEMES)(
    'the reader leaves, takes it back, leaves again and says why, by keyboard, in %s',
    LIMIT,
    async (colorScheme) => {
      const reader = colorScheme === 'light' ? 2 : 3;
      const page = await browser.newPage({ viewport: { width: 360, height: 740 }, colorScheme, javaScriptEnabled: true });
      const press = async (name: RegExp) => {
        await page.getByRole('button', { name }).focus();
        await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      };
      const expectFit = async () => {
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
        expect(await violations(page)).toEqual([]);
      };
      await page.goto(unsubscribeUrl(mailOf(reader)));
      await expectFit();
      await press(/unsubscribe/i);
      expect(await page.textContent('h1')).toBe('You are unsubscribed');
      expect(await stateOf(site, addressOf(reader))).toBe('ended');
      await expectFit();
      await press(/mistake/i);
      expect(await stateOf(site, addressOf(reader))).toBe('active');
      await page.goto(unsubscribeUrl(mailOf(reader)));
      await press(/unsubscribe/i);
      await page.getByLabel(/why/i).fill('Too many links for <me>');
      await press(/send/i);
      await expectFit();
      const { stdout } = await postrider(['subscribers', 'show', `reader${reader}@example.org`], site.place);
      expect(stdout).toMatch(/unsubscribed\s+web\s+127\.0\.0\.1/);
      expect(stdout).toContain('said why: Too many links for <me>');
      await page.close();
    },
  );
});
