// Several who speak of one reader at the same moment, on PostgreSQL, where they truly do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/domain/consent.ts';
import type { ClaimedDelivery } from '../../src/domain/delivery.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { GONE, RETURNED_AT, report, returned } from '../contracts/ledger/returned.ts';
import { claim, LIST, mailingOf, settlement } from '../contracts/ledger/setting.ts';
import { findCommand } from '../services/install.ts';
import { type RunningPostgres, startPostgres } from '../services/postgres.ts';

const EVIDENCE: Evidence = { origin: 'one-click', form: '', words: '', ip: '' };
const READERS = 60;
// PostgreSQL takes a second to find out.
const DEADLOCKS = 8;

describe.skipIf(findCommand('postgres') === undefined)('of two at the same moment', () => {
  let postgres: RunningPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());

  const keyOf = ({ sequence }: ClaimedDelivery): string => `reader${sequence - 1}@example.org`;
  const recordOf = (ledger: Ledger, held: ClaimedDelivery, isNamed: boolean) =>
    ledger.returns.record(
      returned(isNamed ? { mailing: held.mailing, sequence: held.sequence } : null, {
        ...{ fingerprint: `${held.sequence}`, isVerified: true, reports: [report({ recipient: keyOf(held) })] },
      }),
      () => GONE,
    );
  const refuse = (ledger: Ledger, held: ClaimedDelivery) =>
    ledger.returns.refuse(settlement(held, { outcome: 'rejected', at: RETURNED_AT }), () => 'gone');
  const leave = async (ledger: Ledger, { subscriber }: ClaimedDelivery) =>
    ledger.subscriptions.leave({ subscriber: subscriber.id, list: await ledger.lists.ensure(LIST, 1) }, EVIDENCE, RETURNED_AT);

  /** Gives the errors, and of whom it was said twice that the subscription ended. */
  async function forEach(both: (ledger: Ledger, held: ClaimedDelivery) => Promise<unknown>[], readers = READERS) {
    const { ledger } = await openLedger(await postgres.newDatabase(), true);
    await ledger.lists.ensure(LIST, 1);
    const mailing = await mailingOf(ledger, readers);
    const errors: unknown[] = [];
    const endedTwice: string[] = [];
    for (const held of await claim(ledger, mailing, 'a', 110)) {
      const { id } = held.subscriber;
      for (const result of await Promise.allSettled(both(ledger, held)))
        if (result.status === 'rejected') errors.push(result.reason);
      const ended = (await ledger.subscriptions.history(id)).filter(
        ({ kind, detail }) => /left|returned/.test(kind) && detail === 'active',
      );
      if (ended.length > 1) endedTwice.push(keyOf(held));
    }
    await ledger.close();
    return { errors, endedTwice };
  }
  const FINE = { errors: [], endedTwice: [] };

  it.each<[string, (ledger: Ledger, held: ClaimedDelivery) => Promise<unknown>[]]>([
    ['the relay refuses and the reader leaves', (ledger, held) => [refuse(ledger, held), leave(ledger, held)]],
    ['a return comes and the reader leaves', (ledger, held) => [recordOf(ledger, held, true), leave(ledger, held)]],
    [
      'a return comes by its delivery and by its address',
      (ledger, held) => [recordOf(ledger, held, true), recordOf(ledger, held, false)],
    ],
  ])('%s', async (_, both) => {
    expect(await forEach(both)).toEqual(FINE);
  });

  // `refuse` locks the delivery before the subscriber, `record` the subscriber first: a deadlock. Proposed: the subscriber first.
  it('the relay refuses a delivery of which something comes back', async () => {
    expect(await forEach((ledger, held) => [refuse(ledger, held), recordOf(ledger, held, true)], DEADLOCKS)).toEqual(FINE);
  });

  // `erase` deletes the suppression before it has the subscriber: a deadlock. Proposed: `lockSubscriber` first.
  it('a reader with a suppression is erased, and something comes back', async () => {
    const erase = (ledger: Ledger, held: ClaimedDelivery) => ledger.subscribers.erase(keyOf(held), 600);
    const suppressed = async (ledger: Ledger, held: ClaimedDelivery) => {
      await ledger.suppressions.add({ key: keyOf(held), address: keyOf(held), reason: 'manual', note: '', since: 300 });
      const both = await Promise.allSettled([erase(ledger, held), recordOf(ledger, held, true)]);
      for (const each of both) if (each.status === 'rejected') throw each.reason;
    };
    expect(await forEach((ledger, held) => [suppressed(ledger, held)], DEADLOCKS)).toEqual(FINE);
  });

  // By an address alone nobody is locked: whoever leaves meanwhile is written over, and an admin who lifts it brings them
  // back. Proposed: `lockSubscriber` for each target.
  it('a provider’s word comes and the reader leaves', async () => {
    const both = (ledger: Ledger, held: ClaimedDelivery) => [recordOf(ledger, held, false), leave(ledger, held)];
    for (let round = 0; round < 5; round++) expect(await forEach(both)).toEqual(FINE);
  });
});
