// A claimed delivery, judged at one moment, and what a judgement holds where nothing is said of it.
import type { ClaimedDelivery } from '../../src/domain/delivery.ts';
import { parseReply, type Stage } from '../../src/domain/reply.ts';
import { type Judgement, judgeSubmission } from '../../src/flows/judge-submission.ts';
import { PATIENCE } from '../../src/policy/next-attempt.ts';
import type { Submission } from '../../src/relay/relay.ts';

export const NOW = Date.UTC(2023, 1, 7, 10);
export const HOUR_MS = 3_600_000;

export function claimed(changes: Partial<ClaimedDelivery> = {}): ClaimedDelivery {
  return {
    mailing: 7,
    sequence: 42,
    claim: 'c1',
    edition: 1,
    openedAt: NOW - 1_000,
    attempts: 0,
    firstTriedAt: null,
    subscriber: { id: 1, address: 'ada@example.org', name: 'Ada', attributes: {} },
    standing: { state: 'active', endedReason: null, suppression: null },
    ...changes,
  };
}

export function judge(submission: Submission, changes: Partial<ClaimedDelivery> = {}): Judgement {
  return judgeSubmission(claimed(changes), submission, NOW, PATIENCE);
}

export function judgeReply(stage: Stage, wire: string, changes: Partial<ClaimedDelivery> = {}): Judgement {
  return judge({ kind: 'replied', reply: parseReply(wire, stage) }, changes);
}

/** Every field of a settlement that nothing is said about. */
export const SETTLED = {
  mailing: 7,
  sequence: 42,
  claim: 'c1',
  at: NOW,
  reason: null,
  reply: null,
  dueAt: null,
  countsAsAttempt: true,
};
export const QUIET = { trouble: null, refusal: null, holdUntil: null, suspicion: 0 };
