// An address as an import and its undoing see it: what is in the ledger under it, and what its owner has said here.
import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { OwnWord } from '../domain/claim.ts';
import type { SubscriptionState } from '../domain/subscription.ts';
import type { JsonRows } from './json-rows.ts';
import type { Person } from './people.ts';
import { parseAttributes } from './rows.ts';
import type { Tables } from './schema.ts';

/** Imports come one after the other: of two claims about one address the second must see the first. */
export async function takeTurn(tx: Transaction<Tables>): Promise<void> {
  await sql`update ledger set one = one`.execute(tx);
}

/** What is in the ledger under an address, with what its owner has said here. */
export interface Known extends Person, Omit<OwnWord, 'isErased'> {
  readonly id: number | null;
}

export const NOBODY: Known = {
  ...{ id: null, isKnown: false, name: '', attributes: {}, subscription: null, suppression: null },
  ...{ isAskedFor: false, confirmedAt: null },
};

export type Profile = Pick<Person, 'name' | 'attributes'>;

export function areAlike(one: Profile, other: Profile): boolean {
  return one.name === other.name && JSON.stringify(one.attributes) === JSON.stringify(other.attributes);
}

export type Keyed = { readonly key: string };

export async function readPeople(
  tx: Transaction<Tables>,
  each: JsonRows,
  list: string,
  rows: readonly Keyed[],
): Promise<Map<string, Known>> {
  const last = (kinds: RawBuilder<unknown>) =>
    sql`(select max(at) from consents where subscriber_id = subscribers.id and list_id = ${list} and kind in (${kinds}))`;
  const { rows: found } = await sql<FoundRow>`
    select keys.key, subscribers.id, name, attributes, state, ended_reason, since_at, reason, suppressions.created_at as suppressed_at,
      ${last(sql`'asked'`)} as asked_at, ${last(sql`'confirmed', 'came-back'`)} as confirmed_at
    from (select value ->> 'key' as key from ${each(rows.map(({ key }) => ({ key })))}) as keys
    left join subscribers on subscribers.address_key = keys.key
    left join subscriptions on subscriber_id = subscribers.id and list_id = ${list}
    left join suppressions on suppressions.address_key = keys.key`.execute(tx);
  return new Map(found.map((row) => [row.key, knownOf(row)]));
}

interface FoundRow {
  readonly key: string;
  readonly id: number | null;
  readonly name: string | null;
  readonly attributes: string | null;
  readonly state: string | null;
  readonly ended_reason: string | null;
  readonly since_at: number | null;
  readonly reason: string | null;
  readonly suppressed_at: number | null;
  readonly asked_at: number | null;
  readonly confirmed_at: number | null;
}

function knownOf(row: FoundRow): Known {
  return {
    id: row.id,
    isKnown: row.id !== null,
    name: row.name ?? '',
    attributes: parseAttributes(row.attributes ?? '{}'),
    subscription:
      row.state === null
        ? null
        : { state: row.state as SubscriptionState, endedReason: row.ended_reason, since: row.since_at ?? 0 },
    suppression: row.reason === null ? null : { reason: row.reason, since: row.suppressed_at ?? 0 },
    isAskedFor: row.asked_at !== null,
    confirmedAt: row.confirmed_at,
  };
}

export async function putProfiles(
  tx: Transaction<Tables>,
  each: JsonRows,
  profiles: readonly (readonly [string, Profile])[],
): Promise<void> {
  if (profiles.length === 0) return;
  const rows = profiles.map(([key, { name, attributes }]) => ({ key, name, attributes: JSON.stringify(attributes) }));
  await sql`update subscribers set name = value ->> 'name', attributes = value ->> 'attributes'
    from ${each(rows)} where address_key = value ->> 'key'`.execute(tx);
}

/** Written down as nothing. */
export function isNobody({ isKnown, suppression }: Person): boolean {
  return !isKnown && suppression === null;
}

export function personOf(json: string): Person {
  return json === '' ? NOBODY : (JSON.parse(json) as Person);
}
