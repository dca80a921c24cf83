// The way back from an import: each address is again what it was before, but for what has been said since.
import type { Transaction } from 'kysely';
import type { Holding } from '../domain/claim.ts';
import { BY_COMMAND, insertConsent } from './consents.ts';
import { forgetSubscriber, isUnknownOtherwise } from './erasure.ts';
import type { JsonRows } from './json-rows.ts';
import { areAlike, type Known, NOBODY, personOf, putProfiles, readPeople, takeTurn } from './known-people.ts';
import type { ImportedRow, Person } from './people.ts';
import type { Tables } from './schema.ts';

interface Undo {
  readonly id: number;
  readonly limit: number;
  readonly at: number;
}

export async function undo(tx: Transaction<Tables>, each: JsonRows, { id, limit, at }: Undo) {
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
