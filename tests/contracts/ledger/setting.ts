// What the parts of the contract begin with: readers, a mailing to them, claims and settlements.
import type { ClaimedDelivery, Settlement } from '../../../src/domain/delivery.ts';
import type { EditionContent } from '../../../src/domain/edition.ts';
import type { Mailing } from '../../../src/domain/mailing.ts';
import type { NewSubscriber } from '../../../src/domain/roster.ts';
import type { Ledger, NewMailing, StateChange } from '../../../src/store/ledger.ts';
import { openAll } from '../../flows/open-all.ts';

/** The ledger of the test that runs; each has its own. */
export type LedgerOf = () => Ledger;

export const LIST = 'monthly';
export const CONTENT: EditionContent = {
  issue: '2023-01',
  list: { id: LIST, title: 'Monthly', listId: 'monthly.example.org' },
  from: { name: 'News', address: 'news@example.org' },
  replyTo: null,
  subject: 'Subject',
  html: ['<p>', { name: 'name', fallback: 'you', context: 'html' }, '</p>'],
  text: ['Hi\n'],
  url: 'https://example.org/2023-01/',
  baseUrl: 'https://news.example.org',
  returnsDomain: null,
  returnPath: 'news@example.org',
};

export function people(count: number, from = 0): NewSubscriber[] {
  return Array.from({ length: count }, (_, index) => {
    const address = `reader${from + index}@example.org`;
    return { address, key: address, name: `Reader ${from + index}`, attributes: { city: 'Berlin' } };
  });
}

export function request(rest: Partial<NewMailing> = {}): NewMailing {
  return {
    issue: '2023-01',
    list: LIST,
    content: CONTENT,
    provenance: { commit: 'abc', isModified: false },
    at: 100,
    ...rest,
  };
}

/** Opened to its end at 100, to so many readers. */
export async function mailingOf(ledger: Ledger, count: number, rest: Partial<NewMailing> = {}): Promise<Mailing> {
  await ledger.subscribers.import(people(count), LIST, 1);
  return openAll(ledger, request(rest));
}

/** For 50 milliseconds, from the first slice. */
export function claim(ledger: Ledger, { id }: Pick<Mailing, 'id'>, name: string, now: number, limit = 100) {
  return ledger.deliveries.claim({ mailing: id, first: 1, last: 1_000, claim: name, limit, now, until: now + 50 });
}

export function change(mailing: number, rest: Partial<StateChange>): StateChange {
  return { mailing, from: [], to: 'paused', reason: null, event: 'paused', detail: '', at: 100, ...rest };
}

export function settlement({ mailing, sequence, claim }: ClaimedDelivery, rest: Partial<Settlement> = {}): Settlement {
  return {
    mailing,
    sequence,
    claim,
    outcome: 'accepted',
    reason: null,
    reply: '250 OK',
    dueAt: null,
    countsAsAttempt: true,
    at: 120,
    ...rest,
  };
}

/** So many of them in doubt: marked, never answered, and the claim has run out. */
export async function leaveInDoubt(ledger: Ledger, mailing: Mailing, count: number): Promise<void> {
  for (const held of await claim(ledger, mailing, 'lost', 100, count)) await ledger.deliveries.mark(held, 101);
  await ledger.deliveries.settleAbandoned(mailing.id, 200);
}

export async function outcomesOf(ledger: Ledger, { id }: Pick<Mailing, 'id'>): Promise<string[]> {
  return (await ledger.deliveries.list(id, { limit: 1_000 })).map(({ outcome }) => outcome);
}
