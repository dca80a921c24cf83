// Files of subscribers into the ledger, and out again. What becomes of a row is decided by domain/claim.ts; here it is
// read and written in groups. Each change is noted with what was before and after it, so that an import can be undone.
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { type Holding, mergeClaim, type OwnWord } from '../domain/claim.ts';
import type { RosterRow } from '../domain/roster.ts';
import type { SubscriptionState } from '../domain/subscription.ts';
import { BY_COMMAND, insertConsent, insertConsents, type NewConsent } from './consents.ts';
import type { LedgerDatabase } from './engine.ts';
import { erasedAmong, forgetSubscriber, isUnknownOtherwise } from './erasure.ts';
import type { JsonRows } from './json-rows.ts';
import { dropWaitingLetters } from './letters.ts';
import type { ImportedRow, ImportRequest, ImportStore, Person } from './people.ts';
import { parseAttributes } from './rows.ts';
import type { Tables } from './schema.ts';

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

/** Imports come one after the other: of two claims about one address the second must see the first. */
async function takeTurn(tx: Transaction<Tables>): Promise<void> {
  await sql`update ledger set one = one`.execute(tx);
}

/** What is in the ledger under an address, with what its owner has said here. */
interface Known extends Person, Omit<OwnWord, 'isErased'> {
  readonly id: number | null;
}

export const NOBODY: Known = {
  ...{ id: null, isKnown: false, name: '', attributes: {}, subscription: null, suppression: null },
  ...{ isAskedFor: false, confirmedAt: null },
};

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

type Profile = Pick<Person, 'name' | 'attributes'>;

function areAlike(one: Profile, other: Profile): boolean {
  return one.name === other.name && JSON.stringify(one.attributes) === JSON.stringify(other.attributes);
}

type Keyed = { readonly key: string };

