// The web on a ledger in memory with one reader: what tests of the pages begin with. All goes over HTTP.
import { join } from 'node:path';
import { packageRoot } from '../../config/package-root.ts';
import type { ConsentRecord } from '../../src/domain/consent.ts';
import { openImages } from '../../src/flows/read-images.ts';
import { unsubscribeToken } from '../../src/link/delivery-links.ts';
import { ASKS_PER_HOUR } from '../../src/policy/joining.ts';
import { readPages } from '../../src/source/templates.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { hourlyLimits } from '../../src/web/hourly-limits.ts';
import { startWeb, type Web, type WebParts } from '../../src/web/start-web.ts';

export const SECRET = 'a-secret-for-these-tests';
export const ADDRESS = 'ada.lovelace@engine.example';
export const NOW = Date.UTC(2026, 0, 1, 12);
export const HOUR_MS = 60 * 60_000;

export const LISTS = [
  { id: 'monthly', title: 'Monthly <News>', description: 'Once a month & no more', isConfirmed: true },
  { id: 'weekly', title: 'Weekly', description: null, isConfirmed: true },
];

export interface ReaderPages {
  readonly ledger: Ledger;
  readonly web: Web;
  /** Of the only reader, for the only list. */
  readonly token: string;
  readonly clock: { now: number };
  readonly faults: Error[];
  request(path: string, init?: RequestInit): Promise<{ status: number; text: string; headers: Headers }>;
  /** As a page's form does. */
  post(path: string, fields: Readonly<Record<string, string>>): Promise<{ status: number; text: string; headers: Headers }>;
  state(): Promise<string>;
  /** The consent log of the only reader, without the import that brought the reader. */
  log(): Promise<ConsentRecord[]>;
  close(): Promise<void>;
}

/** `secrets` are those of the web; the reader's token is always signed with the same one. */
export async function openPages({
  secrets = [SECRET],
  ...rest
}: Partial<WebParts> & { readonly secrets?: readonly string[] } = {}): Promise<ReaderPages> {
  const { ledger } = await openLedger('sqlite::memory:');
  const list = await ledger.lists.ensure('monthly', 0);
  await ledger.subscribers.import(
    [{ address: ADDRESS, key: ADDRESS, name: '<b>Ada</b> {{name}}', attributes: {} }],
    'monthly',
    0,
  );
  const reader = await ledger.subscribers.find(ADDRESS);
  const token = unsubscribeToken({ subscriber: reader?.id ?? 0, list }, [SECRET]);
  const clock = { now: NOW };
  const faults: Error[] = [];
  const { words, ...templates } = readPages([join(packageRoot(), 'templates')], 'en');
  const fakeClock = { now: () => clock.now, sleep: () => Promise.resolve() };
  const web = await startWeb({
    ...{ host: '127.0.0.1', port: 0, baseUrl: 'https://news.example', trustProxy: null, templates },
    health: () => Promise.resolve({}),
    settings: { newsletter: 'Kernel & Co', language: 'en', words, accent: null },
    lists: LISTS,
    readers: { ledger, secrets, clock: fakeClock, mayAsk: hourlyLimits(ASKS_PER_HOUR) },
    latest: () => Promise.resolve({ url: 'https://site.example/2023-01/', subject: 'The <latest>' }),
    archive: null,
    images: openImages(ledger),
    webhooks: { providers: [], take: () => Promise.reject(new Error('none')), onRefusal: () => undefined },
    onFault: (error) => faults.push(error),
    ...rest,
  });
  const request = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`http://127.0.0.1:${web.port}${path}`, { redirect: 'manual', ...init });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return {
    ...{ ledger, web, token, clock, faults, request },
    post: (path, fields) => request(path, { method: 'POST', body: new URLSearchParams(fields) }),
    async state() {
      const found = await ledger.subscribers.find(ADDRESS);
      return found?.subscriptions[0]?.state ?? 'none';
    },
    async log() {
      const history = await ledger.subscriptions.history(reader?.id ?? 0);
      return history.filter(({ kind }) => kind !== 'imported');
    },
    async close() {
      await web.close();
      await ledger.close();
    },
  };
}
