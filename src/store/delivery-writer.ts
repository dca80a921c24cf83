// Marks and settlements of all connections, committed in groups: one flush to the disk serves everybody who
// asked since the last one. Order is kept, so a reply is on the disk no later than the next mark of its
// connection.
//
//   connection 1   mark ───┐            settle ─┐
//   connection 2     mark ─┼─ commit ─▶   mark ─┼─ commit ─▶ …
//   connection 3   settle ─┘            settle ─┘
import { type RawBuilder, sql } from 'kysely';
import type { DeliveryId, Settlement } from '../domain/delivery.ts';
import type { LedgerDatabase } from './engine.ts';
import type { Engine } from './schema.ts';

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
// A tenth more messages a second, on either engine, than a statement for each settlement.
const SETTLEMENT_DELAY_MS = 5;
// A statement costs PostgreSQL about half a millisecond, however little it holds: a sixth of its work with two workers.
const GROUP_MIN = 8;
const FEW_DELAY_MS = 2;

export class DeliveryWriter {
  readonly #db: LedgerDatabase;
  readonly #engine: Engine;
  #marks: Request<Mark, boolean>[] = [];
  #settlements: Request<Settlement, void>[] = [];
  #flushing: Promise<void> | undefined;
  #markArrived: () => void = () => undefined;

  constructor(db: LedgerDatabase, engine: Engine) {
    this.#db = db;
    this.#engine = engine;
  }

