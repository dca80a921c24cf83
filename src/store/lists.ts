// Lists: a name, and the number by which links count it.
import type { SubscriptionState } from '../domain/subscription.ts';
import type { LedgerDatabase } from './engine.ts';
import type { ListStore, ListSummary, Overlap } from './people.ts';

export function listStore(db: LedgerDatabase): ListStore {
  return {
    async ensure(id, at) {
      await db
        .insertInto('lists')
        .values({ id, created_at: at })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
      const { number } = await db.selectFrom('lists').select('number').where('id', '=', id).executeTakeFirstOrThrow();
      return Number(number);
    },
    async find(id) {
      return (await summaries(db, id))[0];
    },
    all() {
      return summaries(db);
    },
    overlaps: (id, issue) => overlaps(db, id, issue),
  };
}

async function summaries(db: LedgerDatabase, id?: string): Promise<ListSummary[]> {
  const lists = await db
    .selectFrom('lists')
    .selectAll()
    .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
    .orderBy('id')
    .execute();
  const counted = await db
    .selectFrom('subscriptions')
    .select(({ fn }) => ['list_id', 'state', fn.countAll<number>().as('total')])
    .$if(id !== undefined, (query) => query.where('list_id', '=', id ?? ''))
    .groupBy(['list_id', 'state'])
    .execute();
  return lists.map((list) => {
    const counts: Record<SubscriptionState, number> = { pending: 0, active: 0, ended: 0 };
    for (const row of counted) if (row.list_id === list.id) counts[row.state as SubscriptionState] = Number(row.total);
    return { id: list.id, number: Number(list.number), createdAt: Number(list.created_at), counts };
  });
}

async function overlaps(db: LedgerDatabase, id: string, issue: string): Promise<Overlap[]> {
  const rows = await db
    .selectFrom('subscriptions as own')
    .innerJoin('subscriptions as other', 'other.subscriber_id', 'own.subscriber_id')
    .leftJoin('mailings', (join) => join.onRef('mailings.list_id', '=', 'other.list_id').on('mailings.issue_id', '=', issue))
    .leftJoin('deliveries', (join) =>
      join
        .onRef('deliveries.mailing_id', '=', 'mailings.id')
        .onRef('deliveries.subscriber_id', '=', 'own.subscriber_id')
        .on('deliveries.outcome', '!=', 'withheld'),
    )
    .where('own.list_id', '=', id)
    .where('other.list_id', '!=', id)
    .where('own.state', '=', 'active')
    .where('other.state', '=', 'active')
    .select(({ fn }) => [
      'other.list_id',
      fn.count<number>('own.subscriber_id').as('total'),
      fn.count<number>('deliveries.sequence').as('have'),
    ])
    .groupBy('other.list_id')
    .orderBy('other.list_id')
    .execute();
  return rows.map((row) => ({ list: row.list_id, count: Number(row.total), haveIssue: Number(row.have) }));
}
