// How the sink treats whom: `BEHAVIOUR:PATTERN`, or `BEHAVIOUR:PATTERN:TIMES` for the first tries only. Pure.

export const MISBEHAVIOURS = ['refuse', 'defer', 'stall', 'answer-early', 'drop-before-dot', 'drop-after-dot'] as const;
export type Misbehaviour = (typeof MISBEHAVIOURS)[number];

export interface SinkRule {
  readonly misbehaviour: Misbehaviour;
  /** An address in which `*` stands for any characters; letter case is ignored. */
  readonly pattern: string;
  /** For this many tries of an address; after them it is treated well. */
  readonly times: number;
}

/** Undefined where it is not a rule. */
export function parseSinkRule(text: string): SinkRule | undefined {
  const [name, pattern, times] = text.split(':');
  const misbehaviour = MISBEHAVIOURS.find((each) => each === name);
  const limit = times === undefined ? Number.POSITIVE_INFINITY : Number(times);
  if (misbehaviour === undefined || !pattern || !(limit > 0)) return undefined;
  return { misbehaviour, pattern, times: limit };
}

/** The first rule that fits wins. `tries` counts from 1. */
export function misbehaviourFor(rules: readonly SinkRule[], address: string, tries: number): Misbehaviour | undefined {
  return rules.find(({ pattern, times }) => tries <= times && matches(pattern, address))?.misbehaviour;
}

function matches(pattern: string, address: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 'i').test(address);
}
