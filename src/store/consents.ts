// The consent log: it is only ever added to, in the transaction of what it tells of.
import { type Kysely, type Selectable, sql } from 'kysely';
import type { ConsentKind, ConsentOrigin, ConsentRecord, Evidence } from '../domain/consent.ts';
import type { JsonRows } from './json-rows.ts';
import type { Tables } from './schema.ts';

export interface NewConsent extends Omit<ConsentRecord, 'id'> {
  readonly subscriber: number;
}

/** What an admin does has no page and no request. */
export const BY_COMMAND: Evidence = { origin: 'command', form: '', words: '', ip: '' };

export async function insertConsent(db: Kysely<Tables>, { subscriber, list, ...rest }: NewConsent): Promise<void> {
  const { at, kind, origin, form, words, ip, detail } = rest;
  await db
    .insertInto('consents')
    .values({ at, subscriber_id: subscriber, list_id: list, kind, origin, form, words, ip, detail })
    .execute();
}

export function consentOf(row: Selectable<Tables['consents']>): ConsentRecord {
  return {
    id: Number(row.id),
    at: Number(row.at),
    list: row.list_id,
    kind: row.kind as ConsentKind,
    origin: row.origin as ConsentOrigin,
    form: row.form,
    words: row.words,
    ip: row.ip,
    detail: row.detail,
  };
}

/** Many at once. */
export async function insertConsents(db: Kysely<Tables>, each: JsonRows, consents: readonly NewConsent[]): Promise<void> {
  if (consents.length === 0) return;
  await sql`insert into consents (at, subscriber_id, list_id, kind, origin, form, words, ip, detail)
    select cast(value ->> 'at' as bigint), cast(value ->> 'subscriber' as bigint), value ->> 'list', value ->> 'kind',
      value ->> 'origin', value ->> 'form', value ->> 'words', value ->> 'ip', value ->> 'detail' from ${each(consents)}`.execute(
    db,
  );
}
