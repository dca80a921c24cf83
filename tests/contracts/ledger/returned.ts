// A return, what it reports, and what is judged of it: the parts of the contract that are about returned mail begin with these.
import type { DeliveryId } from '../../../src/domain/delivery.ts';
import type { Mailing } from '../../../src/domain/mailing.ts';
import type { Consequence, NewReturn, ReadReport } from '../../../src/domain/returned.ts';
import type { Ledger } from '../../../src/store/ledger.ts';
import { claim, settlement } from './setting.ts';

export const ADDRESS = 'reader0@example.org';
export const RETURNED_AT = 500;

export const NOTHING: Consequence = { fate: null, reason: null, suppression: null };
export const BOUNCED: Consequence = { fate: 'bounced', reason: 'mailbox-full', suppression: null };
export const GONE: Consequence = { fate: 'bounced', reason: 'user-unknown', suppression: 'gone' };
export const COMPLAINED: Consequence = { fate: 'complained', reason: 'complaint', suppression: 'complaint' };

export function report(rest: Partial<ReadReport> = {}): ReadReport {
  return {
    kind: 'bounce',
    recipient: ADDRESS,
    status: '5.1.1',
    reason: 'user-unknown',
    isGone: true,
    words: `550 5.1.1 <${ADDRESS}> User unknown`,
    ...rest,
  };
}

export function returned(delivery: DeliveryId | null, rest: Partial<NewReturn> = {}): NewReturn {
  return {
    fingerprint: 'one',
    at: RETURNED_AT,
    way: 'mailbox',
    reports: [report()],
    delivery,
    isVerified: false,
    effect: '',
    ...rest,
  };
}

/** The first delivery of a mailing. */
export function firstOf({ id }: Pick<Mailing, 'id'>): DeliveryId {
  return { mailing: id, sequence: 1 };
}

export async function acceptAll(ledger: Ledger, mailing: Pick<Mailing, 'id'>, reply = '250 OK'): Promise<void> {
  for (const held of await claim(ledger, mailing, 'a', 5_000)) await ledger.deliveries.settle(settlement(held, { reply }));
}
