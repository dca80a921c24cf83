// What comes back: written down once, and what follows from it, in one transaction.
import type { Kysely, Selectable, Transaction } from 'kysely';
import { addressKey } from '../domain/address.ts';
import type { Evidence } from '../domain/consent.ts';
import type { DeliveryId } from '../domain/delivery.ts';
import { isOutcome } from '../domain/outcome.ts';
import type { Consequence, Fate, NewReturn, ReturnedTo } from '../domain/returned.ts';
import { insertConsent } from './consents.ts';
import { settleAll } from './delivery-writer.ts';
import type { LedgerDatabase } from './engine.ts';
import { erasedAmong } from './erasure.ts';
import { lockSubscriber } from './find-subscription.ts';
import type { ReturnStore } from './ledger.ts';
import { readReturns } from './returns-shown.ts';
import type { Engine, Tables } from './schema.ts';
import { addSuppression } from './suppressions.ts';

// Whoever holds a delivery's signed name could fill the ledger with it.
const PER_DELIVERY_MAX = 20;
// Of a return that names nobody of ours, enough to be looked at.
const NAMELESS_MAX = 10;
// A reader's deliveries of several years.
const PAST_MAX = 60;
/** Nobody came to a page: a mail did. */
const BY_MAIL: Evidence = { origin: 'mail', form: '', words: '', ip: '' };

export function returnStore(db: LedgerDatabase, engine: Engine, eraseKey: string): ReturnStore {
  return {
    record: (returned, judge) => db.transaction().execute((tx) => record(tx, eraseKey, returned, judge)),
    refuse: (settlement, judge) =>
      db.transaction().execute(async (tx) => {
        const held = await findDelivery(tx, settlement);
        if (held) await lockSubscriber(tx, held.subscriber);
        await settleAll(engine, [settlement]).execute(tx);
        const found = await findDelivery(tx, settlement);
        // Whoever was frozen and lost the claim has no say: the delivery is somebody else's, who will hear it again.
        const isOurs = found?.delivery?.outcome === settlement.outcome && Number(found.delivery.settled_at) === settlement.at;
        if (!found?.address || !isOurs) return;
        const reason = judge(await standingOf(tx, found));
        if (reason !== null) await suppress(tx, eraseKey, found, reason, settlement.at);
      }),
    async isKnown(fingerprint) {
      const row = await db.selectFrom('returns').select('id').where('fingerprint', '=', fingerprint).executeTakeFirst();
      return row !== undefined;
    },
    ...readReturns(db),
  };
}

/** Whom a return is about: by a delivery, or by an address alone. */
interface Target {
  readonly subscriber: number;
  readonly address: string;
  readonly delivery: Selectable<Tables['deliveries']> | null;
}

async function record(
  tx: Transaction<Tables>,
  eraseKey: string,
  returned: NewReturn,
  judge: (to: ReturnedTo) => Consequence,
): Promise<'recorded' | 'known'> {
  const named = returned.delivery && (await findDelivery(tx, returned.delivery));
  const targets = named ? [named] : returned.isVerified ? await knownAmong(tx, returned) : [];
  for (const { subscriber } of targets) await lockSubscriber(tx, subscriber);
  if (!(await insertReports(tx, eraseKey, returned, named ?? null))) return 'known';
  for (const target of targets) {
    const effect = await follow(tx, eraseKey, target, returned, judge);
    await noteEffect(tx, returned, target, effect);
  }
  return 'recorded';
}

/** What was done about it, in words for the record. */
async function follow(
  tx: Transaction<Tables>,
  eraseKey: string,
  target: Target,
  { at }: NewReturn,
  judge: (to: ReturnedTo) => Consequence,
): Promise<string> {
  const settled = target.delivery && (await settle(tx, target.delivery, at)) ? 'settled' : '';
  // Who was erased meanwhile has no address any more to be judged by.
  if (target.address === '') return settled;
  const { fate, reason, suppression } = judge(await standingOf(tx, target));
  const isNew = fate !== null && (target.delivery === null || (await seal(tx, target.delivery, fate, reason, at)));
  if (!isNew) return settled;
  if (suppression !== null) await suppress(tx, eraseKey, target, suppression, at);
  return suppression === null ? fate : `${fate}, ${suppression}`;
}

