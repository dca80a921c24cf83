// What has become of a delivery. At every instant each delivery has exactly one outcome:
//   accepted + due + deferred + rejected + expired + withheld + unknown = recipients

export const OUTCOMES = ['accepted', 'due', 'deferred', 'rejected', 'expired', 'withheld', 'unknown'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export type OutcomeCounts = Readonly<Record<Outcome, number>>;

export const NO_OUTCOMES: OutcomeCounts = {
  accepted: 0,
  due: 0,
  deferred: 0,
  rejected: 0,
  expired: 0,
  withheld: 0,
  unknown: 0,
};

/** True where nothing more will be tried by itself. */
export function isFinal(outcome: Outcome): boolean {
  return outcome !== 'due' && outcome !== 'deferred';
}

export function isOutcome(text: string): text is Outcome {
  return (OUTCOMES as readonly string[]).includes(text);
}

export function totalOf(counts: OutcomeCounts): number {
  return OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
}
