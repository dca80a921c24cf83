// What came back, as reports and admins ask for it.
import { type Selectable, sql } from 'kysely';
import type { Fate, ReturnKind, ReturnRecord, Way } from '../domain/returned.ts';
import type { LedgerDatabase } from './engine.ts';
import type { ReturnStore } from './ledger.ts';
import type { Tables } from './schema.ts';

type Shown = Pick<ReturnStore, 'latest' | 'fates' | 'left' | 'ofMailing' | 'findByReply'>;

// Reports are read by people: nobody looks through more.
const EXAMPLES_MAX = 100_000;
const REPLIES_MAX = 60;

export function readReturns(db: LedgerDatabase): Shown {
  return {
    async latest(limit) {
      const rows = await db.selectFrom('returns').selectAll().orderBy('id', 'desc').limit(limit).execute();
      return rows.map(recordOf);
    },
    async fates(mailing) {
      const rows = await db
        .selectFrom('deliveries')
        .select(({ fn }) => ['fate', fn.countAll<number>().as('total')])
        .where('mailing_id', '=', mailing)
        .where('fate', 'is not', null)
        .groupBy('fate')
        .execute();
      const totalOf = (fate: Fate): number => Number(rows.find((row) => row.fate === fate)?.total ?? 0);
      return { bounced: totalOf('bounced'), complained: totalOf('complained') };
    },
    async left(mailing) {
      const { left } = await db
        .selectFrom('consents')
        .innerJoin('mailings', 'mailings.list_id', 'consents.list_id')
        .select(sql<number>`count(distinct consents.subscriber_id)`.as('left'))
        .where('mailings.id', '=', mailing)
        .where('kind', '=', 'left')
        .whereRef('at', '>=', 'mailings.created_at')
        .where(
          sql<boolean>`at < coalesce((select min(later.created_at) from mailings later where later.list_id = mailings.list_id and later.id > mailings.id), at + 1)`,
        )
        .where(
          sql<boolean>`exists (select 1 from deliveries where deliveries.subscriber_id = consents.subscriber_id and deliveries.mailing_id = mailings.id and outcome in ('accepted', 'unknown'))`,
        )
        .executeTakeFirstOrThrow();
      return Number(left);
    },
    async ofMailing(mailing) {
      const rows = await db
        .selectFrom('deliveries')
        .select(['address', 'fate', 'fate_reason', 'reason', 'reply'])
        .select((eb) =>
          eb
            .selectFrom('returns')
            .select('words')
            .whereRef('returns.mailing_id', '=', 'deliveries.mailing_id')
            .whereRef('returns.sequence', '=', 'deliveries.sequence')
            .whereRef('effect', 'like', sql<string>`deliveries.fate || '%'`)
            .orderBy('id', 'desc')
            .limit(1)
            .as('words'),
        )
        .where('mailing_id', '=', mailing)
        .where((eb) => eb.or([eb('fate', 'is not', null), eb('outcome', 'in', ['rejected', 'expired'])]))
        .orderBy('sequence')
        .limit(EXAMPLES_MAX)
        .execute();
      return rows.map((row) => ({
        address: row.address,
        fate: row.fate as Fate | null,
        reason: row.fate_reason ?? row.reason ?? 'other',
        words: (row.fate === null ? row.reply : row.words) ?? '',
      }));
    },
    async findByReply(key, relayId) {
      const rows = await db
        .selectFrom('deliveries')
        .innerJoin('subscribers', 'subscribers.id', 'deliveries.subscriber_id')
        .select(['mailing_id', 'sequence', 'reply'])
        .where('address_key', '=', key)
        .where('reply', 'is not', null)
        .orderBy('opened_at', 'desc')
        .limit(REPLIES_MAX)
        .execute();
      const found = rows.find(({ reply }) => reply?.split(/[\s<>]+/).includes(relayId));
      return found && { mailing: Number(found.mailing_id), sequence: found.sequence };
    },
  };
}

function recordOf(row: Selectable<Tables['returns']>): ReturnRecord {
  const { mailing_id: mailing, sequence } = row;
  return {
    at: Number(row.at),
    way: row.way as Way,
    kind: row.kind as ReturnKind,
    recipient: row.recipient,
    status: row.status,
    reason: row.reason,
    isGone: row.is_gone === 1,
    words: row.words,
    delivery: mailing === null || sequence === null ? null : { mailing: Number(mailing), sequence },
    effect: row.effect,
  };
}
