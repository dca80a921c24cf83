// An issue is seen while it is written: `postrider preview` in a process of its own, its page in Chromium. Whatever is saved,
// and however, is shown; what is wrong is told with its line; nothing is made that was not there. What needs a browser is left
// out where there is no Chromium.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../pictures.ts';
import { findCommand } from '../services/install.ts';
import { freePorts } from '../services/ports.ts';
import { type Finished, finished, newsletterFolder, postrider, start } from './cli.ts';
import { violations } from './reader-site.ts';

const LIMIT = { timeout: 60_000 };
const AT_ONCE = { timeout: 2_000 };
const SOON = { timeout: 10_000 };
const HEAD = '+++\ntitle = "Title"\ndate = 2023-02-07\n+++\n';
const ISSUE = 'issues/2023-02.md';
const LONG = Array.from({ length: 200 }, (_, index) => `Paragraph ${index}.`).join('\n\n');

interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  readonly end: Promise<Finished>;
}

let folder: string;
let running: Running[] = [];

beforeEach(() => {
  folder = newsletterFolder();
  write(ISSUE, `${HEAD}First words.\n`);
});
afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all(running.map(({ end }) => end));
  running = [];
});

function write(file: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), content);
}

function settings(change: (yaml: string) => string): void {
  write('newsletter.yaml', change(readFileSync(join(folder, 'newsletter.yaml'), 'utf8')));
}

function run(...args: string[]): Promise<Finished> {
  return postrider(['preview', ...args], { cwd: folder });
}

/** Of an issue, at any port that is free; settles when it has said where. */
async function preview(named = '2023-02', env: Readonly<Record<string, string>> = {}): Promise<Running> {
  const child = start(['preview', named, '--port', '0'], { cwd: folder, env });
  const url = new Promise<string>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
  });
  const end = finished(child);
  const early = end.then(({ stderr }) => Promise.reject(new Error(`The preview ended: ${stderr}`)));
  early.catch(() => undefined);
  const begun = { child, end, url: await Promise.race([url, early]) };
  running.push(begun);
  return begun;
}

describe('it ends', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('at once and well with %s, although pages are open', LIMIT, async (signal) => {
    const { url, child, end } = await preview();
    await (await fetch(url)).text();
    const kept = await fetch(url);
    const begunAt = performance.now();
    child.kill(signal);
    const { code, stderr } = await end;
    expect(performance.now() - begunAt).toBeLessThan(2_000);
    expect([code, kept.status]).toEqual([0, 200]);
    expect(stderr.trim().split('\n')).toEqual(['Issue 2023-02, and again whenever it is saved. Ctrl-C ends it.']);
  });

  it.each([
    ['a port that is none', ['--port', 'x'], /"x" is not a port\.\nUse a number from 1 to 65535\./],
    ['a port too high', ['--port', '65536'], /"65536" is not a port\./],
    ['a port below', ['--port', '-1'], /"-1" is not a port\./],
    ['a port with a fraction', ['--port', '70.5'], /"70\.5" is not a port\./],
    ['an unknown issue', ['2023-10'], /There is no issue 2023-10\.[\s\S]*nearest are: 2023-0/],
    ['a file that is not there', ['drafts/next.md'], /There is no file drafts\/next\.md\./],
    ['a folder', ['./issues'], /issues cannot be read/],
    ['two issues', ['2023-01', '2023-02'], /too many arguments/],
    ['an unknown option', ['--prot', '1'], /unknown option '--prot'/],
  ])('with a sentence for %s', LIMIT, async (_, args, says) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  // `Number('')` is 0.
  it('with a sentence for an empty port', LIMIT, async () => {
    const child = start(['preview', '2023-02', '--port', ''], { cwd: folder });
    const end = finished(child);
    child.stdout?.once('data', () => child.kill('SIGKILL'));
    expect((await end).code).toBe(2);
  });

  it('with a sentence where a port is taken', LIMIT, async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { code, stderr } = await run('--port', String(port));
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toBe(`The preview cannot listen on port ${port}: EADDRINUSE.\nChoose another with --port.\n`);
  });

  it('with a sentence where there is no issue', LIMIT, async () => {
    rmSync(join(folder, 'issues'), { recursive: true });
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toMatch(/^No file fits issues\/\{id\}\.md or issues\/\{id\}\/index\.md in .*\n/);
  });

  it('with a sentence where there is no newsletter.yaml, or one that cannot be read', LIMIT, async () => {
    settings(() => 'name: [\n');
    const broken = await run();
    expect(broken.code).toBe(2);
    expect(broken.stderr).toMatch(/^newsletter\.yaml:\d+:\d+ error: /);
    rmSync(join(folder, 'newsletter.yaml'));
    const missing = await run();
    expect([missing.code, /newsletter\.yaml/.test(missing.stderr)]).toEqual([2, true]);
    expect(broken.stderr + missing.stderr).not.toMatch(/^ +at /m);
  });

  it('with a sentence where there are several lists and none is named', LIMIT, async () => {
    settings((yaml) => `${yaml}  weekly: { title: Weekly }\n`);
    const { code, stderr } = await run();
    expect([code, /Add --list with one of: monthly, weekly/.test(stderr)]).toEqual([2, true]);
  });
});

