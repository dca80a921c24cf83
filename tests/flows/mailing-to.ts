// A mailing to so many readers in a ledger in memory, and all that its slices are delivered with: a relay that answers
// as told, on the clock that the test holds.
import { setTimeout as sleep } from 'node:timers/promises';
import { systemRandom } from '../../src/app.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { Mailing } from '../../src/domain/mailing.ts';
import type { Delivering } from '../../src/flows/deliver-slice.ts';
import { editionCache } from '../../src/flows/edition-cache.ts';
import { relayHealth } from '../../src/flows/relay-health.ts';
import { PATIENCE } from '../../src/policy/next-attempt.ts';
import type { Mark, Relay, Submission } from '../../src/relay/relay.ts';
import type { Ledger, NewMailing } from '../../src/store/ledger.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { benchContent } from '../bench/content.ts';
import type { FakeClock } from '../domain/fake-clock.ts';
import { openAll } from './open-all.ts';

export const NOW = Date.UTC(2026, 0, 1, 12);
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

// Longer than the ledger lets a settlement wait for company.
const GATHERED_MS = 8;

export type Answer = (recipient: string, mark: Mark) => Promise<Submission>;

export async function memoryLedger(readers = 0): Promise<Ledger> {
  const { ledger } = await openLedger('sqlite::memory:');
  await ledger.lists.ensure('monthly', 0);
  const rows = Array.from({ length: readers }, (_, index) => `r${index}@example.org`);
  await ledger.subscribers.import(
    rows.map((address) => ({ address, key: address, name: '', attributes: {} })),
    'monthly',
    0,
  );
  return ledger;
}

export function request(rest: Partial<NewMailing> = {}): NewMailing {
  const provenance = { commit: null, isModified: true };
  return { issue: '2023-01', list: 'monthly', content: benchContent(1), provenance, at: NOW, ...rest };
}

/** To everybody on the list, opened to its last page. */
export function openTo(ledger: Ledger, rest: Partial<NewMailing> = {}): Promise<Mailing> {
  return openAll(ledger, request(rest));
}

/** Lets everything run that does not wait for the clock, and the ledger write down what it gathers. */
export async function quiet(clock: FakeClock): Promise<void> {
  for (let round = 0; round < 3; round++) {
    for (let turn = 0; turn < 10; turn++) await clock.advance(0);
    await sleep(GATHERED_MS);
  }
  for (let turn = 0; turn < 10; turn++) await clock.advance(0);
}

export function relayThat(answer: Answer): Relay {
  return {
    connections: 5,
    messagesPerSecond: 0,
    submit: (prepare, mark) => {
      const message = prepare();
      return message === null ? Promise.resolve({ kind: 'unstarted' }) : answer(message.envelope.recipient, mark);
    },
    close: () => Promise.resolve(),
  };
}

export function deliveringBy(ledger: Ledger, clock: Clock, answer: Answer, rest: Partial<Delivering> = {}): Delivering {
  return {
    ledger,
    relay: relayThat(answer),
    clock,
    random: systemRandom,
    secrets: ['a secret for a test'],
    patience: PATIENCE,
    health: relayHealth(5),
    limitsAt: () => null,
    onUnknown: 'hold',
    editionOf: editionCache(ledger),
    onClaim: () => undefined,
    onTrouble: () => undefined,
    ...rest,
  };
}

export const accept: Answer = async (_recipient, mark) =>
  (await mark()) ? { kind: 'replied', reply: { code: 250, text: '250 OK', stage: 'data-end' } } : { kind: 'fenced' };

/** The data is ended, and no reply comes. */
export const fallSilent: Answer = async (_recipient, mark) =>
  (await mark()) ? { kind: 'unknown', why: 'connection closed' } : { kind: 'fenced' };

export const sayBusy: Answer = () =>
  Promise.resolve({ kind: 'replied', reply: { code: 421, text: '421 too busy', stage: 'mail' } });
