// A mailing of which too much comes back: it is held, once for each cause, and a person decides.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mailing } from '../../src/domain/mailing.ts';
import type { Consequence } from '../../src/domain/returned.ts';
import { cancelMailing, pauseMailing, resumeMailing, stopForReturns } from '../../src/flows/steer-mailing.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { BOUNCED, COMPLAINED, returned } from '../contracts/ledger/returned.ts';
import { settlement } from '../contracts/ledger/setting.ts';
import { memoryLedger, NOW, openTo } from './mailing-to.ts';

const READERS = 500;
const LATER = NOW + 60_000;

let ledger: Ledger;
let mailing: Mailing;
let next: number;
beforeEach(async () => {
  next = 1;
  ledger = await memoryLedger(READERS);
  mailing = await openTo(ledger);
  const slice = { mailing: mailing.id, first: 1, last: READERS };
  const held = await ledger.deliveries.claim({ ...slice, claim: 'a', limit: READERS - 1, now: NOW, until: NOW + 50 });
  await Promise.all(held.map((each) => ledger.deliveries.settle(settlement(each, { at: NOW }))));
});
afterEach(() => ledger.close());

async function comeBack(count: number, consequence: Consequence): Promise<void> {
  for (let each = 0; each < count; each++, next++)
    await ledger.returns.record(
      returned({ mailing: mailing.id, sequence: next }, { fingerprint: `${next}`, at: NOW }),
      () => consequence,
    );
}

const look = (at = LATER) => stopForReturns(ledger, mailing, at);
const state = async () => (await ledger.mailings.get(mailing.id)).state;
const told = async () => (await ledger.mailings.events(mailing.id)).filter(({ kind }) => kind.startsWith('too-many'));
const resume = async () => resumeMailing(ledger, await ledger.mailings.get(mailing.id), LATER + 1);

describe('a mailing of which too much comes back', () => {
  it.each([
    ['bounces', 25, BOUNCED, '25 of 499 came back; receivers shut out a sender above 5 %'],
    ['complaints', 3, COMPLAINED, '3 of 499 readers called it spam; receivers shut out a sender above 0.3 %'],
  ])('as %s is held, and says why in its state and its history', async (cause, count, consequence, words) => {
    await comeBack(count, consequence);
    expect(await look()).toBe(true);
    expect(await ledger.mailings.get(mailing.id)).toMatchObject({ state: 'paused', stateReason: words });
    expect(await told()).toMatchObject([{ kind: `too-many-${cause}`, detail: words, at: LATER }]);
    expect((await ledger.mailings.untold()).map(({ kind }) => kind)).toContain(`too-many-${cause}`);
  });

  it('is held once, though every process finds it out', async () => {
    await comeBack(3, COMPLAINED);
    expect((await Promise.all([look(), look(), look()])).filter(Boolean)).toHaveLength(1);
    expect(await told()).toHaveLength(1);
  });

  it('goes on once somebody has decided so, whatever more comes of that', async () => {
    await comeBack(3, COMPLAINED);
    await look();
    expect(await resume()).toBe(true);
    await comeBack(5, COMPLAINED);
    expect(await look()).toBe(false);
    expect(await state()).toBe('sending');
  });

  it('is held again for another cause: complaints after bounces', async () => {
    await comeBack(25, BOUNCED);
    await look();
    await resume();
    await comeBack(3, COMPLAINED);
    expect(await look()).toBe(true);
    expect((await told()).map(({ kind }) => kind)).toEqual(['too-many-bounces', 'too-many-complaints']);
  });

  // Proposed: `tooManyReturns` gives all causes, and `stopForReturns` the first that nobody was told of.
  it('is held again for another cause: bounces after complaints', async () => {
    await comeBack(3, COMPLAINED);
    await look();
    await resume();
    await comeBack(25, BOUNCED);
    expect(await look()).toBe(true);
  });
});

describe('a mailing goes on', () => {
  it.each([
    ['nothing comes back', 0, BOUNCED],
    ['a few complain', 2, COMPLAINED],
    ['few bounce', 24, BOUNCED],
  ])('where %s', async (_, count, consequence) => {
    await comeBack(count, consequence);
    expect(await look()).toBe(false);
    expect([await state(), await told()]).toEqual(['sending', []]);
  });

  it('where the mail of another comes back', async () => {
    await comeBack(25, BOUNCED);
    const other = await openTo(ledger, { issue: '2023-02' });
    expect(await stopForReturns(ledger, other, LATER)).toBe(false);
  });

  it.each([
    ['paused', pauseMailing],
    ['cancelled', cancelMailing],
  ] as const)('not, where it is %s, and nothing is said', async (before, steer) => {
    await comeBack(25, BOUNCED);
    await steer(ledger, mailing, LATER);
    expect(await look()).toBe(false);
    expect([await state(), await told()]).toEqual([before, []]);
  });
});