describe('it shows', () => {
  it('the newest issue where none is named, at the port that is', LIMIT, async () => {
    const [port = 0] = await freePorts(1);
    const child = start(['preview', '--port', String(port)], { cwd: folder });
    const end = finished(child);
    running.push({ url: '', child, end });
    const [said] = (await once(child.stdout!, 'data')) as [Buffer];
    expect(said.toString()).toBe(`http://127.0.0.1:${port}/\n`);
    expect(await (await fetch(`http://127.0.0.1:${port}/mail`)).text()).toContain('First words.');
  });

  it('the message that `render` writes, byte for byte', LIMIT, async () => {
    const { url } = await preview();
    const shown = Buffer.from(await (await fetch(`${url}message.eml`)).arrayBuffer());
    expect((await postrider(['render', '--issue', '2023-02', '--out', 'out'], { cwd: folder })).code).toBe(0);
    expect(shown.equals(readFileSync(join(folder, 'out/message.eml')))).toBe(true);
  });

  it('an issue for anybody without a secret, a relay or a ledger, and makes nothing', LIMIT, async () => {
    write('.env', '');
    const before = readdirSync(folder, { recursive: true });
    const { url } = await preview();
    for (const path of ['', 'mail', 'message.eml', '?view=source']) expect((await fetch(url + path)).status).toBe(200);
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });

  // A look for an address opens the ledger, and opening makes it.
  it('nobody’s mail where there is no ledger, and makes none', LIMIT, async () => {
    const { url } = await preview();
    expect(await (await fetch(`${url}?as=ada@example.org`)).text()).toContain('Nobody in the ledger is ada@example.org');
    expect(existsSync(join(folder, '.postrider'))).toBe(false);
  });

  it('where the ledger cannot be opened, why', LIMIT, async () => {
    const { url } = await preview('2023-02', { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect((await fetch(url)).status).toBe(200);
    expect(await (await fetch(`${url}?as=ada@example.org`)).text()).toContain('cannot be opened');
  });
});

describe.skipIf(findCommand('chromium') === undefined)('its page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  interface Screen {
    readonly width?: number;
    readonly height?: number;
    readonly scheme?: 'light' | 'dark';
  }

  async function open(url: string, { width = 1_280, height = 600, scheme = 'light' }: Screen = {}): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme });
    await page.goto(url);
    await expect
      .poll(() => page.evaluate('document.querySelector("iframe")?.contentDocument.readyState'), SOON)
      .not.toBe('loading');
    return page;
  }

  /** While a page is loaded anew there is nothing to ask. */
  function asked(page: Page, expression: string): Promise<unknown> {
    return page.evaluate(expression).catch(() => null);
  }

  function mailIn(page: Page): Promise<unknown> {
    return asked(page, 'document.querySelector("iframe").contentDocument.body.innerText');
  }

  function inMail(page: Page, expression: string): Promise<unknown> {
    return asked(page, `((mail) => ${expression})(document.querySelector("iframe").contentDocument)`);
  }

  function textOf(page: Page): Promise<unknown> {
    return asked(page, 'document.body.innerText');
  }

  it('shows what is saved within two seconds, where one was reading', LIMIT, async () => {
    write(ISSUE, `${HEAD}First words.\n\n${LONG}`);
    const page = await open((await preview()).url);
    const scrolled = '[scrollY, document.querySelector("iframe").contentWindow.scrollY]';
    await page.evaluate('scrollTo(0, 120); document.querySelector("iframe").contentWindow.scrollTo(0, 700)');
    expect(await page.evaluate(scrolled)).toEqual([120, 700]);
    write(ISSUE, `${HEAD}Other words.\n\n${LONG}`);
    await expect.poll(() => mailIn(page), AT_ONCE).toContain('Other words.');
    await expect.poll(() => asked(page, scrolled), SOON).toEqual([120, 700]);
    await page.close();
  });

  it('tells all that are open', LIMIT, async () => {
    const { url } = await preview();
    const pages = [await open(url), await open(`${url}?view=text`), await open(`${url}?view=source`)];
    write(ISSUE, `${HEAD}Other words.\n`);
    await expect.poll(() => mailIn(pages[0]!), SOON).toContain('Other words.');
    for (const page of pages.slice(1)) await expect.poll(() => textOf(page), SOON).toContain('Other words.');
    for (const page of pages) await page.close();
  });

  it('tells an error with its line and the source, and recovers when it is mended', LIMIT, async () => {
    const page = await open((await preview()).url);
    write(ISSUE, '+++\ntitle = "x\ndate = 2023-02-07\n+++\nFirst words.\n');
    await expect.poll(() => textOf(page), SOON).toContain('There is no mail to show until what is wrong is mended.');
    await page.getByRole('link', { name: 'Line 2' }).click();
    await page.waitForURL(/view=source.*#L2$/);
    expect(await page.textContent('#L2')).toMatch(/title = "x.*The TOML front matter/);
    write(ISSUE, `${HEAD}Mended words.\n`);
    await expect.poll(() => textOf(page), SOON).toContain('Mended words.');
    await page.getByRole('link', { name: 'Phone' }).click();
    await expect.poll(() => mailIn(page), SOON).toContain('Mended words.');
    await page.close();
  });

  it('tells what is wrong with newsletter.yaml, and recovers when it is mended', LIMIT, async () => {
    const page = await open((await preview()).url);
    const well = readFileSync(join(folder, 'newsletter.yaml'), 'utf8');
    settings((yaml) => yaml.replace(/^from: .*$/m, 'from: nobody'));
    await expect.poll(() => textOf(page), SOON).toContain('There is no mail to show');
    settings(() => well);
    await expect.poll(() => mailIn(page), SOON).toContain('First words.');
    await page.close();
  });

  describe('is loaded anew', () => {
    it('for a colour in newsletter.yaml', LIMIT, async () => {
      const page = await open((await preview()).url);
      settings((yaml) => `${yaml}theme: { accent: "#0055aa" }\n`);
      const colour = 'mail.defaultView.getComputedStyle(mail.querySelector(".name")).color';
      await expect.poll(() => inMail(page, colour), SOON).toBe('rgb(0, 85, 170)');
      await page.close();
    });

    it('for a template of the newsletter’s own, the first there is, and for each change of it', LIMIT, async () => {
      const page = await open((await preview()).url);
      for (const size of ['21px', '23px']) {
        write('newsletter/email/styles.css', `.body p { font-size: ${size} !important; }\n`);
        const seen = 'mail.defaultView.getComputedStyle(mail.querySelector(".body p")).fontSize';
        await expect.poll(() => inMail(page, seen), SOON).toBe(size);
      }
      await page.close();
    });

    it('for a template of the newsletter’s own that cannot be used, and for its mending', LIMIT, async () => {
      write('newsletter/email/email.mjml.hbs', '<mjml>{{#if}}</mjml>');
      const page = await open((await preview()).url);
      expect(await textOf(page)).toContain('A template cannot be used');
      rmSync(join(folder, 'newsletter/email/email.mjml.hbs'));
      await expect.poll(() => mailIn(page), SOON).toContain('First words.');
      await page.close();
    });

    // What is thrown is answered in JSON, without the script that would load it again.
    it('for words of the newsletter’s own that cannot be read, and for their mending', LIMIT, async () => {
      const page = await open((await preview()).url);
      write('newsletter/words/en.yaml', 'a: [\n');
      await expect.poll(() => textOf(page), SOON).not.toContain('Nothing to complain of');
      write('newsletter/words/en.yaml', '');
      await expect
        .poll(() => mailIn(page), { timeout: 3_000 })
        .toContain('First words.')
        .finally(() => page.close());
    });

    it('for an image beside the issue', LIMIT, async () => {
      write('issues/2023-02/a.png', await picture(80));
      write(ISSUE, `${HEAD}First words.\n\n![A](a.png)\n`);
      const page = await open((await preview()).url);
      const width = 'mail.images[0].naturalWidth';
      await expect.poll(() => inMail(page, width), SOON).toBe(80);
      write('issues/2023-02/a.png', await picture(120));
      await expect.poll(() => inMail(page, width), SOON).toBe(120);
      await page.close();
    });

    it('when an editor writes beside it and renames, time and again', LIMIT, async () => {
      const page = await open((await preview()).url);
      for (const words of ['Second words.', 'Third words.', 'Fourth words.']) {
        write('issues/.2023-02.md.swp', `${HEAD}${words}\n`);
        renameSync(join(folder, 'issues/.2023-02.md.swp'), join(folder, ISSUE));
        await expect.poll(() => mailIn(page), SOON).toContain(words);
      }
      await page.close();
    });

    it('when the file is deleted, and when it is there again', LIMIT, async () => {
      const page = await open((await preview()).url);
      rmSync(join(folder, ISSUE));
      await expect.poll(() => textOf(page), SOON).toContain('There is no issue 2023-02.');
      write(ISSUE, `${HEAD}New words.\n`);
      await expect.poll(() => mailIn(page), SOON).toContain('New words.');
      await page.close();
    });

    it('for a draft that is named by its path', LIMIT, async () => {
      write('drafts/next.md', `${HEAD}A draft.\n`);
      const page = await open((await preview('drafts/next.md')).url);
      expect(await mailIn(page)).toContain('A draft.');
      write('drafts/next.md', `${HEAD}A better draft.\n`);
      await expect.poll(() => mailIn(page), SOON).toContain('A better draft.');
      await page.close();
    });

    // Who is not listening yet is told nothing, and shows what was there before until the next change.
    it('for what was saved while the page was loading', LIMIT, async () => {
      const { url } = await preview();
      const page = await browser.newPage();
      const { promise: saved, resolve: save } = Promise.withResolvers<void>();
      await page.route('**/version*', async (route) => {
        await saved;
        await route.continue();
      });
      const other = await open(url);
      await page.goto(url);
      write(ISSUE, `${HEAD}Other words.\n`);
      await expect.poll(() => mailIn(other), SOON).toContain('Other words.');
      save();
      await expect
        .poll(() => mailIn(page), { timeout: 3_000 })
        .toContain('Other words.')
        .finally(() => Promise.all([page.close(), other.close()]));
    });
  });

  describe('as a subscriber', () => {
    beforeEach(async () => {
      settings((yaml) => yaml.replace('{name|friend of Rust}', '{name|friend} of {attributes.city|somewhere}'));
      write('readers.csv', 'email,name,city\nada+news@example.org,Ada Lovelace,London\n');
      const { code, stderr } = await postrider(['subscribers', 'import', 'readers.csv', '--list', 'monthly'], { cwd: folder });
      expect([code, stderr]).toEqual([0, expect.any(String)]);
    });

    async function show(page: Page, address: string): Promise<void> {
      await page.getByLabel('As seen by').fill(address);
      await page.getByLabel('As seen by').press('Enter');
      await page.waitForURL((url) => url.searchParams.get('as') === address);
    }

    it('greets with name and attributes, in every view, and keeps to it', LIMIT, async () => {
      const page = await open((await preview()).url);
      expect(await mailIn(page)).toContain('Hello Ada Reader of somewhere,');
      await show(page, 'ada+news@example.org');
      await expect.poll(() => mailIn(page), SOON).toContain('Hello Ada Lovelace of London,');
      write(ISSUE, `${HEAD}Other words.\n`);
      await expect.poll(() => mailIn(page), SOON).toContain('Other words.');
      expect(await mailIn(page)).toContain('Hello Ada Lovelace of London,');
      await page.getByRole('link', { name: 'Text' }).click();
      expect(await page.textContent('pre')).toContain('Hello Ada Lovelace of London,');
      await page.getByRole('link', { name: 'Headers' }).click();
      expect(await page.textContent('pre')).toContain('ada+news@example.org');
      await page.close();
    });

    it.each(['nobody@example.org', 'no address', '@', '<script>alert(1)</script>', "' or 1=1 --"])(
      'who is not there says so, and makes nobody: %s',
      LIMIT,
      async (address) => {
        const page = await open((await preview()).url);
        await show(page, address);
        expect(await textOf(page)).toContain(`Nobody in the ledger is ${address}; this is any reader's.`);
        await expect.poll(() => mailIn(page), SOON).toContain('Hello Ada Reader of somewhere,');
        await page.close();
        const { stdout } = await postrider(['subscribers', 'export', '--list', 'monthly'], { cwd: folder });
        expect(stdout.match(/@/g)).toHaveLength(1);
      },
    );
  });

  // Each look for an address opens the ledger, which makes files beside it, which are seen as changes.
  it('is not loaded for ever where the ledger lies beside the draft', LIMIT, async () => {
    write('next.md', `${HEAD}A draft.\n`);
    const env = { DATABASE_URL: 'sqlite:ledger.sqlite' };
    write('readers.csv', 'email,name\nada@example.org,Ada\n');
    await postrider(['subscribers', 'import', 'readers.csv', '--list', 'monthly'], { cwd: folder, env });
    const { url } = await preview('next.md', env);
    const page = await browser.newPage();
    let loads = 0;
    page.on('load', () => loads++);
    await page.goto(`${url}?as=ada@example.org`);
    for (const words of ['Second words.', 'Third words.', 'Fourth words.']) {
      write('next.md', `${HEAD}${words}\n`);
      await expect.poll(() => mailIn(page), SOON).toContain(words);
    }
    // A save may be seen in two steps.
    expect(loads).toBeLessThanOrEqual(7);
    await page.close();
  });

  // Each page that is open keeps a connection, and a browser has six for a host.
  it('may be open in seven tabs', LIMIT, async () => {
    const { url } = await preview();
    const tabs = await browser.newContext();
    try {
      for (let count = 1; count <= 7; count++) await (await tabs.newPage()).goto(url, { timeout: 5_000 });
    } finally {
      await tabs.close();
    }
  });

  it('runs nothing of a mail’s, and nothing is refused that is ours', LIMIT, async () => {
    write('newsletter/email/email.mjml.hbs', withScript());
    const { url } = await preview();
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(url);
    await expect.poll(() => inMail(page, 'mail.title'), SOON).toBe('Title');
    expect(await page.title()).toBe('Title · Preview');
    expect(complaints.filter((complaint) => !/Blocked script execution|sandboxed/.test(complaint))).toEqual([]);
    await page.goto(`${url}mail`);
    expect(await page.title()).toBe('Title');
    await page.close();
  });

  it.each([
    ['light', 'light', 'rgb(255, 255, 255)'],
    ['light', 'dark', 'rgb(255, 255, 255)'],
    ['dark', 'light', 'rgb(23, 27, 33)'],
    ['dark', 'dark', 'rgb(23, 27, 33)'],
    ['bare', 'light', 'rgb(255, 255, 255)'],
    ['bare', 'dark', 'rgb(255, 255, 255)'],
  ] as const)('shows a %s mail in a browser that is %s', LIMIT, async (light, scheme, colour) => {
    const page = await open(`${(await preview()).url}?light=${light}`, { scheme });
    const seen = 'mail.defaultView.getComputedStyle(mail.querySelector(".card")).backgroundColor';
    await expect.poll(() => inMail(page, seen), SOON).toBe(colour);
    await page.close();
  });

  const VIEWS = ['phone', 'desktop', 'text', 'source', 'headers'];
  const WIDE = `${HEAD}TODO ${'x'.repeat(300)}\n\n[a](http://${'y'.repeat(200)}.example)\n\n\`\`\`\n${'z '.repeat(200)}\n\`\`\`\n`;

  it.each(['light', 'dark'] as const)('has nothing that axe finds wrong: %s', LIMIT, async (scheme) => {
    write(ISSUE, `${HEAD}TODO: write\n\n[a](http://e.example)\n`);
    const { url } = await preview();
    for (const width of [390, 1_280])
      for (const view of VIEWS) {
        const page = await open(`${url}?view=${view}`, { width, scheme });
        const found = await violations(page);
        await page.close();
        expect({ width, view, found }).toEqual({ width, view, found: [] });
      }
  });

  // A problem beside a line does not break its long words, and the box that scrolls for them takes no focus.
  it('has nothing that axe finds wrong where a problem names what is long', LIMIT, async () => {
    write(ISSUE, WIDE);
    const page = await open(`${(await preview()).url}?view=source`, { width: 390 });
    const found = await violations(page);
    await page.close();
    expect(found).toEqual([]);
  });

  // The row of views does not break: it is 391 pixels wide, whatever the screen.
  it('is no wider than a phone', LIMIT, async () => {
    const page = await open((await preview()).url, { width: 360 });
    const width = await page.evaluate('document.documentElement.scrollWidth');
    await page.close();
    expect(width).toBe(360);
  });

  it('has nothing but the row of views that is wider than a phone', LIMIT, async () => {
    write(ISSUE, WIDE);
    const { url } = await preview();
    for (const view of VIEWS) {
      const page = await open(`${url}?view=${view}&as=${'w'.repeat(100)}@example.org`, { width: 390 });
      const wide = await page.evaluate(WIDER_THAN_THE_SCREEN);
      await page.close();
      expect({ view, wide }).toEqual({ view, wide: [] });
    }
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds wrong where there is no mail: %s', LIMIT, async (scheme) => {
    write(ISSUE, '+++\ntitle = "x\n+++\nText.\n');
    const { url } = await preview();
    for (const view of VIEWS) {
      const page = await open(`${url}?view=${view}`, { width: 390, scheme });
      const found = await violations(page);
      await page.close();
      expect({ view, found }).toEqual({ view, found: [] });
    }
  });

  it.each(VIEWS)('has no control that a keyboard does not reach: %s', LIMIT, async (view) => {
    write(ISSUE, WIDE);
    const page = await open(`${(await preview()).url}?view=${view}`);
    const controls = (await page.evaluate(NAMES_OF_CONTROLS)) as string[];
    const reached = new Set<unknown>();
    for (let presses = 0; presses < controls.length + 10; presses++) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate('document.activeElement.outerHTML.slice(0, 200)'));
    }
    expect(controls.filter((control) => !reached.has(control))).toEqual([]);
    expect(controls.length).toBeGreaterThan(6);
    await page.close();
  });
});

const NAMES_OF_CONTROLS = `[...document.querySelectorAll('a[href], button, input:not([type=hidden]), iframe, pre')]
  .map((each) => each.outerHTML.slice(0, 200))`;

/** Text may scroll in a box of its own. */
const WIDER_THAN_THE_SCREEN = `[...document.querySelectorAll('main, main > *, aside, aside *, form, form *')]
  .filter((each) => each.getBoundingClientRect().right > innerWidth)
  .map((each) => each.outerHTML.slice(0, 200))`;

function picture(width: number): Promise<Buffer> {
  return sharp({ create: { width, height: 60, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
}

/** Postrider's own template, with a script that would be seen by its title. */
function withScript(): string {
  const own = readFileSync(join(import.meta.dirname, '../../templates/email/email.mjml.hbs'), 'utf8');
  const script = '<mj-raw><script>document.title = "It ran"; parent.document.title = "It ran"</script></mj-raw>';
  return own.replace(/<mj-body[^>]*>/, (tag) => tag + script);
}
