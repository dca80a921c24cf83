// Five thousand readers behind servers of every temper: the ledger and the witness agree to the last address.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRelay, runningOf, systemClock } from '../../src/app.ts';
import { totalOf } from '../../src/domain/outcome.ts';
import { openMailing } from '../../src/flows/open-mailing.ts';
import { runMailing } from '../../src/flows/run-mailing.ts';
import { RELAY_DEFAULTS } from '../../src/relay/relay.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { benchContent } from '../bench/content.ts';
import { type RunningSink, runSink, takenBy } from './cli.ts';

const COUNT = 5_000;
// One in ten is treated badly, in one of five ways.
const TEMPERS = ['gone', 'grey', 'lost', 'dropped', 'early'];
const RULES = ['refuse:gone*', 'defer:grey*:1', 'drop-at-data:lost*:1', 'drop-after-dot:dropped*', 'answer-early:early*'];

let sink: RunningSink;
let ledger: Ledger;

beforeAll(async () => {
  sink = await runSink(RULES);
  ledger = (await openLedger(`sqlite:${join(mkdtempSync(join(tmpdir(), 'postrider-story-')), 'ledger.sqlite')}`)).ledger;
});
afterAll(async () => {
  await ledger?.close();
  await sink?.stop();
});

function addressOf(index: number): string {
  const temper = index % 10 === 5 ? TEMPERS[Math.floor(index / 10) % TEMPERS.length] : 'reader';
  return `${temper}${index}@example.org`;
}

async function addressesOf(mailing: number, outcome: 'accepted' | 'rejected' | 'unknown'): Promise<string[]> {
  return (await ledger.deliveries.list(mailing, { outcome, limit: COUNT })).map(({ address }) => address).sort();
}

it('loses nobody, mails nobody twice, and lists by name whoever is in doubt', { timeout: 120_000 }, async () => {
  await ledger.lists.ensure('monthly', 0);
  for (let first = 0; first < COUNT; first += 1_000) {
    const rows = Array.from({ length: 1_000 }, (_, index) => ({
      address: addressOf(first + index),
      key: addressOf(first + index),
      name: 'Ada',
      attributes: {},
    }));
    await ledger.subscribers.import(rows, 'monthly', 0);
  }
  const port = Number(sink.url.split(':').at(-1));
  const relay = openRelay({
    ...RELAY_DEFAULTS,
    host: '127.0.0.1',
    port,
    security: 'none',
    login: null,
    ehloName: null,
    connections: 20,
    messagesPerSecond: 0,
    authority: null,
  });
  const mailing = await openMailing(ledger, {
    issue: '2023-01',
    list: 'monthly',
    content: benchContent(1),
    provenance: { commit: null, isModified: true },
    at: systemClock.now(),
  });
  const patience = { delaysMs: [1_000], giveUpAfterMs: 60_000 };
  const end = await runMailing(
    mailing,
    runningOf({ ledger, relay, secrets: ['a secret for a story'], patience }),
    new AbortController().signal,
  );
  await relay.close();

  expect(end).toEqual({ kind: 'over' });
  const books = await ledger.mailings.books(mailing.id);
  expect(totalOf(books.counts)).toBe(COUNT);
  expect(books.counts).toMatchObject({ accepted: 4_700, rejected: 200, unknown: 100, due: 0, deferred: 0 });

  const everybody = Array.from({ length: COUNT }, (_, index) => addressOf(index));
  const startingWith = (...names: string[]): string[] =>
    everybody.filter((address) => names.some((name) => address.startsWith(name))).sort();
  expect(await addressesOf(mailing.id, 'rejected')).toEqual(startingWith('gone', 'early'));
  expect(await addressesOf(mailing.id, 'unknown')).toEqual(startingWith('dropped'));
  expect(await addressesOf(mailing.id, 'accepted')).toEqual(startingWith('reader', 'grey', 'lost'));

  const taken = takenBy(sink);
  expect(new Set(taken).size).toBe(taken.length);
  expect(taken.sort()).toEqual(startingWith('reader', 'grey', 'lost', 'dropped'));
});
