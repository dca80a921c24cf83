// What came back of a mailing, and what the relay refused, summed up by reason and by the recipients' domains.
import { domainOf } from '../domain/address.ts';
import type { CameBack, Ledger } from '../store/ledger.ts';

export interface ReturnSum {
  readonly reason: string;
  readonly count: number;
  /** The largest first. */
  readonly domains: readonly { readonly domain: string; readonly count: number }[];
  /** What was said to one of them. */
  readonly example: string;
}

export interface MailingReturns {
  readonly bounced: number;
  readonly complained: number;
  /** Recipients who left the list before the next mailing to it. */
  readonly left: number;
}

export async function countReturns(ledger: Ledger, mailing: number): Promise<MailingReturns> {
  return { ...(await ledger.returns.fates(mailing)), left: await ledger.returns.left(mailing) };
}

/** The most frequent first. */
export function sumReturns(returned: readonly CameBack[]): ReturnSum[] {
  const byReason = Map.groupBy(returned, ({ reason }) => reason);
  return [...byReason]
    .map(([reason, all]) => ({
      reason,
      count: all.length,
      domains: [...Map.groupBy(all, ({ address }) => (address === '' ? 'erased' : domainOf(address)))]
        .map(([domain, some]) => ({ domain, count: some.length }))
        .toSorted((a, b) => b.count - a.count || a.domain.localeCompare(b.domain)),
      example: all.find(({ words }) => words !== '')?.words ?? '',
    }))
    .toSorted((a, b) => b.count - a.count || a.reason.localeCompare(b.reason));
}
