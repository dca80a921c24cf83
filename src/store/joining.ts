// Joining: asked for by a form, confirmed by a letter, forgotten where nobody answers.
import type { Transaction } from 'kysely';
import type { LetterKind } from '../domain/letter.ts';
import { hasMovedSince, welcomeBack } from './choosing.ts';
import { insertConsent } from './consents.ts';
import { erasedAmong, forgetSubscriber, isUnknownOtherwise } from './erasure.ts';
import { changeable, findOne, lockSubscriber } from './find-subscription.ts';
import type { Confirmation, JoinRequest, LinkRequest } from './people.ts';
import type { Tables } from './schema.ts';

export async function ask(tx: Transaction<Tables>, eraseKey: string, request: JoinRequest): Promise<void> {
  const { address, key, lists, evidence, at } = request;
  const suppression = await suppressionOf(tx, key);
  if (!request.mayGetLetter(suppression)) return;
  await tx
    .insertInto('subscribers')
    .values({ address, address_key: key, name: '', attributes: '{}', created_at: at })
    .onConflict((conflict) => conflict.column('address_key').doNothing())
    .execute();
  const subscriber = await lockByKey(tx, key);
  const joined = await joinUnconfirmed(tx, eraseKey, subscriber, request);
  const asked = lists.filter((list) => !joined.includes(list));
  // However often somebody asks, the ledger grows by one entry a day.
  if (asked.length === 0 || !(await mayGetLetter(tx, subscriber, request, CONFIRMING))) return;
  for (const list of asked) {
    await tx
      .insertInto('subscriptions')
      .values({ list_id: list, subscriber_id: subscriber, state: 'pending', ended_reason: null, since_at: at })
      .onConflict((conflict) =>
        conflict.columns(['list_id', 'subscriber_id']).doUpdateSet({ since_at: at }).where('subscriptions.state', '=', 'pending'),
      )
      .execute();
    await insertConsent(tx, { subscriber, list, kind: 'asked', detail: '', at, ...evidence });
  }
  // Whoever complained once and asks again is asked whether that is meant.
  const isNothingToDo = suppression === null && (await areActive(tx, subscriber, asked));
  await writeLetter(tx, isNothingToDo ? 'already' : 'confirm', subscriber, asked, at);
}

const CONFIRMING: readonly LetterKind[] = ['confirm', 'already'];

async function writeLetter(
  tx: Transaction<Tables>,
  kind: LetterKind,
  subscriber: number,
  lists: readonly string[],
  at: number,
): Promise<void> {
  const letter = { kind, subscriber_id: subscriber, lists: JSON.stringify(lists), created_at: at };
  await tx
    .insertInto('letters')
    .values({ ...letter, due_at: at, tries: 0, sent_at: null })
    .execute();
}

/** Lists that ask for no confirmation: but whoever has left, is suppressed or was erased is asked all the same. */
async function joinUnconfirmed(
  tx: Transaction<Tables>,
  eraseKey: string,
  subscriber: number,
  { key, lists, unconfirmed = [], evidence, at }: JoinRequest,
): Promise<string[]> {
  const open = lists.filter((list) => unconfirmed.includes(list));
  if (open.length === 0 || (await erasedAmong(tx, [key], eraseKey)).size > 0) return [];
  if ((await suppressionOf(tx, key)) !== null || (await hasLeftSomething(tx, subscriber))) return [];
  const joined: string[] = [];
  for (const list of open) {
    const row = { list_id: list, subscriber_id: subscriber, state: 'active', ended_reason: null, since_at: at };
    const { numInsertedOrUpdatedRows = 0n } = await tx
      .insertInto('subscriptions')
      .values(row)
      .onConflict((conflict) => conflict.columns(['list_id', 'subscriber_id']).doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows === 0n) continue;
    joined.push(list);
    await insertConsent(tx, { subscriber, list, kind: 'asked', detail: 'unconfirmed', at, ...evidence });
  }
  return joined;
}

/** Whoever has left one list is asked before being put on another. */
async function hasLeftSomething(tx: Transaction<Tables>, subscriber: number): Promise<boolean> {
  const ended = tx
    .selectFrom('subscriptions')
    .select('list_id')
    .where('subscriber_id', '=', subscriber)
    .where('state', '=', 'ended');
  return (await ended.executeTakeFirst()) !== undefined;
}

