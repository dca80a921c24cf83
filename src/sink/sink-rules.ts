// How the sink treats whom: `BEHAVIOUR:PATTERN`, or `BEHAVIOUR:PATTERN:TIMES` for the first tries only. Pure.

// Dropped at MAIL, RCPT and DATA: in place of the reply, so that the data cannot have been ended. Dropped in the
// data: after the 354, when nobody can say whether the client was quicker.
export const MISBEHAVIOURS = [
  'refuse',
  'defer',
  'stall',
  'answer-early',
  'drop-at-mail',
  'drop-at-rcpt',
  'drop-at-data',
  'drop-in-data',
  'drop-after-dot',
] as const;
export type Misbehaviour = (typeof MISBEHAVIOURS)[number];

/** Whose address a rule looks at. At MAIL no recipient is known yet. */
export type Party = 'sender' | 'recipient';

export interface SinkRule {
  readonly misbehaviour: Misbehaviour;
  /** An address in which `*` stands for any characters; letter case is ignored. */
  readonly pattern: string;
  /** For this many tries of an address; after them it is treated well. */
  readonly times: number;
}

export function partyOf({ misbehaviour }: SinkRule): Party {
  return misbehaviour === 'drop-at-mail' ? 'sender' : 'recipient';
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
