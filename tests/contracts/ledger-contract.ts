// What every ledger must do, whatever it is kept in. Called by ledger.test.ts for each engine; its parts stand, noun
// by noun, in ledger/.
import { afterEach, beforeEach, describe } from 'vitest';
import type { Ledger } from '../../src/store/ledger.ts';
import { afterReturnsContract } from './ledger/after-returns.ts';
import { choosingContract } from './ledger/choosing.ts';
import { crewContract } from './ledger/crew.ts';
import { decisionsContract } from './ledger/decisions.ts';
import { deliveriesContract } from './ledger/deliveries.ts';
import { editionsContract } from './ledger/editions.ts';
import { erasureContract } from './ledger/erasure.ts';
import { eventsContract } from './ledger/events.ts';
import { imagesContract } from './ledger/images.ts';
import { importsContract } from './ledger/imports.ts';
import { mailingsContract } from './ledger/mailings.ts';
import { publishedContract } from './ledger/published.ts';
import { ratesContract } from './ledger/rates.ts';
import { returnsContract } from './ledger/returns.ts';
import { returnsShownContract } from './ledger/returns-shown.ts';
import { type LedgerOf, LIST } from './ledger/setting.ts';
import { statesContract } from './ledger/states.ts';
import { subscribersContract } from './ledger/subscribers.ts';
import { subscriptionsContract } from './ledger/subscriptions.ts';
import { suppressionsContract } from './ledger/suppressions.ts';

const PARTS: readonly ((of: LedgerOf) => void)[] = [
  subscribersContract,
  subscriptionsContract,
  choosingContract,
  importsContract,
  suppressionsContract,
  erasureContract,
  mailingsContract,
  statesContract,
  editionsContract,
  publishedContract,
  eventsContract,
  imagesContract,
  deliveriesContract,
  decisionsContract,
  returnsContract,
  afterReturnsContract,
  returnsShownContract,
  crewContract,
  ratesContract,
];

export function ledgerContract(name: string, open: () => Promise<Ledger>): void {
  describe(`a ledger on ${name}`, () => {
    let ledger: Ledger;
    beforeEach(async () => {
      ledger = await open();
      await ledger.lists.ensure(LIST, 1);
    });
    afterEach(() => ledger.close());
    for (const part of PARTS) part(() => ledger);
  });
}