/** Of a stranger's address, which waits for its first confirmation, nobody gets a second letter. */
export async function askForLink(tx: Transaction<Tables>, request: LinkRequest): Promise<void> {
  const subscriber = await tx
    .updateTable('subscribers')
    .set({ address_key: request.key })
    .where('address_key', '=', request.key)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('subscriptions')
          .select('list_id')
          .whereRef('subscriber_id', '=', 'subscribers.id')
          .where('state', '!=', 'pending'),
      ),
    )
    .returning('id')
    .executeTakeFirst();
  if (!subscriber || !(await mayGetLetter(tx, Number(subscriber.id), request, ['manage']))) return;
  await writeLetter(tx, 'manage', Number(subscriber.id), [], request.at);
}

/** Of two who ask at the same moment one comes after the other, and finds the letter of the first. */
async function lockByKey(tx: Transaction<Tables>, key: string): Promise<number> {
  const row = await tx
    .updateTable('subscribers')
    .set({ address_key: key })
    .where('address_key', '=', key)
    .returning('id')
    .executeTakeFirstOrThrow();
  return Number(row.id);
}

async function mayGetLetter(
  tx: Transaction<Tables>,
  subscriber: number,
  { key, noLetterSince, mayGetLetter: isAllowed }: LinkRequest,
  kinds: readonly LetterKind[],
): Promise<boolean> {
  if (!isAllowed(await suppressionOf(tx, key))) return false;
  const recent = await tx
    .selectFrom('letters')
    .select('id')
    .where('subscriber_id', '=', subscriber)
    .where('created_at', '>', noLetterSince)
    .where('kind', 'in', [...kinds])
    .executeTakeFirst();
  return recent === undefined;
}

async function suppressionOf(tx: Transaction<Tables>, key: string): Promise<string | null> {
  const row = await tx.selectFrom('suppressions').select('reason').where('address_key', '=', key).executeTakeFirst();
  return row?.reason ?? null;
}

async function areActive(tx: Transaction<Tables>, subscriber: number, lists: readonly string[]): Promise<boolean> {
  const rows = await tx
    .selectFrom('subscriptions')
    .select('list_id')
    .where('subscriber_id', '=', subscriber)
    .where('list_id', 'in', [...lists])
    .where('state', '=', 'active')
    .execute();
  return rows.length === lists.length;
}

export async function confirm(tx: Transaction<Tables>, eraseKey: string, confirmation: Confirmation): Promise<string[]> {
  await lockSubscriber(tx, confirmation.subscriber);
  if (await hasMovedSince(tx, confirmation.subscriber, confirmation.askedAt)) return [];
  const active: string[] = [];
  for (const number of confirmation.lists) {
    const list = await confirmOne(tx, number, confirmation);
    if (list !== undefined) active.push(list);
  }
  if (active.length > 0) await welcomeBack(tx, eraseKey, confirmation);
  return active;
}

/** A link from before a leaving brings nobody back. */
async function confirmOne(tx: Transaction<Tables>, list: number, confirmation: Confirmation): Promise<string | undefined> {
  const { subscriber, askedAt, evidence, at } = confirmation;
  const before = await findOne(tx, { subscriber, list });
  if (!before || before.state === 'active') return before?.list;
  if (before.state === 'ended' && before.since > askedAt) return undefined;
  await changeable(tx, subscriber, before.list).set({ state: 'active', ended_reason: null, since_at: at }).execute();
  await insertConsent(tx, { subscriber, list: before.list, kind: 'confirmed', detail: before.state, at, ...evidence });
  return before.list;
}

export async function forgetPending(tx: Transaction<Tables>, before: number): Promise<number> {
  const rows = await tx
    .deleteFrom('subscriptions')
    .where('state', '=', 'pending')
    .where('since_at', '<', before)
    .returning('subscriber_id')
    .execute();
  const subscribers = [...new Set(rows.map((row) => Number(row.subscriber_id)))];
  // Of a stranger who never answered nothing is kept.
  for (const id of subscribers) if (await isUnknownOtherwise(tx, id)) await forgetSubscriber(tx, id);
  return subscribers.length;
}
