// Steering a mailing: from which states each may be done, what it leaves in the ledger, and what it never touches.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mailing, MailingState } from '../../src/domain/mailing.ts';
import { openMailing } from '../../src/flows/open-mailing.ts';
import {
  amendMailing,
  cancelMailing,
  closeCancelled,
  holdNeglected,
  pauseMailing,
  resolveMailing,
  resumeMailing,
  retryMailing,
  stopMailing,
} from '../../src/flows/steer-mailing.ts';
import { RETRIED_REASONS } from '../../src/policy/may-be-retried.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { claim, outcomesOf, settlement } from '../contracts/ledger/setting.ts';
import { memoryLedger, NOW, openTo, request } from './mailing-to.ts';

const STATES = ['opening', 'sending', 'paused', 'finished', 'cancelled'] as const;
const LATER = NOW + 1_000;

let ledger: Ledger;
beforeEach(async () => {
  ledger = await memoryLedger(3);
});
afterEach(() => ledger.close());

async function put(mailing: Mailing, to: MailingState): Promise<Mailing> {
  await ledger.mailings.changeState({ mailing: mailing.id, from: STATES, to, reason: 'x', event: 'paused', detail: '', at: NOW });
  return ledger.mailings.get(mailing.id);
}

async function last({ id }: Mailing) {
  return (await ledger.mailings.events(id)).at(-1);
}

async function stateOf({ id }: Mailing) {
  return (await ledger.mailings.get(id)).state;
}

async function reject(mailing: Mailing, reason: string): Promise<void> {
  for (const held of await claim(ledger, mailing, 'a', NOW))
    await ledger.deliveries.settle(settlement(held, { outcome: 'rejected', reason }));
}

describe.each([
  ['pause', pauseMailing, ['opening', 'sending'], 'paused', 'paused'],
  ['resume', resumeMailing, ['paused'], 'sending', 'resumed'],
  ['cancel', cancelMailing, ['opening', 'sending', 'paused'], 'cancelled', 'cancelled'],
] as const)('to %s', (_, steer, from, to, event) => {
  it.each(STATES)('a mailing that is %s', async (state) => {
    const mailing = await put(await openTo(ledger), state);
    const isPossible = (from as readonly string[]).includes(state);
    expect(await steer(ledger, mailing, LATER)).toBe(isPossible);
    expect(await ledger.mailings.get(mailing.id)).toMatchObject(
      isPossible ? { state: to, stateReason: null, touchedAt: LATER } : { state, touchedAt: NOW },
    );
    expect((await last(mailing))?.kind === event && (await last(mailing))?.at === LATER).toBe(isPossible);
  });
});

describe('a mailing that stops by itself', () => {
  it.each([
    ['refused', 'stopped'],
    ['streak', 'stopped'],
    ['login-refused', 'login-refused'],
  ] as const)('for %s says why in its state and its history', async (kind, event) => {
    const mailing = await openTo(ledger);
    await stopMailing(ledger, mailing.id, { kind, message: 'The relay said no.', advice: '' }, LATER);
    expect(await ledger.mailings.get(mailing.id)).toMatchObject({ state: 'paused', stateReason: 'The relay said no.' });
    expect(await last(mailing)).toMatchObject({ kind: event, detail: 'The relay said no.', at: LATER });
  });

  it('is said once, though every slice finds it out', async () => {
    const mailing = await openTo(ledger);
    const stop = () => stopMailing(ledger, mailing.id, { kind: 'refused', message: 'No.', advice: '' }, LATER);
    await Promise.all([stop(), stop(), stop()]);
    expect((await ledger.mailings.events(mailing.id)).filter(({ kind }) => kind === 'stopped')).toHaveLength(1);
  });

  it('leaves alone what a person has paused, finished or cancelled', async () => {
    for (const state of ['paused', 'finished', 'cancelled'] as const) {
      const mailing = await put(await openTo(ledger), state);
      await stopMailing(ledger, mailing.id, { kind: 'refused', message: 'No.', advice: '' }, LATER);
      await holdNeglected(ledger, mailing, LATER);
      expect(await ledger.mailings.get(mailing.id)).toMatchObject({ state, stateReason: 'x' });
    }
  });
});

describe('a mailing that is resumed', () => {
  it('goes on being opened where it was paused before that was done', async () => {
    const mailing = await openMailing(ledger, request());
    await pauseMailing(ledger, mailing, NOW);
    await resumeMailing(ledger, await ledger.mailings.get(mailing.id), LATER);
    expect(await stateOf(mailing)).toBe('opening');
  });
});