  mark(item: Mark): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#marks.push({ item, resolve, reject });
      this.#markArrived();
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
      await this.#gather();
      const settlements = this.#settlements.splice(0, GROUP_MAX);
      // A mark must not overtake a settlement that was asked for before it: only a whole queue frees the marks.
      const marks = this.#settlements.length === 0 ? this.#marks.splice(0, GROUP_MAX) : [];
      await this.#flush(settlements, marks);
    }
  }

  async #gather(): Promise<void> {
    if (this.#marks.length === 0) await this.#untilMark();
    // What arrives in the same turn of the loop joins the group.
    await new Promise((resolve) => setImmediate(resolve));
    const isFew = this.#engine === 'postgres' && this.#marks.length < GROUP_MIN;
    if (isFew) await new Promise((resolve) => setTimeout(resolve, FEW_DELAY_MS));
  }

  /** Nobody waits for a settlement; a mark, for which a connection waits, takes it along. */
  #untilMark(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, SETTLEMENT_DELAY_MS);
      this.#markArrived = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #flush(settlements: readonly Request<Settlement, void>[], marks: readonly Request<Mark, boolean>[]): Promise<void> {
    try {
      const marked = await this.#write(
        settlements.map(({ item }) => item),
        marks.map(({ item }) => item),
      );
      for (const { resolve } of settlements) resolve();
      // A process that was frozen may ask twice for one delivery, under the claim that has run out and under its new one:
      // the answer is to the claim, and given once.
      for (const { item, resolve } of marks) resolve(marked.delete(keyOf(item)));
    } catch (error) {
      for (const { reject } of [...settlements, ...marks]) reject(error);
    }
  }

  /** Gives those that were marked. All of it is durable, or nothing. */
  async #write(settlements: readonly Settlement[], marks: readonly Mark[]): Promise<Set<string>> {
    if (marks.length === 0) {
      await settleAll(this.#engine, settlements).execute(this.#db);
      return new Set();
    }
    if (settlements.length === 0) return keysOf(await markAll(this.#engine, marks).execute(this.#db));
    // One way there and back, where a transaction of four statements takes four.
    if (this.#engine === 'postgres') {
      const both = sql<Marked>`with settled as (${settleAll(this.#engine, settlements)}), marked as (${markAll(this.#engine, marks)}) select * from marked`;
      return keysOf(await both.execute(this.#db));
    }
    return this.#db.transaction().execute(async (tx) => {
      await settleAll(this.#engine, settlements).execute(tx);
      return keysOf(await markAll(this.#engine, marks).execute(tx));
    });
  }
}

interface Marked {
  readonly mailing_id: number;
  readonly sequence: number;
  readonly claim: string;
}

type Column<T> = readonly [type: 'bigint' | 'integer' | 'text', read: (item: T) => string | number | null];

const MARK: readonly Column<Mark>[] = [
  ['bigint', ({ mailing }) => mailing],
  ['integer', ({ sequence }) => sequence],
  ['text', ({ claim }) => claim],
  ['bigint', ({ at }) => at],
];

const SETTLEMENT: readonly Column<Settlement>[] = [
  ['bigint', ({ mailing }) => mailing],
  ['integer', ({ sequence }) => sequence],
  ['text', ({ claim }) => claim],
  ['text', ({ outcome }) => outcome],
  ['text', ({ reason }) => reason],
  ['text', ({ reply }) => reply],
  ['bigint', ({ dueAt }) => dueAt],
  ['integer', ({ countsAsAttempt }) => (countsAsAttempt ? 1 : 0)],
  ['bigint', ({ at }) => at],
];

function markAll(engine: Engine, marks: readonly Mark[]): RawBuilder<Marked> {
  return sql<Marked>`
    update deliveries set marked_at = v.column4
    from ${rowsOf(engine, MARK, marks)}
    where deliveries.mailing_id = v.column1 and deliveries.sequence = v.column2 and deliveries.claim = v.column3
      and deliveries.settled_at is null and deliveries.marked_at is null and ${isOneOf(engine, marks)}
    returning deliveries.mailing_id, deliveries.sequence, deliveries.claim`;
}

/** What has come back was accepted, whether or not we heard the reply. */
const IS_BACK = sql<boolean>`deliveries.fate is not null and v.column4 in ('due', 'deferred', 'unknown')`;

/** An unknown that is answered after all, under the claim that ended its data, is settled too. */
export function settleAll(engine: Engine, settlements: readonly Settlement[]): RawBuilder<unknown> {
  return sql`
    update deliveries set
      outcome = case when ${IS_BACK} then 'accepted' else v.column4 end,
      reason = case when ${IS_BACK} then null else v.column5 end, reply = coalesce(v.column6, reply),
      due_at = case when ${IS_BACK} then null else v.column7 end,
      attempts = attempts + v.column8,
      settled_at = case when v.column4 in ('due', 'deferred') and not (${IS_BACK}) then null else v.column9 end,
      first_tried_at = case when v.column8 = 1 then coalesce(first_tried_at, v.column9) else first_tried_at end,
      claimed_until = null, marked_at = case when v.column4 in ('due', 'deferred') then null else marked_at end,
      claim = case when v.column4 = 'unknown' then deliveries.claim else null end
    from ${rowsOf(engine, SETTLEMENT, settlements)}
    where deliveries.mailing_id = v.column1 and deliveries.sequence = v.column2 and deliveries.claim = v.column3
      and deliveries.outcome in ('due', 'deferred', 'unknown') and ${isOneOf(engine, settlements)}`;
}

/**
 * The items as a table `v` of column1, column2, … On PostgreSQL a parameter for each column, so that the text is the same
 * for any number of items and is prepared once.
 */
function rowsOf<T>(engine: Engine, columns: readonly Column<T>[], items: readonly T[]): RawBuilder<unknown> {
  if (engine === 'sqlite') {
    const rows = items.map((item) => sql`(${sql.join(columns.map(([, read]) => read(item)))})`);
    return sql`(values ${sql.join(rows)}) as v`;
  }
  const names = columns.map((_, index) => sql.ref(`column${index + 1}`));
  const arrays = columns.map(([type, read]) => sql`cast(${items.map(read)} as ${sql.raw(type)}[])`);
  return sql`unnest(${sql.join(arrays)}) as v (${sql.join(names)})`;
}

/**
 * Says once more which rows are meant: a planner that knows nothing of a table yet would walk through all that waits
 * to join it, which took nine of ten milliseconds of a mark.
 */
function isOneOf(engine: Engine, deliveries: readonly DeliveryId[]): RawBuilder<boolean> {
  const mailings = [...new Set(deliveries.map(({ mailing }) => mailing))];
  const sequences = [...new Set(deliveries.map(({ sequence }) => sequence))];
  if (engine === 'postgres')
    return sql<boolean>`deliveries.mailing_id = any(cast(${mailings} as bigint[])) and deliveries.sequence = any(cast(${sequences} as integer[]))`;
  return sql<boolean>`deliveries.mailing_id in (${sql.join(mailings)}) and deliveries.sequence in (${sql.join(sequences)})`;
}

function keysOf({ rows }: { readonly rows: readonly Marked[] }): Set<string> {
  return new Set(rows.map((row) => keyOf({ mailing: Number(row.mailing_id), sequence: Number(row.sequence), claim: row.claim })));
}

function keyOf({ mailing, sequence, claim }: Omit<Mark, 'at'>): string {
  return `${mailing}/${sequence}/${claim}`;
}
