// Files of subscribers into the ledger. What becomes of a row is decided by domain/claim.ts; here it is read and written in
// groups. Each change is noted with what was before and after it, so that an import can be undone.
import { sql, type Transaction } from 'kysely';
import { type Holding, mergeClaim } from '../domain/claim.ts';
import type { RosterRow } from '../domain/roster.ts';
import { insertConsents, type NewConsent } from './consents.ts';
import type { LedgerDatabase } from './engine.ts';
import { erasedAmong } from './erasure.ts';
import type { JsonRows } from './json-rows.ts';
import { areAlike, isNobody, type Keyed, type Known, NOBODY, putProfiles, readPeople, takeTurn } from './known-people.ts';
import { dropWaitingLetters } from './letters.ts';
import type { ImportedRow, ImportRequest, ImportStore, Person } from './people.ts';
import type { Tables } from './schema.ts';
import { undo } from './undo-import.ts';

export function importStore(db: LedgerDatabase, each: JsonRows, eraseKey: string): ImportStore {
  return {
    async begin({ at, list, source, format, consent }) {
      const { id } = await db
        .insertInto('imports')
        .values({ at, list_id: list, source, format, consent, undone_at: null })
        .returning('id')
        .executeTakeFirstOrThrow();
      return Number(id);
    },
    apply: (rows, request) => applyRows(db, each, eraseKey, rows, request),
    async all() {
      const rows = await db
        .selectFrom('imports')
        .selectAll()
        .select((eb) =>
          eb
            .selectFrom('import_changes')
            .select(eb.fn.countAll<number>().as('changes'))
            .whereRef('import_id', '=', 'imports.id')
            .as('changes'),
        )
        .orderBy('id', 'desc')
        .execute();
      return rows.map((row) => ({
        ...{ id: Number(row.id), at: Number(row.at), list: row.list_id },
        ...{ source: row.source, format: row.format, consent: row.consent },
        undoneAt: row.undone_at === null ? null : Number(row.undone_at),
        changes: Number(row.changes),
      }));
    },
    undo: (id, limit, at) => db.transaction().execute((tx) => undo(tx, each, { id, limit, at })),
  };
}

export async function applyRows(
  db: LedgerDatabase,
  each: JsonRows,
  eraseKey: string,
  rows: readonly RosterRow[],
  request: ImportRequest,
): Promise<ImportedRow[]> {
  if (rows.length === 0) return [];
  return db.transaction().execute(async (tx) => {
    await takeTurn(tx);
    const known = await readPeople(tx, each, request.list, rows);
    const erased = await erasedAmong(tx, [...known.keys()], eraseKey);
    const merged = rows.map((row) => mergeRow(row, known.get(row.key) ?? NOBODY, erased.has(row.key), request.at));
    if (!request.isRehearsal) await write(tx, each, merged, request);
    return merged;
  });
}

interface Merged extends ImportedRow {
  readonly row: RosterRow;
}

function mergeRow(row: RosterRow, known: Known, isErased: boolean, at: number): Merged {
  const { id: _id, isAskedFor, confirmedAt, ...before } = known;
  const merged = mergeClaim(before, row.claim, { isErased, isAskedFor, confirmedAt }, at);
  if (merged.kind === 'kept') return { row, result: 'kept', before, after: before };
  const { subscription, suppression } = merged.holding;
  const isKnown = before.isKnown || subscription !== null;
  const profile = isKnown ? fillIn(before, row) : before;
  const isSame = subscription === before.subscription && suppression === before.suppression && areAlike(profile, before);
  if (isSame) return { row, result: 'unchanged', before, after: before };
  const isNew = before.subscription === null && (subscription !== null || !before.isKnown);
  return { row, result: isNew ? 'added' : 'updated', before, after: { ...profile, isKnown, subscription, suppression } };
}

/** Filled columns win over what is there; empty ones leave it. */
function fillIn(before: Person, row: RosterRow): Pick<Person, 'name' | 'attributes'> {
  const filled = Object.entries(row.attributes).filter(([, value]) => value !== '' || !before.isKnown);
  return { name: row.name || before.name, attributes: { ...before.attributes, ...Object.fromEntries(filled) } };
}

