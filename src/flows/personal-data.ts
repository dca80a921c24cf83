// All that is known of one person, to be shown to an admin, or to the person who asks for it (GDPR, articles 15 and 20).
import type { Ledger } from '../store/ledger.ts';
import type { SubscriberDetails } from '../store/people.ts';

/** Undefined where nothing is known. Moments are ISO 8601. */
export async function personalData(ledger: Ledger, key: string): Promise<object | undefined> {
  const details = await ledger.subscribers.find(key);
  if (!details) return undefined;
  const history = await ledger.subscriptions.history(details.id);
  return describe(
    details,
    history.map(({ id: _id, at, ...rest }) => ({ at: iso(at), ...rest })),
  );
}

function describe(details: SubscriberDetails, consent: readonly object[]): object {
  const { address, name, attributes, createdAt, subscriptions, suppression, deliveries } = details;
  return {
    ...{ address, name, attributes, knownSince: iso(createdAt) },
    subscriptions: subscriptions.map((each) => ({ ...each, since: iso(each.since) })),
    suppression: suppression && { ...suppression, at: iso(suppression.at) },
    deliveries: deliveries.map((each) => ({ ...each, dueAt: iso(each.dueAt), settledAt: iso(each.settledAt) })),
    consent,
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
