// A returned message to the ledger: read, recognised, written down once, and acted upon. It may be brought again at any
// moment, by whatever way: whoever brings it lets go of it only when this has settled.
//
// **Invariant**: nobody is removed without proof. Only our own signature names a delivery, and only a delivery, or a
// provider whose signature holds, is acted upon. All else is counted.
import type { Clock } from '../domain/clock.ts';
import type { Evidence } from '../domain/consent.ts';
import type { Way } from '../domain/returned.ts';
import { deliveryNamedIn, unsubscribeNamedIn } from '../link/delivery-links.ts';
import { afterReturn } from '../policy/after-a-return.ts';
import type { Ledger } from '../store/ledger.ts';
import { type Returned, readReturned } from './read-returned.ts';

export interface TakingReturns {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Newest first. */
  readonly secrets: readonly string[];
}

/** A message as it came in. */
export interface Arrival {
  readonly bytes: Uint8Array;
  readonly way: Way;
  /** The addresses of its envelope; none where whoever brings it does not tell. */
  readonly envelope: readonly string[];
}

/** `ordinary`: neither a return nor named by anything of ours, and not written down. */
export type Taken = 'recorded' | 'known' | 'ordinary';

const BY_MAILTO: Evidence = { origin: 'mail', form: 'mailto', words: 'List-Unsubscribe', ip: '' };

export async function takeReturn({ bytes, way, envelope }: Arrival, taking: TakingReturns): Promise<Taken> {
  const { ledger, clock, secrets } = taking;
  const returned = await readReturned(bytes, secrets, envelope);
  if (isOrdinary(returned)) return 'ordinary';
  const { reports, delivery, leaves, fingerprint } = returned;
  const at = clock.now();
  // Written down after it is done: brought again after a crash, it is done again, and changes nothing.
  if (leaves !== null) {
    if (await ledger.returns.isKnown(fingerprint)) return 'known';
    await ledger.subscriptions.leave(leaves, BY_MAILTO, at);
  }
  const effect = leaves === null ? '' : 'left';
  return ledger.returns.record({ fingerprint, at, way, reports, delivery, isVerified: false, effect }, (to) =>
    afterReturn(reports, to, at),
  );
}

/** Whether mail to this address is ours to take. */
export function isNamedByUs(address: string, secrets: readonly string[]): boolean {
  return deliveryNamedIn(address, secrets) !== undefined || unsubscribeNamedIn(address, secrets) !== undefined;
}

/** Mail of people, and of programs that answer somebody else. */
function isOrdinary({ reports, delivery, leaves }: Returned): boolean {
  return delivery === null && leaves === null && reports.every(({ kind }) => kind === 'other' || kind === 'auto-reply');
}