async function write(tx: Transaction<Tables>, each: JsonRows, merged: readonly Merged[], request: ImportRequest): Promise<void> {
  if (request.import !== null) await noteChanges(tx, each, merged.filter(isNoteworthy), request.import);
  const changed = merged.filter(({ before, after }) => before !== after);
  if (changed.length === 0) return;
  await insertSubscribers(tx, each, changed, request.at);
  await putProfiles(
    tx,
    each,
    changed.filter(({ before, after }) => before.isKnown && !areAlike(before, after)).map(({ row, after }) => [row.key, after]),
  );
  const ids = await idsOf(
    tx,
    each,
    changed.map(({ row }) => row),
  );
  await putSubscriptions(tx, each, request.list, ids, changed.map(stepOf));
  await putSuppressions(tx, each, changed.map(stepOf));
  await insertConsents(
    tx,
    each,
    changed.flatMap((each) => consentsOf(each, ids.get(each.row.key), request)),
  );
  await dropWaitingLetters(
    tx,
    changed.flatMap(({ row, after }) =>
      after.suppression || after.subscription?.state === 'ended' ? (ids.get(row.key) ?? []) : [],
    ),
  );
  if (request.letterEveryMs !== null) await writeLetters(tx, each, changed, ids, request, request.letterEveryMs);
}

/** Also what was so before, where it keeps somebody from being mailed: another import that said it may be undone. */
function isNoteworthy({ row: { claim }, result, before, after }: Merged): boolean {
  return before !== after || (result === 'unchanged' && (claim.state === 'ended' || claim.state === 'suppressed'));
}

async function insertSubscribers(tx: Transaction<Tables>, each: JsonRows, changed: readonly Merged[], at: number): Promise<void> {
  const added = changed
    .filter(({ before, after }) => !before.isKnown && after.isKnown)
    .map(({ row, after }) => ({
      ...{ address: row.address, key: row.key, name: after.name },
      attributes: JSON.stringify(after.attributes),
    }));
  if (added.length === 0) return;
  await sql`insert into subscribers (address, address_key, name, attributes, created_at)
    select value ->> 'address', value ->> 'key', value ->> 'name', value ->> 'attributes', cast(${at} as bigint) from ${each(added)}
    where true on conflict (address_key) do nothing`.execute(tx);
}

async function idsOf(tx: Transaction<Tables>, each: JsonRows, rows: readonly Keyed[]): Promise<Map<string, number>> {
  const keys = sql`select value ->> 'key' from ${each(rows.map(({ key }) => ({ key })))}`;
  const { rows: found } = await sql<{ id: number; address_key: string }>`
    select id, address_key from subscribers where address_key in (${keys})`.execute(tx);
  return new Map(found.map(({ id, address_key }) => [address_key, id]));
}

/** From one holding to another, for one address. */
interface Step {
  readonly key: string;
  readonly address: string;
  readonly from: Holding;
  readonly to: Holding;
}

function stepOf({ row: { key, address }, before, after }: Merged): Step {
  return { key, address, from: before, to: after };
}

/** Whoever changed a subscription in this very moment, as by the link in a mail, keeps the last word. */
async function putSubscriptions(
  tx: Transaction<Tables>,
  each: JsonRows,
  list: string,
  ids: ReadonlyMap<string, number>,
  steps: readonly Step[],
): Promise<void> {
  const rows = steps
    .filter(({ from, to }) => from.subscription !== to.subscription && to.subscription !== null)
    .map(({ key, from, to }) => ({
      ...{ id: ids.get(key), was: from.subscription?.state ?? null },
      ...{ state: to.subscription?.state, reason: to.subscription?.endedReason, since: to.subscription?.since },
    }))
    .filter(({ id }) => id !== undefined);
  const [added, updated] = [rows.filter(({ was }) => was === null), rows.filter(({ was }) => was !== null)];
  if (added.length > 0)
    await sql`insert into subscriptions (list_id, subscriber_id, state, ended_reason, since_at)
      select ${list}, cast(value ->> 'id' as bigint), value ->> 'state', value ->> 'reason', cast(value ->> 'since' as bigint)
      from ${each(added)} where true on conflict (list_id, subscriber_id) do nothing`.execute(tx);
  if (updated.length > 0)
    await sql`update subscriptions
      set state = value ->> 'state', ended_reason = value ->> 'reason', since_at = cast(value ->> 'since' as bigint)
      from ${each(updated)}
      where list_id = ${list} and subscriber_id = cast(value ->> 'id' as bigint) and subscriptions.state = value ->> 'was'`.execute(
      tx,
    );
}

