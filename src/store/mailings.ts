// Mailings: opened, steered, counted.
import { type Selectable, sql, type Transaction } from 'kysely';
import { type Books, type Mailing, type MailingState, SLICE_SIZE } from '../domain/mailing.ts';
import { isOutcome, NO_OUTCOMES, type Outcome } from '../domain/outcome.ts';
import type { LedgerDatabase } from './engine.ts';
import type { JsonRows } from './json-rows.ts';
import type { MailingStore, NewMailing, OpenedPage, StateChange } from './ledger.ts';
import { insertEdition, mailingEditions } from './mailing-editions.ts';
import { insertEvent, mailingEvents } from './mailing-events.ts';
import type { Tables } from './schema.ts';
import { isWithin, WAITING } from './waiting.ts';

export function mailingStore(db: LedgerDatabase, each: JsonRows): MailingStore {
  const find: MailingStore['find'] = async (issue, list) => {
    const row = await db
      .selectFrom('mailings')
      .selectAll()
      .where('issue_id', '=', issue)
      .where('list_id', '=', list)
      .executeTakeFirst();
    return row && mailingOf(row);
  };
  return {
    create: (mailing) => db.transaction().execute((tx) => createMailing(tx, mailing)),
    find,
    async get(id) {
      return mailingOf(await db.selectFrom('mailings').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
    },
    async all() {
      const rows = await db.selectFrom('mailings').selectAll().orderBy('id', 'desc').execute();
      return rows.map(mailingOf);
    },
    openPage: (page) => db.transaction().execute((tx) => openPage(tx, each, page)),
    async endOpening(id, at) {
      await db
        .updateTable('mailings')
        .set({ state: 'sending', opened_at: at, touched_at: at })
        .where('id', '=', id)
        .where('state', '=', 'opening')
        .execute();
    },
    changeState: (change) => db.transaction().execute((tx) => changeState(tx, change)),
    finish: (id, at, doubt) => db.transaction().execute((tx) => finishMailing(tx, id, at, doubt)),
    async close(id, at) {
      await db.updateTable('mailings').set({ finished_at: at }).where('id', '=', id).where('finished_at', 'is', null).execute();
    },
    async touch(id, at) {
      await db.updateTable('mailings').set({ touched_at: at }).where('id', '=', id).execute();
    },
    async underWay() {
      const rows = await db
        .selectFrom('mailings')
        .selectAll()
        .where((eb) =>
          eb.or([
            eb('state', 'in', ['opening', 'sending']),
            eb.and([eb('state', '=', 'cancelled'), eb('finished_at', 'is', null)]),
          ]),
        )
        .orderBy('id')
        .execute();
      return rows.map(mailingOf);
    },
    ...mailingEditions(db),
    ...mailingEvents(db),
    books: (id) => readBooks(db, id),
    async waiting(id, within) {
      // What somebody else has claimed can be had when the claim runs out.
      const free = sql<number>`case when claimed_until > due_at then claimed_until else due_at end`;
      const slice = sql<number>`(sequence - 1) / ${sql.lit(SLICE_SIZE)}`;
      const rows = await db
        .selectFrom('deliveries')
        .select(({ fn }) => [slice.as('slice'), fn.min<number>(free).as('due_at')])
        .where('mailing_id', '=', id)
        .where(WAITING)
        .where(isWithin(within))
        .groupBy(slice)
        .orderBy(slice)
        .execute();
      return rows.map((row) => {
        const first = Number(row.slice) * SLICE_SIZE + 1;
        return { mailing: id, first, last: first + SLICE_SIZE - 1, dueAt: Number(row.due_at) };
      });
    },
  };
}

async function createMailing(tx: Transaction<Tables>, { issue, list, content, provenance, startsAt, at }: NewMailing) {
  const inserted = await tx
    .insertInto('mailings')
    .values({
      issue_id: issue,
      list_id: list,
      state: 'opening',
      state_reason: null,
      created_at: at,
      starts_at: startsAt ?? null,
      opened_at: null,
      touched_at: at,
      finished_at: null,
      recipients: 0,
      opened_through: 0,
    })
    .onConflict((conflict) => conflict.columns(['issue_id', 'list_id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted) await insertEdition(tx, { mailing: Number(inserted.id), number: 1, content, provenance, at });
  const row = await tx
    .selectFrom('mailings')
    .selectAll()
    .where('issue_id', '=', issue)
    .where('list_id', '=', list)
    .executeTakeFirstOrThrow();
  return { mailing: mailingOf(row), isNew: inserted !== undefined };
}

/**
 * Held by whoever changes what waits, and by whoever closes a mailing because nothing does: one comes after the other.
 */
export async function lockMailing(tx: Transaction<Tables>, id: number, at: number): Promise<void> {
  await tx.updateTable('mailings').set({ touched_at: at }).where('id', '=', id).execute();
}

async function finishMailing(
  tx: Transaction<Tables>,
  id: number,
  at: number,
  doubt: (unknown: number) => string,
): Promise<boolean> {
  await lockMailing(tx, id, at);
  const waiting = await tx
    .selectFrom('deliveries')
    .select('sequence')
    .where('mailing_id', '=', id)
    .where(WAITING)
    .executeTakeFirst();
  if (waiting) return false;
  const change = { mailing: id, from: ['sending'], to: 'finished', reason: null, event: 'finished', detail: '', at } as const;
  if (!(await changeState(tx, change))) return false;
  const { unknown } = await tx
    .selectFrom('deliveries')
    .select(({ fn }) => fn.countAll<number>().as('unknown'))
    .where('mailing_id', '=', id)
    .where('outcome', '=', 'unknown')
    .executeTakeFirstOrThrow();
  if (Number(unknown) > 0) await insertEvent(tx, { mailing: id, at, kind: 'unknown', detail: doubt(Number(unknown)) });
  return true;
}

async function changeState(tx: Transaction<Tables>, change: StateChange): Promise<boolean> {
  const { mailing, from, to, reason, event, detail, at } = change;
  const { numUpdatedRows } = await tx
    .updateTable('mailings')
    .set({ state: to, state_reason: reason, touched_at: at, finished_at: to === 'finished' ? at : null })
    .where('id', '=', mailing)
    .where('state', 'in', [...from])
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await insertEvent(tx, { mailing, at, kind: event, detail });
  return true;
}

async function openPage(tx: Transaction<Tables>, each: JsonRows, page: OpenedPage): Promise<boolean> {
  const { mailing, after, through, recipients, excluded, at } = page;
  const row = await tx
    .updateTable('mailings')
    .set((eb) => ({ opened_through: through, recipients: eb('recipients', '+', recipients.length) }))
    .where('id', '=', mailing)
    .where('state', '=', 'opening')
    .where('opened_through', '=', after)
    .returning('recipients')
    .executeTakeFirst();
  if (!row) return false;
  if (after === 0) await insertEvent(tx, { mailing, at, kind: 'started', detail: '' });
  const first = Number(row.recipients) - recipients.length + 1;
  const numbered = recipients.map(({ id, address }, index) => ({ sequence: first + index, id, address }));
  await sql`insert into deliveries (mailing_id, sequence, edition_id, subscriber_id, address, outcome, attempts, opened_at, due_at)
    select cast(${mailing} as bigint), cast(value ->> 'sequence' as integer), (select max(id) from editions where mailing_id = ${mailing}), cast(value ->> 'id' as bigint),
      value ->> 'address', 'due', 0, cast(${at} as bigint), cast(${at} as bigint)
    from ${each(numbered)}`.execute(tx);
  if (excluded.length === 0) return true;
  await sql`insert into exclusions (mailing_id, subscriber_id, reason)
    select cast(${mailing} as bigint), cast(value ->> 'subscriber' as bigint), value ->> 'reason' from ${each(excluded)}`.execute(
    tx,
  );
  return true;
}

async function readBooks(db: LedgerDatabase, id: number): Promise<Books> {
  // One transaction, so that the columns add up while others write.
  return db.transaction().execute(async (tx) => {
    const outcomes = await tx
      .selectFrom('deliveries')
      .select(({ fn }) => ['outcome', 'reason', fn.countAll<number>().as('total'), fn.min<number | null>('due_at').as('due_at')])
      .where('mailing_id', '=', id)
      .groupBy(['outcome', 'reason'])
      .orderBy('reason')
      .execute();
    const reasons = await tx
      .selectFrom('exclusions')
      .select(({ fn }) => ['reason', fn.countAll<number>().as('total')])
      .where('mailing_id', '=', id)
      .groupBy('reason')
      .orderBy('reason')
      .execute();
    const counts: Record<Outcome, number> = { ...NO_OUTCOMES };
    const because: Partial<Record<Outcome, Record<string, number>>> = {};
    for (const { outcome, reason, total } of outcomes) {
      if (!isOutcome(outcome)) continue;
      counts[outcome] += Number(total);
      if (reason !== null) because[outcome] = { ...because[outcome], [reason]: Number(total) };
    }
    const recipients = outcomes.reduce((sum, { total }) => sum + Number(total), 0);
    const excluded = Object.fromEntries(reasons.map(({ reason, total }) => [reason, Number(total)]));
    const left = reasons.reduce((sum, { total }) => sum + Number(total), 0);
    const waiting = outcomes
      .filter(({ outcome }) => outcome === 'due' || outcome === 'deferred')
      .map(({ due_at }) => Number(due_at));
    return {
      onList: recipients + left,
      excluded,
      recipients,
      counts,
      reasons: because,
      nextDueAt: waiting.length > 0 ? Math.min(...waiting) : null,
    };
  });
}

function mailingOf(row: Selectable<Tables['mailings']>): Mailing {
  return {
    id: Number(row.id),
    issue: row.issue_id,
    list: row.list_id,
    state: row.state as MailingState,
    stateReason: row.state_reason,
    createdAt: Number(row.created_at),
    startsAt: row.starts_at === null ? null : Number(row.starts_at),
    openedAt: row.opened_at === null ? null : Number(row.opened_at),
    touchedAt: Number(row.touched_at),
    finishedAt: row.finished_at === null ? null : Number(row.finished_at),
    recipients: Number(row.recipients),
    openedThrough: Number(row.opened_through),
  };
}