describe('a mailing that is cancelled', () => {
  it('withholds what waits, and is closed at once where nobody holds anything', async () => {
    const mailing = await openTo(ledger);
    await cancelMailing(ledger, mailing, LATER);
    expect(await outcomesOf(ledger, mailing)).toEqual(['withheld', 'withheld', 'withheld']);
    expect((await ledger.mailings.get(mailing.id)).finishedAt).toBe(LATER);
  });

  it('waits for what is on the wire, and takes its reply', async () => {
    const mailing = await openTo(ledger);
    const [held] = await claim(ledger, mailing, 'a', NOW, 1);
    await ledger.deliveries.mark(held!, NOW);
    await cancelMailing(ledger, mailing, NOW + 10);
    expect(await closeCancelled(ledger, mailing.id, NOW + 20)).toBe(false);
    expect((await ledger.mailings.get(mailing.id)).finishedAt).toBeNull();
    await ledger.deliveries.settle(settlement(held!));
    expect(await closeCancelled(ledger, mailing.id, NOW + 30)).toBe(true);
    expect(await outcomesOf(ledger, mailing)).toEqual(['accepted', 'withheld', 'withheld']);
  });

  it('leaves in doubt what was on the wire when the claim ran out', async () => {
    const mailing = await openTo(ledger);
    const [held] = await claim(ledger, mailing, 'a', NOW, 1);
    await ledger.deliveries.mark(held!, NOW);
    await cancelMailing(ledger, mailing, NOW + 10);
    expect(await closeCancelled(ledger, mailing.id, NOW + 50)).toBe(true);
    expect(await outcomesOf(ledger, mailing)).toEqual(['unknown', 'withheld', 'withheld']);
  });
});

describe('a retry', () => {
  it.each(RETRIED_REASONS)('takes up who was refused for %s', async (reason) => {
    const mailing = await openTo(ledger);
    await reject(mailing, reason);
    expect(await retryMailing(ledger, mailing, LATER)).toBe(3);
  });

  it.each(['user-unknown', 'mailbox-full', 'address-not-supported', 'moved'])(
    'leaves alone who was refused for %s',
    async (reason) => {
      const mailing = await put(await openTo(ledger), 'sending');
      await reject(mailing, reason);
      await put(mailing, 'finished');
      expect(await retryMailing(ledger, mailing, LATER)).toBe(0);
      expect(await stateOf(mailing)).toBe('finished');
      expect((await last(mailing))?.kind).not.toBe('retried');
    },
  );

  it.each([
    ['finished', 'sending'],
    ['sending', 'sending'],
    ['paused', 'paused'],
  ] as const)('of a mailing that is %s leaves it %s, and says so in its history', async (state, after) => {
    const mailing = await openTo(ledger);
    await reject(mailing, 'spam');
    await put(mailing, state);
    await retryMailing(ledger, mailing, LATER);
    expect(await stateOf(mailing)).toBe(after);
    expect(await last(mailing)).toMatchObject({ kind: 'retried', detail: '3', at: LATER });
  });
});

describe('a decision about the doubtful', () => {
  it('to send it again lets a finished mailing go on', async () => {
    const mailing = await openTo(ledger);
    await leaveInDoubt(mailing);
    await put(mailing, 'finished');
    expect(await resolveMailing(ledger, mailing, 'resend', LATER)).toBe(3);
    expect(await stateOf(mailing)).toBe('sending');
    expect(await last(mailing)).toMatchObject({ kind: 'resolved', detail: '3 sent again' });
  });

  it('to skip them leaves a finished mailing finished', async () => {
    const mailing = await openTo(ledger);
    await leaveInDoubt(mailing);
    await put(mailing, 'finished');
    expect(await resolveMailing(ledger, mailing, 'skip', LATER)).toBe(3);
    expect(await stateOf(mailing)).toBe('finished');
    expect(await last(mailing)).toMatchObject({ kind: 'resolved', detail: '3 left as they are' });
  });

  it('counts whoever a crash has just left in doubt', async () => {
    const mailing = await openTo(ledger);
    const [held] = await claim(ledger, mailing, 'a', NOW, 1);
    await ledger.deliveries.mark(held!, NOW);
    expect(await resolveMailing(ledger, mailing, 'skip', NOW + 49)).toBe(0);
    expect(await resolveMailing(ledger, mailing, 'skip', NOW + 50)).toBe(1);
  });

  it('about nobody changes nothing', async () => {
    const mailing = await put(await openTo(ledger), 'finished');
    expect(await resolveMailing(ledger, mailing, 'resend', LATER)).toBe(0);
    expect(await stateOf(mailing)).toBe('finished');
  });

  async function leaveInDoubt(mailing: Mailing): Promise<void> {
    for (const held of await claim(ledger, mailing, 'lost', NOW)) await ledger.deliveries.mark(held, NOW);
    await ledger.deliveries.settleAbandoned(mailing.id, NOW + 50);
  }
});

describe('an amendment', () => {
  const mended = { ...request().content, subject: 'Mended' };
  const source = { commit: 'abc', isModified: false };

  it('goes to whoever has not been tried, and says to how many', async () => {
    const mailing = await openTo(ledger);
    const [held] = await claim(ledger, mailing, 'a', NOW, 1);
    await ledger.deliveries.settle(settlement(held!));
    expect(await amendMailing(ledger, mailing, { content: mended, provenance: source }, LATER)).toEqual({ edition: 2, count: 2 });
    expect(await last(mailing)).toMatchObject({ kind: 'amended', detail: 'edition 2 for 2', at: LATER });
  });

  it('while the mailing is opened is what everybody after gets, too', async () => {
    const mailing = await openMailing(ledger, request());
    await amendMailing(ledger, mailing, { content: mended, provenance: source }, LATER);
    await openTo(ledger);
    expect((await ledger.mailings.booksByEdition(mailing.id)).map(({ edition }) => edition)).toEqual([2]);
  });

  it('with the same text gives nobody anything else', async () => {
    const mailing = await openTo(ledger);
    expect(await amendMailing(ledger, mailing, { content: request().content, provenance: source }, LATER)).toEqual({
      edition: 1,
      count: 0,
    });
  });
});
