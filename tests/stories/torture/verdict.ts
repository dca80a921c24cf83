// The ledger held against the witness, by sets of addresses. Pure: an empty verdict is a promise kept.
import { NO_OUTCOMES, type Outcome, type OutcomeCounts } from '../../../src/domain/outcome.ts';
import type { Plan, Recipient, Treatment } from './plan-of-a-seed.ts';

/** All that is known when a seed is over. */
export interface Evidence {
  readonly connections: Plan['connections'];
  /** Who is to be mailed. */
  readonly recipients: readonly Recipient[];
  /** Who is on the list as well, and must not be. */
  readonly leavers: readonly string[];
  readonly state: string;
  /** The ledger's rows. */
  readonly deliveries: readonly { readonly address: string; readonly outcome: Outcome }[];
  /** Left out, as the ledger counts them. */
  readonly excluded: number;
  /** The witness's, with repetitions. */
  readonly taken: readonly string[];
  /** Processes that were struck while they may have had open connections. */
  readonly crashes: number;
}

export interface Verdict {
  readonly counts: OutcomeCounts;
  /** Nobody will mail them any more, and the witness has nothing for them, though nothing speaks against it. */
  readonly lost: readonly string[];
  /** Mailed more than once, or mailed though the ledger says that they were not. */
  readonly doubled: readonly string[];
  /** Everything else that is not as it must be. */
  readonly amiss: readonly string[];
}

export function isKept({ lost, doubled, amiss }: Verdict): boolean {
  return lost.length + doubled.length + amiss.length === 0;
}

export function judge(evidence: Evidence): Verdict {
  const { recipients, deliveries, taken } = evidence;
  const outcomes = new Map(deliveries.map(({ address, outcome }) => [address, outcome]));
  const times = countEach(taken);
  return {
    counts: countOutcomes(evidence),
    lost: recipients
      .filter(({ address, treatment }) => isLost(outcomes.get(address), times.has(address), treatment))
      .map(({ address }) => address),
    doubled: [...times].filter(([address, count]) => count > 1 || isDenied(outcomes.get(address))).map(([address]) => address),
    amiss: [...differencesOf(evidence, outcomes), ...excessOf(evidence, outcomes)],
  };
}

/** Whoever is in doubt is listed by name, and so not lost. */
function isLost(outcome: Outcome | undefined, isTaken: boolean, treatment: Treatment): boolean {
  switch (outcome) {
    case 'accepted':
      return !isTaken;
    case 'unknown':
      return false;
    case 'rejected':
      return treatment !== 'refuse';
    case 'due':
    case 'deferred':
    case 'expired':
    case 'withheld':
    case undefined:
      return true;
    default:
      return outcome satisfies never;
  }
}

function isDenied(outcome: Outcome | undefined): boolean {
  return outcome !== 'accepted' && outcome !== 'unknown';
}

function differencesOf(
  { recipients, leavers, state, deliveries, excluded, taken }: Evidence,
  outcomes: ReadonlyMap<string, Outcome>,
) {
  const listed = new Set(recipients.map(({ address }) => address));
  const strangers = [...new Set([...outcomes.keys(), ...taken])].filter((address) => !listed.has(address));
  return [
    ...(state === 'finished' ? [] : [`The mailing is ${state}.`]),
    ...(deliveries.length === recipients.length ? [] : [`${deliveries.length} rows for ${recipients.length} recipients.`]),
    ...(excluded === leavers.length ? [] : [`${excluded} excluded, and ${leavers.length} had left.`]),
    ...strangers.map((address) => `${address} was not to be mailed.`),
  ];
}

/** A crash leaves at most one in doubt per connection; a relay that hangs up after the data may add to them. */
function excessOf({ recipients, connections, crashes }: Evidence, outcomes: ReadonlyMap<string, Outcome>): string[] {
  const unknown = recipients.filter(({ address }) => outcomes.get(address) === 'unknown');
  const unexplained = unknown.filter(({ treatment }) => !treatment.startsWith('drop-'));
  const most = crashes * connections;
  return unexplained.length <= most ? [] : [`${unexplained.length} are unknown, and ${most} may be after ${crashes} crashes.`];
}

function countOutcomes({ deliveries }: Evidence): OutcomeCounts {
  const counts: Record<Outcome, number> = { ...NO_OUTCOMES };
  for (const { outcome } of deliveries) counts[outcome]++;
  return counts;
}

function countEach(addresses: readonly string[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const address of addresses) times.set(address, (times.get(address) ?? 0) + 1);
  return times;
}
