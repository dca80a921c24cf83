// Brings a slice of a mailing to the relay: claim, look again at consent, compose, submit, judge, record.
//
// **Invariant**: a message's data is ended only under a claim that the ledger has just confirmed, and after
// the mark is durable. Killed at any point, the slice is simply delivered again from the ledger.
import type { Clock, RandomBytes } from '../domain/clock.ts';
import type { ClaimedDelivery, Settlement } from '../domain/delivery.ts';
import type { Slice } from '../domain/mailing.ts';
import type { Message } from '../domain/message.ts';
import { mayBeMailed } from '../policy/may-be-mailed.ts';
import type { Patience } from '../policy/next-attempt.ts';
import type { JobAnswer } from '../queue/schedule.ts';
import type { Relay } from '../relay/relay.ts';
import type { Ledger } from '../store/ledger.ts';
import { composeDelivery, type PressedEdition } from './compose-delivery.ts';
import { judgeSubmission, type Trouble } from './judge-submission.ts';
import type { Streak } from './streak.ts';

export interface Delivering {
  readonly ledger: Ledger;
  readonly relay: Relay;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly secrets: readonly string[];
  readonly patience: Patience;
  readonly streak: Streak;
  /** Deliveries that a slice holds at a time: few, so that an opt-out still counts seconds before the wire. */
  readonly claimsAtOnce: number;
  /** The pressed edition of a delivery. */
  readonly editionOf: (delivery: ClaimedDelivery) => Promise<PressedEdition>;
}

/** What becomes of the job: nothing more to do, come back later, or stop everything. */
export type SliceAnswer = JobAnswer<Trouble>;

// A claim outlives a slow disk or a long pause of the process; a crash holds its few deliveries back as long.
export const LEASE_MS = 15_000;

export async function deliverSlice(slice: Slice, delivering: Delivering, signal: AbortSignal): Promise<SliceAnswer> {
  const run = new SliceRun(slice, delivering, signal);
  try {
    return await run.deliver();
  } finally {
    run.stop();
  }
}

class SliceRun {
  readonly #slice: Slice;
  readonly #with: Delivering;
  readonly #signal: AbortSignal;
  readonly #held = new Map<number, ClaimedDelivery>();
  readonly #ended = new AbortController();
  #trouble: Trouble | null = null;
  #holdUntil = 0;
  #wake: () => void = () => undefined;

  constructor(slice: Slice, delivering: Delivering, signal: AbortSignal) {
    this.#slice = slice;
    this.#with = delivering;
    this.#signal = signal;
  }

  async deliver(): Promise<SliceAnswer> {
    void this.#keepClaims();
    while (this.#mayClaim()) {
      const claimed = await this.#claim().catch((error: unknown) => this.#ledgerFailed(error));
      if (claimed === 0 && this.#held.size === 0) break;
      await this.#untilRoom(claimed === 0 ? 0 : Math.floor(this.#with.claimsAtOnce / 2));
    }
    await this.#untilRoom(0);
    return this.#answer();
  }

  stop(): void {
    this.#ended.abort();
  }

  #mayClaim(): boolean {
    return !this.#signal.aborted && this.#trouble === null && this.#holdUntil <= this.#with.clock.now();
  }

  async #claim(): Promise<number> {
    const { ledger, clock, random, claimsAtOnce } = this.#with;
    const now = clock.now();
    const claim = Buffer.from(random(9)).toString('base64url');
    const limit = claimsAtOnce - this.#held.size;
    const claimed = await ledger.deliveries.claim({ ...this.#slice, claim, limit, now, until: now + LEASE_MS });
    for (const delivery of claimed) this.#held.set(delivery.sequence, delivery);
    for (const delivery of claimed) void this.#deliverOne(delivery);
    return claimed.length;
  }

  async #deliverOne(delivery: ClaimedDelivery): Promise<void> {
    try {
      const settlement = await this.#attempt(delivery);
      if (settlement) await this.#with.ledger.deliveries.settle(settlement);
    } catch (error) {
      this.#ledgerFailed(error);
    } finally {
      this.#held.delete(delivery.sequence);
      this.#wake();
    }
  }

