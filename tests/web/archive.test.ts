// The archive: what has been sent, on the web, and in a feed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openArchive } from '../../src/flows/read-archive.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { sampleContent } from '../message/sample-content.ts';
import { openPages, type ReaderPages } from './reader-pages.ts';

const BASE = 'https://news.example';
const PROVENANCE = { commit: null, isModified: false };

let ledger: Ledger;
let pages: ReaderPages;
const clock = { at: 1_000, now: () => clock.at, sleep: () => Promise.resolve() };
beforeEach(async () => {
  clock.at = 1_000;
  ({ ledger } = await openLedger('sqlite::memory:'));
  pages = await openPages({ archive: openArchive(ledger, clock), baseUrl: BASE });
});
afterEach(async () => {
  await pages.close();
  await ledger.close();
});

function content(issue: string, title: string, html: string) {
  const page = { title, day: '2023-02-07', summary: 'In short <this>', html };
  return sampleContent({ issue, url: `${BASE}/2023/${issue}/`, page });
}

async function publish(issue: string, rest: { title?: string; html?: string; list?: string; startsAt?: number } = {}) {
  const { title = `Issue ${issue} <&>`, html = '<p>Hello <b>world</b></p>', list = 'monthly', startsAt } = rest;
  await ledger.lists.ensure(list, 0);
  const opened = await ledger.mailings.create({
    ...{ issue, list, content: content(issue, title, html), provenance: PROVENANCE, at: clock.at, startsAt },
  });
  clock.at += 61_000;
  return opened.mailing;
}

describe('the index', () => {
  it('says that there is nothing yet', async () => {
    expect((await pages.request('/archive')).text).toContain('There is no issue yet.');
  });

  it('has each issue once, newest first, its title as text', async () => {
    await publish('2023-01');
    await publish('2023-01', { list: 'weekly' });
    await publish('2023-02');
    const { text, headers } = await pages.request('/archive');
    expect([...text.matchAll(/<li><a href="([^"]+)">([^<]+)/g)].map(([, url, title]) => [url, title])).toEqual([
      [`${BASE}/2023/2023-02/`, 'Issue 2023-02 &lt;&amp;&gt;'],
      [`${BASE}/2023/2023-01/`, 'Issue 2023-01 &lt;&amp;&gt;'],
    ]);
    expect([headers.get('cache-control'), headers.get('x-robots-tag')]).toEqual(['public, max-age=300', null]);
  });

  it('leaves out what was cancelled, and what has not begun', async () => {
    const { id } = await publish('2023-01');
    await publish('2023-02', { startsAt: 1_000_000 });
    await ledger.mailings.changeState({
      ...{ mailing: id, from: ['opening'], to: 'cancelled', reason: null, event: 'cancelled', detail: '', at: 5 },
    });
    clock.at += 61_000;
    expect((await pages.request('/archive')).text).toContain('There is no issue yet.');
    clock.at = 1_000_000;
    expect((await pages.request('/archive')).text).toContain('2023-02');
  });

  it('is asked of the ledger once a minute, however many come', async () => {
    await publish('2023-01');
    let asked = 0;
    const { published } = ledger.mailings;
    ledger.mailings.published = (now) => {
      asked++;
      return published(now);
    };
    await Promise.all(Array.from({ length: 20 }, () => pages.request('/archive')));
    expect(asked).toBe(1);
  });
});

describe('an issue', () => {
  it.each(['/2023/2023-01/', '/2023/2023-01', '/2023/2023-01/?utm_source=x'])(
    'is at %s, with the content of its mail',
    async (path) => {
      await publish('2023-01');
      const { status, text, headers } = await pages.request(path);
      expect(status).toBe(200);
      expect(text).toContain('<p>Hello <b>world</b></p>');
      expect(text).toContain('February 7, 2023');
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; img-src https: http: data:; style-src 'sha256-/,
      );
    },
  );

  it('is as it was amended', async () => {
    const mailing = await publish('2023-01');
    await ledger.mailings.addEdition(mailing.id, content('2023-01', 'Mended', '<p>Mended</p>'), PROVENANCE, 5);
    clock.at += 61_000;
    expect((await pages.request('/2023/2023-01/')).text).toContain('<p>Mended</p>');
  });

  it.each(['/2023/2023-09/', '/2023/', '/../etc/passwd', '/%00', '/archive/x'])(
    'that is not there is a page that says so: %s',
    async (path) => {
      await publish('2023-01');
      expect((await pages.request(path)).status).toBe(404);
    },
  );
});

describe('the feed', () => {
  it('is Atom with the newest issues whole, markup and all as text', async () => {
    await publish('2023-01', { html: '<p>a & b</p>' });
    const { text, headers } = await pages.request('/feed.xml');
    expect(headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
    expect(text).toContain('<title>Issue 2023-01 &lt;&amp;&gt;</title>');
    expect(text).toContain('<summary>In short &lt;this&gt;</summary>');
    expect(text).toContain('<content type="html">&lt;p&gt;a &amp; b&lt;/p&gt;</content>');
    expect(text).toContain('<updated>1970-01-01T00:00:01.000Z</updated>');
  });

  it('is not sent again to a reader who has it', async () => {
    await publish('2023-01');
    const { headers } = await pages.request('/feed.xml');
    const again = await pages.request('/feed.xml', { headers: { 'if-none-match': headers.get('etag') ?? '' } });
    expect([again.status, again.text]).toEqual([304, '']);
  });
});

it('is off where the site itself has the issues', async () => {
  const off = await openPages();
  for (const path of ['/archive', '/feed.xml', '/2023/2023-01/']) expect((await off.request(path)).status).toBe(404);
  expect((await off.request('/')).text).not.toContain('feed.xml');
  await off.close();
});
