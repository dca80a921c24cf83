// A slice on its way to a relay that answers as told: what is sent, what is held back, and what the job is told.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/domain/clock.ts';
import type { Mailing } from '../../src/domain/mailing.ts';
import { deliverSlice } from '../../src/flows/deliver-slice.ts';
import type { Trouble } from '../../src/flows/judge-submission.ts';
import type { Submission } from '../../src/relay/relay.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { type Answer, deliveringBy, MINUTE_MS, memoryLedger, NOW, openTo as openToAll } from './mailing-to.ts';

const DAY_MS = 24 * 60 * MINUTE_MS;
const clock: Clock = {
  now: () => NOW,
  // Nothing is renewed while the clock stands.
  sleep: (_delayMs, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
};

let ledger: Ledger;
let mailing: Mailing;
let sent: string[];
let trouble: Trouble | undefined;

beforeEach(() => {
  sent = [];
  trouble = undefined;
});
afterEach(() => ledger.close());

async function openTo(count: number): Promise<void> {
  ledger = await memoryLedger(count);
  mailing = await openToAll(ledger);
}

function deliver(answer: Answer, signal = new AbortController().signal, at = clock) {
  const onTrouble = (found: Trouble): void => {
    trouble ??= found;
  };
  const delivering = deliveringBy(ledger, at, answer, { onTrouble });
  return deliverSlice({ mailing: mailing.id, first: 1, last: 1_000 }, delivering, signal);
}

const accept: Answer = async (recipient, mark) => {
  if (!(await mark())) return { kind: 'fenced' };
  sent.push(recipient);
  return { kind: 'replied', reply: { code: 250, text: '250 OK', stage: 'data-end' } };
};

const reply = (code: number, stage: 'rcpt' | 'mail' | 'data-end'): Submission => ({
  kind: 'replied',
  reply: { code, text: `${code} as told`, stage },
});

it('brings every delivery once, and is done', async () => {
  await openTo(40);
  expect(await deliver(accept)).toEqual({ kind: 'done' });
  expect(new Set(sent).size).toBe(40);
  expect(sent).toHaveLength(40);
  expect((await ledger.mailings.books(mailing.id)).counts).toMatchObject({ accepted: 40, due: 0 });
});

it('withholds from whoever left or was suppressed after the opening', async () => {
  await openTo(3);
  await ledger.subscribers.end('r0@example.org', 'monthly', 'unsubscribed', NOW);
  await ledger.suppressions.add({ key: 'r1@example.org', address: 'r1@example.org', reason: 'complaint', note: '', since: NOW });
  await deliver(accept);
  expect(sent).toEqual(['r2@example.org']);
  expect((await ledger.mailings.books(mailing.id)).reasons.withheld).toEqual({ ended: 1, suppressed: 1 });
});

it('never holds more than it is allowed to, so that an opt-out counts until shortly before the wire', async () => {
  await openTo(30);
  let open = 0;
  let most = 0;
  await deliver(async (recipient, mark) => {
    most = Math.max(most, ++open);
    await new Promise((resolve) => setImmediate(resolve));
    open--;
    return accept(recipient, mark);
  });
  expect(most).toBeLessThanOrEqual(5);
});

it('waits when all connections are told 421 at once, uses up no attempt, and does not take it for a pattern', async () => {
  await openTo(25);
  const answer = await deliver(() => Promise.resolve(reply(421, 'mail')));
  expect(answer).toMatchObject({ kind: 'again', at: NOW + 60_000 });
  const deliveries = await ledger.deliveries.list(mailing.id, { limit: 100 });
  expect(deliveries.every(({ outcome, attempts }) => outcome === 'due' && attempts === 0)).toBe(true);
});

it('stops at a refusal of the sender, with nobody refused', async () => {
  await openTo(25);
  const answer = await deliver(() => Promise.resolve(reply(550, 'mail')));
  expect(answer).toEqual({ kind: 'done' });
  expect(trouble?.kind).toBe('refused');
  expect(await ledger.mailings.get(mailing.id)).toMatchObject({ state: 'paused', stateReason: trouble?.message });
  expect((await ledger.mailings.books(mailing.id)).counts).toMatchObject({ due: 25, rejected: 0 });
});

it('stops when twenty in a row end badly, before it burns through the list', async () => {
  await openTo(200);
  expect(await deliver(() => Promise.resolve(reply(550, 'data-end')))).toEqual({ kind: 'done' });
  expect(trouble?.kind).toBe('streak');
  expect((await ledger.mailings.get(mailing.id)).state).toBe('paused');
  expect((await ledger.mailings.books(mailing.id)).counts.rejected).toBeLessThan(30);
});

it('does not stop for addresses that are gone, of which old lists are full', async () => {
  await openTo(60);
  const gone: Submission = { kind: 'replied', reply: { code: 550, text: '550 5.1.1 no such user', stage: 'rcpt' } };
  expect(await deliver(() => Promise.resolve(gone))).toEqual({ kind: 'done' });
  expect((await ledger.mailings.books(mailing.id)).counts).toMatchObject({ rejected: 60 });
});

it('claims nothing more when it is interrupted, and leaves the rest due', async () => {
  await openTo(50);
  const interruption = new AbortController();
  await deliver(async (recipient, mark) => {
    if (sent.length >= 7) interruption.abort();
    return accept(recipient, mark);
  }, interruption.signal);
  const { counts } = await ledger.mailings.books(mailing.id);
  expect(counts.accepted + counts.due).toBe(50);
  expect(counts.accepted).toBe(sent.length);
  expect(counts.accepted).toBeLessThan(20);
});

it('leaves in doubt whoever got no reply after the data was ended, and mails them no more', async () => {
  await openTo(3);
  const silent: Answer = async (recipient, mark) =>
    recipient.startsWith('r1@') && (await mark()) ? { kind: 'unknown', why: 'connection closed' } : accept(recipient, mark);
  expect(await deliver(silent)).toEqual({ kind: 'done' });
  expect(await deliver(accept)).toEqual({ kind: 'done' });
  expect((await ledger.mailings.books(mailing.id)).counts).toMatchObject({ accepted: 2, unknown: 1 });
});

it('tries again in a minute where the conversation broke before the data was ended', async () => {
  await openTo(1);
  expect(await deliver(() => Promise.resolve({ kind: 'unended', why: 'reset' }))).toEqual({ kind: 'again', at: NOW + 60_000 });
});

describe('a recipient who is refused', () => {
  const said = (text: string, stage: 'rcpt' | 'data-end'): Submission => ({
    kind: 'replied',
    reply: { code: Number(text.slice(0, 3)), text, stage },
  });
  const NO_USER = '550 5.1.1 User unknown';
  const reader = (index = 0) => ledger.subscribers.find(`r${index}@example.org`);
  const suppressed = async () => (await ledger.suppressions.page('', 1_000)).length;

  it('by RCPT as gone is rejected and suppressed, and the subscription ends', async () => {
    await openTo(2);
    await deliver((recipient, mark) =>
      recipient.startsWith('r0@') ? Promise.resolve(said(NO_USER, 'rcpt')) : accept(recipient, mark),
    );
    expect(await ledger.deliveries.list(mailing.id, { limit: 2 })).toMatchObject([
      { outcome: 'rejected', reason: 'user-unknown', reply: NO_USER, fate: null },
      { outcome: 'accepted' },
    ]);
    expect(await reader()).toMatchObject({
      suppression: { reason: 'gone', at: NOW },
      subscriptions: [{ state: 'ended', endedReason: 'gone' }],
    });
    expect(await reader(1)).toMatchObject({ suppression: null, subscriptions: [{ state: 'active' }] });
  });

  it.each<[string, Submission]>([
    ['at the end of the data, whatever it says', said(NO_USER, 'data-end')],
    ['as spam', said('550 5.7.1 Spam', 'rcpt')],
    ['with a full mailbox', said('552 5.2.2 Mailbox full', 'rcpt')],
    ['for this time', said('450 4.1.1 User unknown', 'rcpt')],
  ])('%s is not suppressed', async (_, submission) => {
    await openTo(1);
    await deliver(() => Promise.resolve(submission));
    expect((await ledger.mailings.books(mailing.id)).counts).toMatchObject({ accepted: 0, due: 0 });
    expect(await reader()).toMatchObject({ suppression: null, subscriptions: [{ state: 'active' }] });
  });

  it('with a mailbox that has been full for months is suppressed in the end, and not before', async () => {
    const full: Answer = () => Promise.resolve(said('552 5.2.2 Mailbox full', 'rcpt'));
    ledger = await memoryLedger(1);
    const reasons: (string | undefined)[] = [];
    for (const [month, daysAgo] of [40, 30, 20, 10, 0].entries()) {
      mailing = await openToAll(ledger, { issue: `2023-0${month + 1}`, at: NOW - daysAgo * DAY_MS });
      await deliver(full, undefined, { ...clock, now: () => NOW - daysAgo * DAY_MS });
      reasons.push((await reader())?.suppression?.reason);
    }
    expect(reasons).toEqual([undefined, undefined, undefined, 'bounces', 'bounces']);
  });

  // Those that are on their way together are believed together, or not.
  it('is suppressed up to thirty times in a row: a relay that knows nobody is no proof', async () => {
    await openTo(60);
    await deliver(() => Promise.resolve(said(NO_USER, 'rcpt')));
    expect((await ledger.mailings.books(mailing.id)).counts).toMatchObject({ rejected: 60 });
    expect(await suppressed()).toBeLessThanOrEqual(30);
    expect(await suppressed()).toBeGreaterThan(30 - 5);
  });

  it('is suppressed however many there are, where others are accepted between', async () => {
    await openTo(120);
    await deliver((recipient, mark) =>
      recipient.includes('7@') ? accept(recipient, mark) : Promise.resolve(said(NO_USER, 'rcpt')),
    );
    expect(await suppressed()).toBe(108);
  });
});
