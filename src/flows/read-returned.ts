// A returned message, read, and the delivery of ours that it names by signature. Nothing is written down.
import type { DeliveryId } from '../domain/delivery.ts';
import { deliveryNamedIn } from '../link/delivery-links.ts';
import { type ReadReport, readReturn } from '../returns/read-return.ts';

export interface Returned {
  readonly reports: readonly ReadReport[];
  /** Null where it names none of ours, or there is no secret to know it by. */
  readonly delivery: DeliveryId | null;
}

export async function readReturned(bytes: Uint8Array, secrets: readonly string[]): Promise<Returned> {
  const { reports, names } = await readReturn(bytes);
  return { reports, delivery: deliveryNamedIn(names, secrets) ?? null };
}
