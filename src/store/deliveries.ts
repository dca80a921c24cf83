// Deliveries: claimed, marked, settled. Each claim is fenced by its own name: whoever holds another name
// can neither mark nor settle.
import { sql, type Transaction } from 'kysely';
import type { ClaimedDelivery, DeliveryId } from '../domain/delivery.ts';
import type { Slice } from '../domain/mailing.ts';
import type { SubscriptionState } from '../domain/subscription.ts';
import type { DeliveryWriter } from './delivery-writer.ts';
import type { LedgerDatabase } from './engine.ts';
import type { ClaimRequest, DeliveryStore, UnknownDecision } from './ledger.ts';
import { lockMailing } from './mailings.ts';
import { parseAttributes, recordOf } from './rows.ts';
import type { Engine, Tables } from './schema.ts';
import { isWithin, WAITING } from './waiting.ts';

const SKIPPED = 'skipped';

export function deliveryStore(db: LedgerDatabase, engine: Engine, writer: DeliveryWriter): DeliveryStore {
  return {
    claim: (request) => claimDeliveries(db, engine, request),
    async renew(held, until) {
      if (held.length > 0)
        await whereHeld(db, held).set({ claimed_until: until }).where('claimed_until', 'is not', null).execute();
    },
    mark: (delivery, at) => writer.mark({ ...delivery, at }),
    settle: (settlement) => writer.settle(settlement),
    async release(held) {
      if (held.length > 0)
        await whereHeld(db, held).set({ claim: null, claimed_until: null }).where('marked_at', 'is', null).execute();
    },
    async settleAbandoned(mailing, now, within) {
      const { numUpdatedRows } = await db
        .updateTable('deliveries')
        // What has come back was accepted, whether or not we heard the reply.
        .set({
          ...{ due_at: null, settled_at: now, claimed_until: null },
          outcome: sql<string>`case when fate is null then 'unknown' else 'accepted' end`,
          reason: sql<string | null>`case when fate is null then 'no-reply' end`,
        })
        .where('mailing_id', '=', mailing)
        .where(WAITING)
        .where((eb) =>
          eb.or([
            eb.and([eb('marked_at', 'is not', null), eb('claimed_until', '<=', now)]),
            eb.and([eb('fate', 'is not', null), isFree(now)]),
          ]),
        )
        .where(isWithin(within))
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },
    async withhold(within, reason, now) {
      const { numUpdatedRows } = await db
        .updateTable('deliveries')
        .set({ outcome: 'withheld', reason, due_at: null, settled_at: now, claim: null, claimed_until: null })
        .where('mailing_id', '=', within.mailing)
        .where(isWithin(within))
        .where(WAITING)
        .where('marked_at', 'is', null)
        .where(isFree(now))
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },
    resolveUnknown: (...args) => db.transaction().execute((tx) => resolveUnknown(tx, ...args)),
    requeue: (...args) => db.transaction().execute((tx) => requeue(tx, ...args)),
    async list(mailing, { outcome, fate, after = 0, limit }) {
      const rows = await db
        .selectFrom('deliveries')
        .selectAll()
        .where('mailing_id', '=', mailing)
        .where('sequence', '>', after)
        .$if(fate !== undefined, (query) => query.where('fate', '=', fate ?? ''))
        .$if(outcome !== undefined, (query) => query.where('outcome', '=', outcome ?? ''))
        .orderBy('sequence')
        .limit(limit)
        .execute();
      return rows.map(recordOf);
    },
  };
}

