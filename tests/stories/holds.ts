// The promise, held against the witness: the one place where what the ledger says is compared with what arrived, by
// address.
import { expect } from 'vitest';
import { OUTCOMES, type Outcome } from '../../src/domain/outcome.ts';
import { type DeliveryLine, deliveriesOf, type Place, type RunningSink, takenBy } from './cli.ts';

/** Addresses by what became of them. */
export type Standing = Readonly<Record<Outcome, readonly string[]>>;

export interface Allowance {
  /** How many may be in doubt: for each crash no more than the connections that were open. */
  readonly unknownMax?: number;
  /** Whom `resolve --resend`, or onUnknown, sent it again: these may have it twice. */
  readonly resent?: readonly string[];
}

/** What became of everybody, once it is certain that the promise was kept. */
export async function promiseHolds(
  { place, sink, recipients }: { readonly place: Place; readonly sink: RunningSink; readonly recipients: readonly string[] },
  { unknownMax = 0, resent = [] }: Allowance = {},
): Promise<Standing> {
  const deliveries = await deliveriesOf(place);
  const standing = standingOf(deliveries);
  expect(compare(recipients, deliveries, takenBy(sink), new Set(resent))).toEqual(NOTHING_AMISS);
  expect(standing.unknown.length).toBeLessThanOrEqual(unknownMax);
  return standing;
}

const NOTHING_AMISS = { forgotten: [], invented: [], counted: 'once each', lost: [], unaccounted: [], doubled: [], trebled: [] };

function compare(
  recipients: readonly string[],
  deliveries: readonly DeliveryLine[],
  taken: readonly string[],
  resent: Set<string>,
) {
  const { accepted, unknown } = standingOf(deliveries);
  const named = deliveries.map(({ address }) => address);
  const times = new Map<string, number>();
  for (const address of taken) times.set(address, (times.get(address) ?? 0) + 1);
  const mayBeTaken = new Set([...accepted, ...unknown, ...resent]);
  return {
    // accepted + due + deferred + rejected + expired + withheld + unknown = recipients
    forgotten: without(recipients, new Set(named)),
    invented: without(named, new Set(recipients)),
    counted: new Set(named).size === named.length && isWhole(deliveries) ? 'once each' : 'wrongly',
    // taken = accepted + a part of unknown
    lost: without(accepted, new Set(taken)),
    unaccounted: without([...times.keys()], mayBeTaken),
    doubled: [...times].filter(([address, count]) => count > 1 && !resent.has(address)).map(([address]) => address),
    trebled: [...times].filter(([, count]) => count > 2).map(([address]) => address),
  };
}

function standingOf(deliveries: readonly DeliveryLine[]): Standing {
  const addresses = (outcome: Outcome) => deliveries.filter((each) => each.outcome === outcome).map(({ address }) => address);
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, addresses(outcome)])) as Record<Outcome, string[]>;
}

function isWhole(deliveries: readonly DeliveryLine[]): boolean {
  return deliveries.every(({ outcome }) => OUTCOMES.some((known) => known === outcome));
}

function without(addresses: readonly string[], others: ReadonlySet<string>): string[] {
  return addresses.filter((address) => !others.has(address));
}
