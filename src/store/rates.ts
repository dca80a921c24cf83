// Permits to hand messages to a relay. The ledger counts them itself, so that every process obeys one limit and
// nothing that is lost beside the ledger forgets what went out today.
import { sql, type Transaction } from 'kysely';
import type { LedgerDatabase } from './engine.ts';
import type { RateLimits, RateStore } from './ledger.ts';
import type { Engine, Tables } from './schema.ts';

// Traffic is counted in spans: an hour is twelve of them, and a limit is held to within one span.
const SPAN_MS = 5 * 60_000;
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
// Permits reach this far ahead of the wire.
const AHEAD_MS = 1_000;

export function rateStore(db: LedgerDatabase, engine: Engine): RateStore {
  return {
    take: (limits, wanted, now) => db.transaction().execute((tx) => takePermits(tx, engine, limits, wanted, now)),
    async giveBack(relay, unused, takenAt) {
      await db
        .updateTable('traffic')
        .set((eb) => ({ total: eb('total', '-', unused) }))
        .where('relay', '=', relay)
        .where('span_at', '=', spanOf(takenAt))
        .execute();
    },
  };
}

async function takePermits(tx: Transaction<Tables>, engine: Engine, limits: RateLimits, wanted: number, now: number) {
  const freeAt = await lockPace(tx, engine, limits.relay);
  const hour = await room(tx, limits.relay, limits.perHour, now, HOUR_MS);
  const day = await room(tx, limits.relay, limits.perDay, now, DAY_MS);
  const startAt = Math.max(now, freeAt);
  const soon = limits.perSecond === 0 ? wanted : Math.ceil(((now + AHEAD_MS - startAt) / 1_000) * limits.perSecond);
  const granted = Math.max(0, Math.min(wanted, soon, hour.left, day.left));
  if (granted === 0) return { granted, retryAt: Math.max(hour.retryAt, day.retryAt, startAt - AHEAD_MS / 2, now + 1) };
  if (limits.perSecond > 0) {
    const next = Math.ceil(startAt + (granted * 1_000) / limits.perSecond);
    await tx.updateTable('paces').set({ free_at: next }).where('relay', '=', limits.relay).execute();
  }
  await count(tx, limits.relay, granted, now);
  return { granted, retryAt: now };
}

/** Whoever holds this row takes permits; all others wait for the end of its transaction. */
async function lockPace(tx: Transaction<Tables>, engine: Engine, relay: string): Promise<number> {
  await tx
    .insertInto('paces')
    .values({ relay, free_at: 0 })
    .onConflict((conflict) => conflict.column('relay').doNothing())
    .execute();
  const { free_at } = await tx
    .selectFrom('paces')
    .select('free_at')
    .where('relay', '=', relay)
    .$if(engine === 'postgres', (query) => query.forUpdate())
    .executeTakeFirstOrThrow();
  return free_at;
}

/** What may still go out within the window that ends now, and when the next of it may where nothing may. */
async function room(tx: Transaction<Tables>, relay: string, limit: number, now: number, windowMs: number) {
  if (limit === 0) return { left: Number.POSITIVE_INFINITY, retryAt: 0 };
  const { total, oldest } = await tx
    .selectFrom('traffic')
    .select(({ fn }) => [fn.sum<number | null>('total').as('total'), fn.min<number | null>('span_at').as('oldest')])
    .where('relay', '=', relay)
    .where('span_at', '>', now - windowMs - SPAN_MS)
    .where('total', '>', 0)
    .executeTakeFirstOrThrow();
  const left = limit - Number(total ?? 0);
  return { left, retryAt: left > 0 ? 0 : (oldest ?? now) + windowMs + SPAN_MS };
}

async function count(tx: Transaction<Tables>, relay: string, granted: number, now: number): Promise<void> {
  await tx
    .insertInto('traffic')
    .values({ relay, span_at: spanOf(now), total: granted })
    .onConflict((conflict) => conflict.columns(['relay', 'span_at']).doUpdateSet({ total: sql`traffic.total + excluded.total` }))
    .execute();
  await tx
    .deleteFrom('traffic')
    .where('span_at', '<', now - 2 * DAY_MS)
    .execute();
}

function spanOf(at: number): number {
  return Math.floor(at / SPAN_MS) * SPAN_MS;
}