async function resolveUnknown(
  tx: Transaction<Tables>,
  mailing: number,
  decision: UnknownDecision,
  now: number,
  within?: Slice,
): Promise<number> {
  await lockMailing(tx, mailing, now);
  const again = { ...FRESH, due_at: now, outcome: 'due', resent: sql<number>`resent + 1` };
  const { numUpdatedRows } = await tx
    .updateTable('deliveries')
    .set(decision === 'skip' ? { reason: SKIPPED, settled_at: now } : again)
    .where('mailing_id', '=', mailing)
    .where(isWithin(within))
    .where('outcome', '=', 'unknown')
    .where('reason', '!=', SKIPPED)
    .$if(decision === 'resend-once', (query) => query.where('resent', '=', 0))
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

async function requeue(tx: Transaction<Tables>, mailing: number, reasons: readonly string[], now: number): Promise<number> {
  await lockMailing(tx, mailing, now);
  const { numUpdatedRows } = await tx
    .updateTable('deliveries')
    .set({ ...FRESH, outcome: 'due', due_at: now, attempts: 0, first_tried_at: null })
    .where('mailing_id', '=', mailing)
    .where((eb) =>
      eb.or([eb('outcome', '=', 'expired'), eb.and([eb('outcome', '=', 'rejected'), eb('reason', 'in', [...reasons])])]),
    )
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Nobody has it. */
const FRESH = { reason: null, marked_at: null, settled_at: null, claim: null, claimed_until: null } as const;

function isFree(now: number) {
  return sql<boolean>`(claimed_until is null or claimed_until <= ${now})`;
}

function whereHeld(db: LedgerDatabase, held: readonly (DeliveryId & { readonly claim: string })[]) {
  const keys = held.map(
    ({ mailing, sequence, claim }) => sql`(cast(${mailing} as bigint), cast(${sequence} as integer), cast(${claim} as text))`,
  );
  return db.updateTable('deliveries').where(sql<boolean>`(mailing_id, sequence, claim) in (values ${sql.join(keys)})`);
}

async function claimDeliveries(
  db: LedgerDatabase,
  engine: Engine,
  { mailing, first, last, claim, limit, now, until }: ClaimRequest,
): Promise<ClaimedDelivery[]> {
  const free = db
    .selectFrom('deliveries')
    .select('sequence')
    .where('mailing_id', '=', mailing)
    .where((eb) => eb.between('sequence', first, last))
    .where(WAITING)
    .where('due_at', '<=', now)
    .where('marked_at', 'is', null)
    .where('fate', 'is', null)
    .where(isFree(now))
    .where(({ exists }) => exists(mayBeWorkedOn(db, mailing, now)))
    .orderBy('sequence')
    .limit(limit)
    // Whoever else is claiming takes others.
    .$if(engine === 'postgres', (query) => query.forUpdate().skipLocked());
  const taking = db
    // Asked once, whatever the planner thinks: asked again for each row, it would pass over those that it has locked itself,
    // and take more than its limit.
    .with(
      (cte) => cte('free').materialized(),
      () => free,
    )
    .updateTable('deliveries')
    .set({ claim, claimed_until: until })
    .where('mailing_id', '=', mailing)
    .where('sequence', 'in', (eb) => eb.selectFrom('free').select('free.sequence'))
    .returning([...CLAIMED]);
  // PostgreSQL takes and reads in one statement; SQLite reads what it has taken, on no way at all.
  const known = engine === 'postgres' ? null : (await taking.execute()).map(({ sequence }) => sequence);
  if (known?.length === 0) return [];
  const read = db
    .selectFrom('deliveries')
    .select([...CLAIMED])
    .where('mailing_id', '=', mailing);
  const rows = await db
    .with('taken', () => (known === null ? taking : read.where('sequence', 'in', known)))
    .selectFrom('taken')
    .leftJoin('subscribers', 'subscribers.id', 'taken.subscriber_id')
    .leftJoin('subscriptions', (join) =>
      join
        .onRef('subscriptions.subscriber_id', '=', 'taken.subscriber_id')
        .on('subscriptions.list_id', '=', db.selectFrom('mailings').select('list_id').where('id', '=', mailing)),
    )
    .leftJoin('suppressions', 'suppressions.address_key', 'subscribers.address_key')
    .select(CLAIMED.map((column) => `taken.${column}` as const))
    .select(['name', 'attributes', 'state', 'ended_reason', 'suppressions.reason as suppression'])
    .orderBy('sequence')
    .execute();
  return rows.map((row) => ({
    mailing,
    sequence: row.sequence,
    claim,
    edition: Number(row.edition_id),
    openedAt: Number(row.opened_at),
    attempts: row.attempts,
    firstTriedAt: row.first_tried_at === null ? null : Number(row.first_tried_at),
    subscriber: {
      id: Number(row.subscriber_id),
      address: row.address,
      name: row.name ?? '',
      attributes: parseAttributes(row.attributes ?? '{}'),
    },
    standing: { state: row.state as SubscriptionState | null, endedReason: row.ended_reason, suppression: row.suppression },
  }));
}

/** What a claim gives of each delivery. */
const CLAIMED = ['sequence', 'edition_id', 'opened_at', 'attempts', 'first_tried_at', 'subscriber_id', 'address'] as const;

function mayBeWorkedOn(db: LedgerDatabase, mailing: number, now: number) {
  return (
    db
      .selectFrom('mailings')
      .select('id')
      .where('id', '=', mailing)
      .where('state', 'in', ['opening', 'sending'])
      .where((eb) => eb.or([eb('starts_at', 'is', null), eb('starts_at', '<=', now)]))
      // A ledger that has been moved sends no more, even for those who had it open.
      .where(({ not, exists }) => not(exists(db.selectFrom('ledger').select('one').where('moved_to', 'is not', null))))
  );
}
