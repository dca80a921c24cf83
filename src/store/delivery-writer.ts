// Marks and settlements of all connections, committed in groups: one flush to the disk serves everybody who
// asked since the last one. Order is kept, so a reply is on the disk no later than the next mark of its
// connection.
//
//   connection 1   mark ───┐            settle ─┐
//   connection 2     mark ─┼─ commit ─▶   mark ─┼─ commit ─▶ …
//   connection 3   settle ─┘            settle ─┘
import { sql, type Transaction } from 'kysely';
import type { DeliveryId, Settlement } from '../domain/delivery.ts';
import type { LedgerDatabase } from './engine.ts';
import type { Tables } from './schema.ts';

interface Mark extends DeliveryId {
  readonly claim: string;
  readonly at: number;
}

interface Request<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

// A statement with more values than this is slower to compile than two.
const GROUP_MAX = 100;

export class DeliveryWriter {
  readonly #db: LedgerDatabase;
  #marks: Request<Mark, boolean>[] = [];
  #settlements: Request<Settlement, void>[] = [];
  #flushing: Promise<void> | undefined;

  constructor(db: LedgerDatabase) {
    this.#db = db;
  }

  mark(item: Mark): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#marks.push({ item, resolve, reject });
      this.#wake();
    });
  }

  settle(item: Settlement): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settlements.push({ item, resolve, reject });
      this.#wake();
    });
  }

  async close(): Promise<void> {
    await this.#flushing;
  }

  #wake(): void {
    this.#flushing ??= this.#flushAll().finally(() => {
      this.#flushing = undefined;
      if (this.#marks.length + this.#settlements.length > 0) this.#wake();
    });
  }

  async #flushAll(): Promise<void> {
    while (this.#marks.length + this.#settlements.length > 0) {
      // What arrives in the same turn of the loop joins the group.
      await new Promise((resolve) => setImmediate(resolve));
      const settlements = this.#settlements.splice(0, GROUP_MAX);
      // A mark must not overtake a settlement that was asked for before it: only a whole queue frees the marks.
      const marks = this.#settlements.length === 0 ? this.#marks.splice(0, GROUP_MAX) : [];
      await this.#flush(settlements, marks);
    }
  }

  async #flush(settlements: readonly Request<Settlement, void>[], marks: readonly Request<Mark, boolean>[]): Promise<void> {
    try {
      const marked = await this.#db.transaction().execute(async (tx) => {
        if (settlements.length > 0)
          await settleAll(
            tx,
            settlements.map(({ item }) => item),
          );
        return marks.length > 0
          ? markAll(
              tx,
              marks.map(({ item }) => item),
            )
          : new Set<string>();
      });
      for (const { resolve } of settlements) resolve();
      for (const { item, resolve } of marks) resolve(marked.has(keyOf(item)));
    } catch (error) {
      for (const { reject } of [...settlements, ...marks]) reject(error);
    }
  }
}

async function markAll(tx: Transaction<Tables>, marks: readonly Mark[]): Promise<Set<string>> {
  const values = marks.map(
    ({ mailing, sequence, claim, at }) =>
      sql`(cast(${mailing} as bigint), cast(${sequence} as integer), cast(${claim} as text), cast(${at} as bigint))`,
  );
  const { rows } = await sql<{ mailing_id: number; sequence: number }>`
    update deliveries set marked_at = v.column4
    from (values ${sql.join(values)}) as v
    where deliveries.mailing_id = v.column1 and deliveries.sequence = v.column2 and deliveries.claim = v.column3
      and deliveries.outcome in ('due', 'deferred') and deliveries.marked_at is null
    returning deliveries.mailing_id, deliveries.sequence`.execute(tx);
  return new Set(rows.map((row) => keyOf({ mailing: Number(row.mailing_id), sequence: Number(row.sequence) })));
}

/** An unknown that is answered after all, under the claim that ended its data, is settled too. */
async function settleAll(tx: Transaction<Tables>, settlements: readonly Settlement[]): Promise<void> {
  const values = settlements.map(
    ({ mailing, sequence, claim, outcome, reason, reply, dueAt, countsAsAttempt, at }) =>
      sql`(cast(${mailing} as bigint), cast(${sequence} as integer), cast(${claim} as text), cast(${outcome} as text), cast(${reason} as text), cast(${reply} as text), cast(${dueAt} as bigint), cast(${countsAsAttempt ? 1 : 0} as integer), cast(${at} as bigint))`,
  );
  await sql`
    update deliveries set
      outcome = v.column4, reason = v.column5, reply = coalesce(v.column6, reply), due_at = v.column7,
      attempts = attempts + v.column8,
      settled_at = case when v.column4 in ('due', 'deferred') then null else v.column9 end,
      first_tried_at = case when v.column8 = 1 then coalesce(first_tried_at, v.column9) else first_tried_at end,
      claimed_until = null, marked_at = case when v.column4 in ('due', 'deferred') then null else marked_at end,
      claim = case when v.column4 = 'unknown' then deliveries.claim else null end
    from (values ${sql.join(values)}) as v
    where deliveries.mailing_id = v.column1 and deliveries.sequence = v.column2 and deliveries.claim = v.column3
      and deliveries.outcome in ('due', 'deferred', 'unknown')`.execute(tx);
}

function keyOf({ mailing, sequence }: DeliveryId): string {
  return `${mailing}/${sequence}`;
}
