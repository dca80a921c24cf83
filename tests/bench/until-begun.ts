// When a large mailing is on its way: the first message is accepted, all recipients are written down.
import type { Mailing } from '../../src/domain/mailing.ts';
import type { Ledger } from '../../src/store/ledger.ts';

/** Both from the mailing's beginning. */
export interface Begun {
  readonly firstSeconds: number;
  readonly openedSeconds: number;
}

/** Looks again after each `rest`, until all is written down and so many are accepted. */
export async function untilBegun(
  ledger: Ledger,
  { id, createdAt }: Pick<Mailing, 'id' | 'createdAt'>,
  accepted: number,
  rest: () => Promise<unknown>,
): Promise<Begun> {
  let openedAt: number | null = null;
  while (openedAt === null || !(await hasAccepted(ledger, id, accepted))) {
    await rest();
    openedAt = (await ledger.mailings.get(id)).openedAt;
  }
  const firstSeconds = ((await firstSettledAt(ledger, id)) - createdAt) / 1_000;
  return { firstSeconds, openedSeconds: (openedAt - createdAt) / 1_000 };
}

/** The first thousand are sent first, so that the earliest of all is among them. */
export async function firstSettledAt(ledger: Ledger, id: number): Promise<number> {
  const records = await ledger.deliveries.list(id, { limit: 1_000 });
  return Math.min(...records.flatMap(({ settledAt }) => (settledAt === null ? [] : [settledAt])));
}

async function hasAccepted(ledger: Ledger, id: number, count: number): Promise<boolean> {
  const [last] = await ledger.deliveries.list(id, { outcome: 'accepted', after: count, limit: 1 });
  return last !== undefined;
}
