// Who is at work on this ledger, and who has the lead.
import { sql } from 'kysely';
import type { CrewMember } from '../domain/crew.ts';
import type { LedgerDatabase } from './engine.ts';
import type { CrewStore } from './ledger.ts';

export function crewStore(db: LedgerDatabase): CrewStore {
  return {
    async beat({ id, role, host, pid, startedAt, seenAt, claimedAt, isRelayHere }) {
      await db
        .insertInto('crew')
        .values({
          ...{ id, role, host, pid, started_at: startedAt, seen_at: seenAt, claimed_at: claimedAt },
          is_relay_here: isRelayHere ? 1 : 0,
        })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: seenAt, claimed_at: claimedAt }))
        .execute();
    },
    async leave(id) {
      await db.deleteFrom('crew').where('id', '=', id).execute();
    },
    async present(since) {
      const rows = await db.selectFrom('crew').selectAll().where('seen_at', '>=', since).orderBy('started_at').execute();
      return rows.map((row) => ({
        id: row.id,
        role: row.role as CrewMember['role'],
        host: row.host,
        pid: row.pid,
        startedAt: row.started_at,
        seenAt: row.seen_at,
        claimedAt: row.claimed_at,
        isRelayHere: row.is_relay_here === 1,
      }));
    },
    async lead(name, holder, now, until) {
      const taken = await db
        .insertInto('leases')
        .values({ name, holder, until_at: until })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet({ holder, until_at: until })
            .where(sql<boolean>`leases.holder = ${holder} or leases.until_at <= ${now}`),
        )
        .returning('name')
        .executeTakeFirst();
      return taken !== undefined;
    },
    async release(name, holder) {
      await db.deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute();
    },
  };
}
