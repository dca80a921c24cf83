// Who would get a mailing, and who would not and why. Reads only.
import { mayBeMailed } from '../policy/may-be-mailed.ts';
import type { Ledger } from '../store/ledger.ts';
import type { SubscriptionRow } from '../store/people.ts';

export interface MailingPlan {
  readonly onList: number;
  readonly recipients: number;
  readonly excluded: Readonly<Record<string, number>>;
  /** One of the recipients, to show a message by. */
  readonly example: SubscriptionRow | null;
}

const PAGE_SIZE = 5_000;

export async function planMailing(ledger: Ledger, list: string): Promise<MailingPlan> {
  const excluded: Record<string, number> = {};
  let onList = 0;
  let example: SubscriptionRow | null = null;
  for await (const row of subscriptionsOf(ledger, list)) {
    const decision = mayBeMailed(row);
    onList++;
    if (decision.kind === 'mail') example ??= row;
    else excluded[decision.reason] = (excluded[decision.reason] ?? 0) + 1;
  }
  const left = Object.values(excluded).reduce((sum, count) => sum + count, 0);
  return { onList, recipients: onList - left, excluded, example };
}

/** A list's subscriptions in bounded memory. */
export async function* subscriptionsOf(ledger: Ledger, list: string): AsyncGenerator<SubscriptionRow> {
  for (let after = 0; ; ) {
    const page = await ledger.subscribers.page(list, after, PAGE_SIZE);
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = last.id;
  }
}
