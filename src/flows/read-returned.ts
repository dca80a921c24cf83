// A returned message, read, and what of ours it names by signature. Nothing is written down.
import type { DeliveryId } from '../domain/delivery.ts';
import type { ReadReport } from '../domain/returned.ts';
import type { SubscriptionRef } from '../domain/subscription.ts';
import { deliveryNamedIn, unsubscribeNamedIn } from '../link/delivery-links.ts';
import { readReturn } from '../returns/read-return.ts';

export interface Returned {
  readonly reports: readonly ReadReport[];
  /** Null where it names none of ours, or there is no secret to know it by. */
  readonly delivery: DeliveryId | null;
  /** The subscription that whoever wrote it wants to end, by the address of List-Unsubscribe; null for none. */
  readonly leaves: SubscriptionRef | null;
  /** One and the same for the same return, whatever way it took. */
  readonly fingerprint: string;
}

/** `envelope`: the addresses that it came to, where its bearer tells them. */
export async function readReturned(
  bytes: Uint8Array,
  secrets: readonly string[],
  envelope: readonly string[] = [],
): Promise<Returned> {
  const { reports, cameTo, names, fingerprint } = await readReturn(bytes);
  const addresses = [...envelope, cameTo].join('\n');
  const delivery = deliveryNamedIn(`${addresses}\n${names}`, secrets) ?? null;
  // A bounce of somebody else's mail, or a program's answer, is nobody's wish.
  const isWritten = reports.every(({ kind }) => kind === 'other');
  const leaves = (isWritten && unsubscribeNamedIn(addresses, secrets)) || null;
  return { reports, delivery, leaves, fingerprint: `${fingerprint}/${delivery?.mailing ?? ''}/${delivery?.sequence ?? ''}` };
}
