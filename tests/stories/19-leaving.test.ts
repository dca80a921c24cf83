// A reader leaves by the link in a real mail: by the mail program's one click, and by the page in a real browser; a
// scanner that follows every link changes nothing.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../pictures.ts';
import { findCommand } from '../services/install.ts';
import { freePorts } from '../services/ports.ts';
import { type Finished, finished, type Place, postrider, type RunningSink, start, takenBy } from './cli.ts';
import { endAll, SEND, single, until } from './several.ts';

const LIMIT = { timeout: 120_000 };
const SCHEMES = ['light', 'dark'] as const;

let sink: RunningSink;
let place: Place;
let site: string;
let web: { stop: () => Promise<Finished> };

beforeAll(async () => {
  const [port] = await freePorts(1);
  site = `http://127.0.0.1:${port}/news`;
  const world = await single(4);
  sink = world.sink;
  place = { ...world.place, env: { BASE_URL: site, PORT: String(port) } };
  expect((await postrider(SEND, place)).code).toBe(0);
  const child = start(['serve'], place);
  const end = finished(child);
  web = {
    stop: () => {
      child.kill('SIGTERM');
      return end;
    },
  };
  await until(async () => (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined))?.ok === true, end);
}, 60_000);
afterAll(async () => {
  await web?.stop();
  await endAll();
});

/** The message that the witness holds for a reader, its folded lines joined. */
function mailTo(index: number): string {
  const entry = sink.entries().find(({ recipient }) => recipient === `reader${index}@example.org`);
  return readFileSync(join(sink.folder, entry?.file ?? ''), 'latin1').replace(/\r?\n[ \t]+/g, ' ');
}

function headerOf(mail: string, name: string): string {
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(mail)?.[1]?.trim() ?? '';
}

function unsubscribeUrl(mail: string): string {
  return /<(http[^>]+)>/.exec(headerOf(mail, 'List-Unsubscribe'))?.[1] ?? '';
}

function linksOf(mail: string): string[] {
  const text = mail
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return [...new Set(text.match(new RegExp(`${site}/[up]/[a-z2-7]+`, 'g')) ?? [])];
}

async function stateOf(index: number): Promise<string> {
  const { stdout } = await postrider(['subscribers', 'show', `reader${index}@example.org`, '--json'], place);
  return (JSON.parse(stdout) as { subscriptions: { state: string }[] }).subscriptions[0]?.state ?? 'none';
}

it('leaves by one click in the mail program, and the next issue does not come', LIMIT, async () => {
  const mail = mailTo(0);
  expect(headerOf(mail, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
  const answer = await fetch(unsubscribeUrl(mail), {
    method: 'POST',
    body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
  });
  expect(answer.status).toBe(200);
  expect(await stateOf(0)).toBe('ended');
  writeFileSync(join(place.cwd, 'issues/2023-02.md'), '# February\n\nAnother short issue.\n');
  expect((await postrider(['send', '--issue', '2023-02', '--yes'], place)).code).toBe(0);
  expect(takenBy(sink).filter((address) => address === 'reader0@example.org')).toHaveLength(1);
  expect(takenBy(sink).filter((address) => address === 'reader3@example.org')).toHaveLength(2);
});

describe.skipIf(findCommand('chromium') === undefined)('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(axe.source);
    const found = (await page.evaluate('axe.run()')) as { violations: { id: string; nodes: { html: string }[] }[] };
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }

  it('a scanner that opens every link of a mail, scripts running, changes nothing', LIMIT, async () => {
    const links = linksOf(mailTo(1));
    expect(links.length).toBeGreaterThanOrEqual(2);
    for (const link of links) {
      const page = await browser.newPage();
      await page.goto(link, { waitUntil: 'networkidle' });
      for (const href of await page.evaluate<string[]>('[...document.links].map(({ href }) => href)')) await page.goto(href);
      await page.close();
    }
    expect(await stateOf(1)).toBe('active');
  });

  it('the friend with the forwarded mail sees neither the address nor the name', LIMIT, async () => {
    for (const link of linksOf(mailTo(1))) expect(await (await fetch(link)).text()).not.toMatch(/reader1|example\.org/);
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
      await page.goto(unsubscribeUrl(mailTo(reader)));
      await expectFit();
      await press(/unsubscribe/i);
      expect(await page.textContent('h1')).toBe('You are unsubscribed');
      expect(await stateOf(reader)).toBe('ended');
      await expectFit();
      await press(/mistake/i);
      expect(await stateOf(reader)).toBe('active');
      await page.goto(unsubscribeUrl(mailTo(reader)));
      await press(/unsubscribe/i);
      await page.getByLabel(/why/i).fill('Too many links for <me>');
      await press(/send/i);
      await expectFit();
      const { stdout } = await postrider(['subscribers', 'show', `reader${reader}@example.org`], place);
      expect(stdout).toMatch(/unsubscribed\s+web\s+127\.0\.0\.1/);
      expect(stdout).toContain('said why: Too many links for <me>');
      await page.close();
    },
  );
});