/**
 * Something came back, so the relay had taken it: whoever was in doubt, or would be mailed again by an older copy of the
 * ledger, has been mailed. What is on the wire at this moment is settled by whoever holds it.
 */
async function settle(tx: Transaction<Tables>, { mailing_id, sequence }: DeliveryRow, at: number): Promise<boolean> {
  const { numUpdatedRows } = await changeable(tx, { mailing: mailing_id, sequence })
    .set({ outcome: 'accepted', reason: null, due_at: null, settled_at: at, claim: null, claimed_until: null })
    .where('outcome', 'in', ['unknown', 'due', 'deferred'])
    .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', at)]))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Each fate once, and a complaint after a bounce. False where it has it, or was never handed over. */
async function seal(
  tx: Transaction<Tables>,
  { mailing_id, sequence }: DeliveryRow,
  fate: Fate,
  reason: string | null,
  at: number,
): Promise<boolean> {
  const { numUpdatedRows } = await changeable(tx, { mailing: mailing_id, sequence })
    .set({ fate, fate_reason: reason, fate_at: at })
    .where('outcome', 'in', ['accepted', 'unknown', 'due', 'deferred'])
    .where((eb) =>
      fate === 'complained' ? eb.or([eb('fate', 'is', null), eb('fate', '!=', 'complained')]) : eb('fate', 'is', null),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The address is suppressed, and what its reader was subscribed to ends: not where the reader has another address by now. */
async function suppress(tx: Transaction<Tables>, eraseKey: string, target: Target, reason: string, at: number): Promise<void> {
  const { subscriber, address } = target;
  const key = addressKey(address);
  await addSuppression(tx, eraseKey, { key, address, reason, note: '', since: at }, BY_MAIL);
  // The one that stands: it is the one that is lifted.
  const suppression = await tx.selectFrom('suppressions').select('reason').where('address_key', '=', key).executeTakeFirst();
  const reader = await tx.selectFrom('subscribers').select('address_key').where('id', '=', subscriber).executeTakeFirst();
  if (reader?.address_key !== key && reason !== 'complaint') return;
  const ended = await tx
    .selectFrom('subscriptions')
    .select(['list_id', 'state'])
    .where('subscriber_id', '=', subscriber)
    .where('state', '!=', 'ended')
    .execute();
  for (const { list_id: list, state } of ended) {
    await tx
      .updateTable('subscriptions')
      .set({ state: 'ended', ended_reason: suppression?.reason ?? reason, since_at: at })
      .where('list_id', '=', list)
      .where('subscriber_id', '=', subscriber)
      .execute();
    await insertConsent(tx, { subscriber, list, kind: 'returned', detail: state, at, ...BY_MAIL });
  }
}

/** False where they were written down before, or the delivery has enough of them. */
async function insertReports(
  tx: Transaction<Tables>,
  eraseKey: string,
  returned: NewReturn,
  target: Target | null,
): Promise<boolean> {
  const delivery = target && returned.delivery;
  const { fingerprint, at, way, effect } = returned;
  const reports = delivery === null ? returned.reports.slice(0, NAMELESS_MAX) : returned.reports;
  if (delivery !== null && (await countOf(tx, delivery, reports)) >= PER_DELIVERY_MAX) return false;
  const keys = reports.flatMap(({ recipient }) => (recipient === null ? [] : [addressKey(recipient)]));
  const erased = await erasedAmong(tx, keys, eraseKey);
  // That it came back is told; of whoever had everything erased, nothing else.
  const mayBeNamed = (address: string | null): boolean => target?.address !== '' && !(address && erased.has(addressKey(address)));
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('returns')
    .values(
      reports.map(({ kind, recipient, status, reason, isGone, words }, part) => ({
        ...{ fingerprint, part, at, way, kind, status, reason, effect },
        ...(mayBeNamed(recipient)
          ? { recipient, recipient_key: recipient === null ? null : addressKey(recipient), words }
          : { recipient: null, recipient_key: null, words: '' }),
        is_gone: isGone ? 1 : 0,
        mailing_id: delivery?.mailing ?? null,
        sequence: delivery?.sequence ?? null,
      })),
    )
    .onConflict((conflict) => conflict.columns(['fingerprint', 'part']).doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Of the same kind: many notices of delay must not hide the bounce at their end. */
async function countOf(
  tx: Transaction<Tables>,
  { mailing, sequence }: DeliveryId,
  [first]: NewReturn['reports'],
): Promise<number> {
  const { total } = await tx
    .selectFrom('returns')
    .select(({ fn }) => fn.count<number>('fingerprint').distinct().as('total'))
    .where('mailing_id', '=', mailing)
    .where('sequence', '=', sequence)
    .where('kind', '=', first?.kind ?? '')
    .executeTakeFirstOrThrow();
  return Number(total);
}

async function noteEffect(tx: Transaction<Tables>, { fingerprint }: NewReturn, target: Target, effect: string): Promise<void> {
  if (effect === '') return;
  await tx
    .updateTable('returns')
    .set({ effect })
    .where('fingerprint', '=', fingerprint)
    .$if(target.delivery === null, (query) => query.where('recipient_key', '=', addressKey(target.address)))
    .execute();
}

type DeliveryRow = Selectable<Tables['deliveries']>;

function changeable(tx: Transaction<Tables>, { mailing, sequence }: DeliveryId) {
  return tx.updateTable('deliveries').where('mailing_id', '=', mailing).where('sequence', '=', sequence);
}

async function findDelivery(db: Kysely<Tables>, { mailing, sequence }: DeliveryId): Promise<Target | undefined> {
  const delivery = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('mailing_id', '=', mailing)
    .where('sequence', '=', sequence)
    .executeTakeFirst();
  return delivery && { subscriber: Number(delivery.subscriber_id), address: delivery.address, delivery };
}

/** The subscribers whose addresses the reports name, in an order that is the same for all. */
async function knownAmong(db: Kysely<Tables>, { reports }: NewReturn): Promise<Target[]> {
  const keys = reports.flatMap(({ recipient }) => (recipient === null ? [] : [addressKey(recipient)]));
  if (keys.length === 0) return [];
  const rows = await db
    .selectFrom('subscribers')
    .select(['id', 'address'])
    .where('address_key', 'in', keys)
    .orderBy('id')
    .execute();
  return rows.map(({ id, address }) => ({ subscriber: Number(id), address, delivery: null }));
}

async function standingOf(db: Kysely<Tables>, { subscriber, address, delivery }: Target): Promise<ReturnedTo> {
  const past = await db
    .selectFrom('deliveries')
    .select(['mailing_id', 'sequence', 'outcome', 'reason', 'fate', 'fate_reason', 'opened_at', 'settled_at'])
    .where('subscriber_id', '=', subscriber)
    .orderBy('opened_at', 'desc')
    .limit(PAST_MAX)
    .execute();
  const { trusted } = await db
    .selectFrom('consents')
    .select(({ fn }) => fn.max<number | null>('at').as('trusted'))
    .where('subscriber_id', '=', subscriber)
    .where('kind', 'in', ['confirmed', 'came-back', 'lifted', 'moved'])
    .executeTakeFirstOrThrow();
  const others = past.filter(
    (each) => delivery === null || Number(each.mailing_id) !== Number(delivery.mailing_id) || each.sequence !== delivery.sequence,
  );
  return {
    address,
    openedAt: delivery === null ? null : Number(delivery.opened_at),
    trustedAt: trusted === null ? null : Number(trusted),
    past: others.flatMap((row) =>
      isOutcome(row.outcome)
        ? [
            {
              mailing: Number(row.mailing_id),
              at: Number(row.settled_at ?? row.opened_at),
              outcome: row.outcome,
              fate: row.fate as Fate | null,
              reason: row.fate_reason ?? row.reason,
            },
          ]
        : [],
    ),
  };
}