  /** What was on the wire is in doubt now, and the ledger says so by its marks. */
  #ledgerFailed(error: unknown): number {
    this.#trouble ??= {
      kind: 'ledger',
      message: `The ledger cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      advice: 'Check the disk; run the same command again.',
    };
    return 0;
  }

  async #attempt(delivery: ClaimedDelivery): Promise<Settlement | null> {
    const { ledger, relay, clock, patience, secrets, streak } = this.#with;
    // Whoever waits in line while the mailing is stopped gives the claim back untouched.
    if (this.#trouble !== null || this.#signal.aborted) return this.#giveBack(delivery);
    const decision = mayBeMailed(delivery.standing);
    if (decision.kind === 'leave-out') return { ...leftOut(delivery, clock.now()), reason: decision.reason };
    const edition = await this.#with.editionOf(delivery);
    const message = compose(delivery, edition, secrets);
    if (message instanceof Error)
      return { ...leftOut(delivery, clock.now()), reason: 'cannot-be-composed', reply: message.message };
    const mark = (): Promise<boolean> => ledger.deliveries.mark(delivery, clock.now());
    const submission = await relay.submit(message, mark, () => this.#mayClaim());
    if (submission.kind === 'unstarted') return this.#giveBack(delivery);
    const judgement = judgeSubmission(delivery, submission, clock.now(), patience);
    // One 421 to all connections at once is one bad sign and not twenty.
    const isOnHold = judgement.holdUntil !== null && this.#holdUntil > clock.now();
    this.#trouble ??= judgement.trouble ?? (isOnHold ? null : streak.note(judgement));
    this.#holdUntil = Math.max(this.#holdUntil, judgement.holdUntil ?? 0);
    return judgement.settlement;
  }

  async #giveBack(delivery: ClaimedDelivery): Promise<null> {
    await this.#with.ledger.deliveries.release([delivery]);
    return null;
  }

  /** Claims that wait for a slow reply are prolonged, or they would be taken for a crash. */
  async #keepClaims(): Promise<void> {
    const { ledger, clock } = this.#with;
    for (;;) {
      await clock.sleep(LEASE_MS / 3, this.#ended.signal);
      if (this.#ended.signal.aborted) return;
      // A renewal that fails is no harm: the mark fences whoever lost the claim.
      await ledger.deliveries.renew([...this.#held.values()], clock.now() + LEASE_MS).catch(() => undefined);
    }
  }

  async #untilRoom(most: number): Promise<void> {
    while (this.#held.size > most) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #answer(): Promise<SliceAnswer> {
    if (this.#trouble !== null) return { kind: 'stopped', trouble: this.#trouble };
    const { ledger, clock } = this.#with;
    await ledger.deliveries.settleAbandoned(this.#slice.mailing, clock.now(), this.#slice);
    const { state } = await ledger.mailings.get(this.#slice.mailing);
    // Paused or cancelled meanwhile: whoever resumes it builds the schedule anew.
    if (state !== 'sending') return { kind: 'done' };
    const [own] = await ledger.mailings.waiting(this.#slice.mailing, this.#slice);
    return own ? { kind: 'again', at: Math.max(own.dueAt, this.#holdUntil) } : { kind: 'done' };
  }
}

/** A message that cannot be composed is not sent, and holds nobody else up. */
function compose(delivery: ClaimedDelivery, edition: PressedEdition, secrets: readonly string[]): Message | Error {
  try {
    return composeDelivery(delivery, edition, secrets);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function leftOut({ mailing, sequence, claim }: ClaimedDelivery, at: number): Settlement {
  return { mailing, sequence, claim, outcome: 'withheld', reason: null, reply: null, dueAt: null, countsAsAttempt: false, at };
}