async function readPeople(
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

async function putProfiles(
  tx: Transaction<Tables>,
  each: JsonRows,
  profiles: readonly (readonly [string, Profile])[],
): Promise<void> {
  if (profiles.length === 0) return;
  const rows = profiles.map(([key, { name, attributes }]) => ({ key, name, attributes: JSON.stringify(attributes) }));
  await sql`update subscribers set name = value ->> 'name', attributes = value ->> 'attributes'
    from ${each(rows)} where address_key = value ->> 'key'`.execute(tx);
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

function isNobody({ isKnown, suppression }: Person): boolean {
  return !isKnown && suppression === null;
}

interface Undo {
  readonly id: number;
  readonly limit: number;
  readonly at: number;
}

async function undo(tx: Transaction<Tables>, each: JsonRows, { id, limit, at }: Undo) {
  await takeTurn(tx);
  const imported = await tx.selectFrom('imports').select(['list_id', 'at']).where('id', '=', id).executeTakeFirstOrThrow();
  const list = imported.list_id;
  const rows = await tx.selectFrom('import_changes').selectAll().where('import_id', '=', id).limit(limit).execute();
  const keys = rows.map(({ address_key: key }) => key);
  if (keys.length === 0) {
    await tx.updateTable('imports').set({ undone_at: at }).where('id', '=', id).where('undone_at', 'is', null).execute();
    return { undone: 0, changedSince: 0 };
  }
  // Whoever presses unsubscribe at this moment is waited for, and heard.
  await tx
    .updateTable('subscribers')
    .set((eb) => ({ name: eb.ref('name') }))
    .where('address_key', 'in', keys)
    .execute();
  const now = await readPeople(
    tx,
    each,
    list,
    keys.map((key) => ({ key })),
  );
  const spoken = await spokenForSince(tx, id, keys, imported);
  let undone = 0;
  for (const row of rows) {
    const change = { before: personOf(row.before), after: personOf(row.after) };
    const { address_key: key } = row;
    if (!spoken.has(key) && (await undoOne(tx, each, key, change, now.get(key) ?? NOBODY, { list, at }))) undone++;
  }
  await tx.deleteFrom('import_changes').where('import_id', '=', id).where('address_key', 'in', keys).execute();
  return { undone, changedSince: rows.length - undone };
}

/** Those who have said something of this list on our pages since, or whom a later import says not to mail. */
async function spokenForSince(
  tx: Transaction<Tables>,
  id: number,
  keys: readonly string[],
  { list_id: list, at }: { readonly list_id: string; readonly at: number },
): Promise<Set<string>> {
  const readers = await tx
    .selectFrom('consents')
    .innerJoin('subscribers', 'subscribers.id', 'consents.subscriber_id')
    .select('address_key')
    .where('address_key', 'in', [...keys])
    .where('origin', 'in', ['web', 'one-click'])
    .where('list_id', 'in', [list, ''])
    .where('consents.at', '>=', Number(at))
    .execute();
  const later = await tx
    .selectFrom('import_changes')
    .innerJoin('imports', 'imports.id', 'import_id')
    .select(['address_key', 'list_id', 'before', 'after'])
    .where('address_key', 'in', [...keys])
    .where('import_id', '>', id)
    .execute();
  const kept = later.filter((each) => saysNotToMail(personOf(each.before), personOf(each.after), each.list_id === list));
  return new Set([...readers, ...kept].map(({ address_key: key }) => key));
}

/** What a later import only found is not its word; what it found and would have said itself is noted as no change. */
function saysNotToMail(before: Person, after: Person, isOfList: boolean): boolean {
  const isFound = partsAlike(before, after);
  const isOwnWord = isFound.subscription && isFound.suppression && areAlike(before, after);
  const isSuppressed = after.suppression !== null && (isOwnWord || !isFound.suppression);
  const isEnded = isOfList && after.subscription?.state === 'ended' && (isOwnWord || !isFound.subscription);
  return isSuppressed || isEnded;
}

function personOf(json: string): Person {
  return json === '' ? NOBODY : (JSON.parse(json) as Person);
}

/** Each part by itself, where it is still as the import left it. True where all of it is undone. */
async function undoOne(
  tx: Transaction<Tables>,
  each: JsonRows,
  key: string,
  { before, after }: Pick<ImportedRow, 'before' | 'after'>,
  now: Known,
  { list, at }: { readonly list: string; readonly at: number },
): Promise<boolean> {
  const isOurs = { profile: areAlike(now, after), ...partsAlike(now, after) };
  const isSame = partsAlike(before, after);
  const isLifted = isSame.suppression || (isOurs.suppression && (await setSuppression(tx, key, now, before)));
  if (now.id === null) return isLifted;
  if (isOurs.profile && before.isKnown) await putProfiles(tx, each, [[key, before]]);
  const isBack = isSame.subscription || (isOurs.subscription && (await setSubscription(tx, now.id, list, now, before)));
  if (!before.isKnown && (await isUnknownOtherwise(tx, now.id))) await forgetSubscriber(tx, now.id);
  else await insertConsent(tx, { subscriber: now.id, at, list, kind: 'undone', detail: '', ...BY_COMMAND });
  return isOurs.profile && isBack && isLifted;
}

function partsAlike(one: Holding, other: Holding): { readonly subscription: boolean; readonly suppression: boolean } {
  const isAlike = (part: keyof Holding): boolean => JSON.stringify(one[part]) === JSON.stringify(other[part]);
  return { subscription: isAlike('subscription'), suppression: isAlike('suppression') };
}

/** False where somebody has changed it in this very moment. */
async function setSuppression(tx: Transaction<Tables>, key: string, from: Holding, to: Holding): Promise<boolean> {
  const reason = from.suppression?.reason ?? '';
  const { suppression } = to;
  if (suppression === null) {
    const deleted = tx.deleteFrom('suppressions').where('address_key', '=', key).where('reason', '=', reason);
    return (await deleted.executeTakeFirst()).numDeletedRows > 0n;
  }
  const updated = tx
    .updateTable('suppressions')
    .set({ reason: suppression.reason, created_at: suppression.since })
    .where('address_key', '=', key)
    .where('reason', '=', reason);
  return (await updated.executeTakeFirst()).numUpdatedRows > 0n;
}

/** False as above: the reader keeps the last word. A letter of this list that has not gone yet does not go. */
async function setSubscription(tx: Transaction<Tables>, id: number, list: string, from: Holding, to: Holding): Promise<boolean> {
  const state = from.subscription?.state ?? '';
  if (to.subscription !== null) {
    const { endedReason, since } = to.subscription;
    const updated = tx
      .updateTable('subscriptions')
      .set({ state: to.subscription.state, ended_reason: endedReason, since_at: since })
      .where('list_id', '=', list)
      .where('subscriber_id', '=', id)
      .where('state', '=', state);
    return (await updated.executeTakeFirst()).numUpdatedRows > 0n;
  }
  const deleted = tx
    .deleteFrom('subscriptions')
    .where('list_id', '=', list)
    .where('subscriber_id', '=', id)
    .where('state', '=', state);
  if ((await deleted.executeTakeFirst()).numDeletedRows === 0n) return false;
  await tx
    .deleteFrom('letters')
    .where('subscriber_id', '=', id)
    .where('lists', '=', JSON.stringify([list]))
    .where('due_at', 'is not', null)
    .execute();
  return true;
}
