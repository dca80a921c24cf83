// What a submission means for its delivery and for the mailing. Pure: decides, and records nothing.
import type { ClaimedDelivery, Settlement } from '../domain/delivery.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Reply } from '../domain/reply.ts';
import type { Refusal } from '../policy/after-a-return.ts';
import { nextAttempt, type Patience } from '../policy/next-attempt.ts';
import type { Submission } from '../relay/relay.ts';
import { classifyReply } from '../returns/classify-reply.ts';

/** Why a mailing cannot go on for now, in words for the editor. */
export interface Trouble {
  readonly kind: TroubleKind;
  readonly message: string;
  readonly advice: string;
}

/** Whether the relay and the ledger are there may change by itself; a refusal and a bad streak need a person. */
export type TroubleKind = 'unreachable' | 'ledger' | 'fault' | 'refused' | 'login-refused' | 'streak';

export function needsPerson({ kind }: Trouble): boolean {
  return kind === 'refused' || kind === 'login-refused' || kind === 'streak';
}

export interface Judgement {
  /** Null where the delivery is somebody else's now. */
  readonly settlement: Settlement | null;
  readonly trouble: Trouble | null;
  /** That the recipient was refused for good, or given up; null for anything else. */
  readonly refusal: Refusal | null;
  /** Until when nothing more should be claimed; null where the relay is content. */
  readonly holdUntil: number | null;
  /** Above 0 where more of the kind in a row would be a pattern; doubt weighs most. */
  readonly suspicion: 0 | 1 | 2;
}

/** When the relay asks everybody to wait without saying for how long (421, or 4xx to MAIL). */
export const BUSY_DELAY_MS = 60_000;

export function judgeSubmission(delivery: ClaimedDelivery, submission: Submission, now: number, patience: Patience): Judgement {
  const settle = settler(delivery, now);
  switch (submission.kind) {
    case 'fenced':
    case 'unstarted':
      return judgement(null);
    case 'unknown':
      return { ...judgement(settle('unknown', { reason: 'no-reply', reply: submission.why })), suspicion: 2 };
    case 'unended':
      return { ...judgement(deferred(delivery, 'connection-lost', submission.why, now, patience)), suspicion: 1 };
    case 'unmarked':
      return { ...judgement(settle('due', { dueAt: now, countsAsAttempt: false })), trouble: ledgerTrouble(submission.why) };
    case 'unsupported':
      return judgement(settle('rejected', { reason: 'address-not-supported', reply: submission.why }));
    case 'unreachable':
      return { ...judgement(settle('due', { dueAt: now, countsAsAttempt: false })), trouble: unreachable(submission.why) };
    case 'replied':
      return judgeReply(delivery, submission.reply, now, patience);
    default:
      return submission satisfies never;
  }
}

function judgeReply(delivery: ClaimedDelivery, reply: Reply, now: number, patience: Patience): Judgement {
  const settle = settler(delivery, now);
  const verdict = classifyReply(reply);
  switch (verdict.kind) {
    case 'accepted':
      return judgement(settle('accepted', { reply: reply.text }));
    case 'rejected':
      return {
        ...judgement(settle('rejected', { reason: verdict.reason, reply: reply.text })),
        refusal: { reason: verdict.reason, isGone: verdict.isGone },
        suspicion: verdict.isGone ? 0 : 1,
      };
    case 'deferred': {
      const settlement = deferred(delivery, verdict.reason, reply.text, now, patience);
      const isOver = settlement.outcome === 'expired';
      return { ...judgement(settlement), refusal: isOver ? { reason: verdict.reason, isGone: false } : null };
    }
    case 'relay-busy': {
      const holdUntil = now + BUSY_DELAY_MS;
      const again = settle('due', { dueAt: holdUntil, countsAsAttempt: false, reason: verdict.reason, reply: reply.text });
      return { ...judgement(again), holdUntil, suspicion: 1 };
    }
    case 'relay-refused':
      return { ...judgement(settle('due', { dueAt: now, countsAsAttempt: false, reply: reply.text })), trouble: refused(reply) };
    default:
      return verdict satisfies never;
  }
}

function judgement(settlement: Settlement | null): Judgement {
  return { settlement, trouble: null, refusal: null, holdUntil: null, suspicion: 0 };
}

function settler(delivery: ClaimedDelivery, at: number) {
  return (outcome: Outcome, rest: Partial<Settlement> = {}): Settlement => ({
    ...idOf(delivery),
    outcome,
    reason: null,
    reply: null,
    dueAt: null,
    countsAsAttempt: true,
    at,
    ...rest,
  });
}

function deferred(delivery: ClaimedDelivery, reason: string, reply: string, now: number, patience: Patience): Settlement {
  const next = nextAttempt(delivery.attempts + 1, delivery.firstTriedAt ?? now, now, patience);
  const settle = settler(delivery, now);
  return next.kind === 'again' ? settle('deferred', { reason, reply, dueAt: next.at }) : settle('expired', { reason, reply });
}

function idOf({ mailing, sequence, claim }: ClaimedDelivery): Pick<Settlement, 'mailing' | 'sequence' | 'claim'> {
  return { mailing, sequence, claim };
}

export function ledgerTrouble(why: string): Trouble {
  return {
    kind: 'ledger',
    message: `The ledger cannot be written: ${withoutStop(why)}.`,
    advice: 'Check the disk, or the server that holds it.',
  };
}

function withoutStop(why: string): string {
  return why.replace(/\.$/, '');
}

function unreachable(why: string): Trouble {
  return {
    kind: 'unreachable',
    message: `The relay cannot be reached: ${withoutStop(why)}.`,
    advice: 'Check SMTP_URL and that the server is up; nobody’s attempt was used up.',
  };
}

function refused(reply: Reply): Trouble {
  const advice =
    reply.stage === 'auth'
      ? 'Check SMTP_USER and SMTP_PASSWORD, or the login in SMTP_URL.'
      : 'Settle it with whoever runs the relay; nobody’s attempt was used up.';
  const what = reply.stage === 'auth' ? 'refused the login' : `will not take this mailing (at ${STAGE_NAMES[reply.stage]})`;
  return { kind: reply.stage === 'auth' ? 'login-refused' : 'refused', message: `The relay ${what}: ${reply.text}`, advice };
}

const STAGE_NAMES: Readonly<Record<Reply['stage'], string>> = {
  greeting: 'its greeting',
  ehlo: 'EHLO',
  starttls: 'STARTTLS',
  auth: 'the login',
  mail: 'MAIL FROM',
  rcpt: 'RCPT TO',
  data: 'DATA',
  'data-end': 'the end of the message',
};
