// A mailing is opened page by page, by whoever comes, and goes on where an opening was broken off.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openMailing, openPages } from '../../src/flows/open-mailing.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { memoryLedger, NOW, request } from './mailing-to.ts';

let ledger: Ledger;
beforeEach(async () => {
  ledger = await memoryLedger(2_500);
});
afterEach(() => ledger.close());

it('writes "started" into the history once, however often it is asked for', async () => {
  const mailing = await openMailing(ledger, request());
  expect(await openMailing(ledger, request({ at: NOW + 1 }))).toEqual(mailing);
  await Promise.all([1, 2].map(() => openPages(ledger, mailing, NOW, 10)));
  expect(await ledger.mailings.events(mailing.id)).toMatchObject([{ kind: 'started', at: NOW }]);
});

it('keeps the first edition, whatever the second request brings', async () => {
  const mailing = await openMailing(ledger, request());
  await openMailing(ledger, request({ content: { ...request().content, subject: 'Other' } }));
  expect(await ledger.mailings.editions(mailing.id)).toHaveLength(1);
});

it('keeps the beginning that it was given first', async () => {
  await openMailing(ledger, request({ startsAt: NOW + 5 }));
  expect((await openMailing(ledger, request({ startsAt: NOW + 9 }))).startsAt).toBe(NOW + 5);
});

it('writes down a thousand at a time, and is sending after the page that is empty', async () => {
  let mailing = await openMailing(ledger, request());
  const steps: [number, string][] = [];
  for (let page = 0; page < 5; page++) {
    mailing = await openPages(ledger, mailing, NOW, 1);
    steps.push([mailing.recipients, mailing.state]);
  }
  expect(steps).toEqual([
    [1_000, 'opening'],
    [2_000, 'opening'],
    [2_500, 'opening'],
    [2_500, 'sending'],
    [2_500, 'sending'],
  ]);
});

it('writes everybody down once where two open it at the same time', async () => {
  const mailing = await openMailing(ledger, request());
  const [one, other] = await Promise.all([1, 2].map(() => openPages(ledger, mailing, NOW, 10)));
  expect([one?.state, other?.state]).toEqual(['sending', 'sending']);
  expect((await ledger.mailings.books(mailing.id)).recipients).toBe(2_500);
});

it('stops where somebody paused it meanwhile', async () => {
  const mailing = await openMailing(ledger, request());
  const change = { mailing: mailing.id, from: ['opening'], to: 'paused', reason: null, event: 'paused', detail: '' } as const;
  await ledger.mailings.changeState({ ...change, at: NOW });
  expect(await openPages(ledger, mailing, NOW, 10)).toMatchObject({ state: 'paused', recipients: 0 });
});

// Once: `started` is written when a mailing is scheduled, and the editor is told that it "has started".
it('says that a mailing has started when it starts, not when it is planned', async () => {
  const mailing = await openMailing(ledger, request({ startsAt: NOW + 3_600_000 }));
  expect(await ledger.mailings.events(mailing.id)).toEqual([]);
});
