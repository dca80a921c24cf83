// What both mailings and deliveries ask of the table of deliveries: which wait, and which lie in a slice.
import { sql } from 'kysely';
import type { Slice } from '../domain/mailing.ts';

/** Literals, not parameters: only then does the planner use the partial index deliveries_waiting. */
export const WAITING = sql<boolean>`outcome in ('due', 'deferred')`;

/** Every delivery, where no slice is given. */
export function isWithin(slice: Slice | undefined) {
  return slice === undefined ? sql<boolean>`1 = 1` : sql<boolean>`sequence between ${slice.first} and ${slice.last}`;
}