async function putSuppressions(tx: Transaction<Tables>, each: JsonRows, steps: readonly Step[]): Promise<void> {
  const rows = steps
    .filter(({ from, to }) => from.suppression !== to.suppression && to.suppression !== null)
    .map(({ key, address, to }) => ({ key, address, reason: to.suppression?.reason, since: to.suppression?.since }));
  if (rows.length === 0) return;
  await sql`insert into suppressions (address_key, address, reason, created_at)
    select value ->> 'key', value ->> 'address', value ->> 'reason', cast(value ->> 'since' as bigint) from ${each(rows)}
    where true on conflict (address_key) do update set reason = excluded.reason, created_at = excluded.created_at,
      note = case when suppressions.reason = excluded.reason then suppressions.note else '' end`.execute(tx);
}

function consentsOf({ row, before, after }: Merged, subscriber: number | undefined, request: ImportRequest): NewConsent[] {
  if (subscriber === undefined) return [];
  const { evidence, at } = request;
  const entry = { subscriber, ...evidence, ip: row.ip || evidence.ip };
  const { subscription, suppression } = after;
  const entries: NewConsent[] = [];
  if (subscription !== null && subscription !== before.subscription) {
    const detail = subscription.endedReason === null ? subscription.state : `${subscription.state}: ${subscription.endedReason}`;
    entries.push({ ...entry, at: row.claim.since ?? at, list: request.list, kind: 'imported', detail });
  }
  if (suppression !== null && suppression !== before.suppression)
    entries.push({ ...entry, at: row.claim.since ?? at, list: '', kind: 'suppressed', detail: suppression.reason });
  return entries;
}

/** Spread over time, so that whoever asks meanwhile need not wait behind them. */
async function writeLetters(
  tx: Transaction<Tables>,
  each: JsonRows,
  changed: readonly Merged[],
  ids: ReadonlyMap<string, number>,
  { list, at, noLetterSince = at }: ImportRequest,
  everyMs: number,
): Promise<void> {
  const waiting = changed
    .filter(({ before, after }) => before.subscription === null && after.subscription?.state === 'pending' && !after.suppression)
    .map(({ row }, index) => ({ id: ids.get(row.key), due: at + index * everyMs }));
  if (waiting.length === 0) return;
  await sql`insert into letters (kind, subscriber_id, lists, created_at, due_at, tries, sent_at)
    select 'confirm', cast(value ->> 'id' as bigint), ${JSON.stringify([list])}, cast(${at} as bigint), cast(value ->> 'due' as bigint), 0, null
    from ${each(waiting)}
    where not exists (select 1 from letters where subscriber_id = cast(value ->> 'id' as bigint) and created_at > ${noLetterSince})`.execute(
    tx,
  );
}

async function noteChanges(tx: Transaction<Tables>, each: JsonRows, changed: readonly Merged[], importId: number): Promise<void> {
  const rows = changed.map(({ row, before, after }) => ({
    ...{ key: row.key, before: isNobody(before) ? '' : JSON.stringify(before), after: JSON.stringify(after) },
  }));
  // An address that stands in the file again goes back to what it was before the file.
  await sql`insert into import_changes (import_id, address_key, before, after)
    select cast(${importId} as bigint), value ->> 'key', value ->> 'before', value ->> 'after' from ${each(rows)}
    where true on conflict (import_id, address_key) do update set after = excluded.after`.execute(tx);
}
