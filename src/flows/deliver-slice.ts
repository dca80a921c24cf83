// Brings a slice of a mailing to the relay: claim, look again at consent, compose, submit, judge, record.
//
// **Invariant**: a message's data is ended only under a claim that the ledger has just confirmed, and after
// the mark is durable. Killed at any point, the slice is simply delivered again from the ledger.
import type { Clock, RandomBytes } from '../domain/clock.ts';
import type { ClaimedDelivery } from '../domain/delivery.ts';
import type { Slice } from '../domain/mailing.ts';
import type { Message } from '../domain/message.ts';
import { afterRefusal, maySuppress } from '../policy/after-a-return.ts';
import { mayBeMailed } from '../policy/may-be-mailed.ts';
import type { Patience } from '../policy/next-attempt.ts';
import { decisionOf, type OnUnknown } from '../policy/on-unknown.ts';
import type { JobAnswer } from '../queue/schedule.ts';
import type { Relay } from '../relay/relay.ts';
import type { Ledger, RateLimits } from '../store/ledger.ts';
import { composeDelivery, type PressedEdition } from './compose-delivery.ts';
import { type Judgement, judgeSubmission, ledgerTrouble, needsPerson, type Trouble } from './judge-submission.ts';
import { persist } from './persist.ts';
import type { RelayHealth } from './relay-health.ts';
import { stopMailing } from './steer-mailing.ts';

export interface Delivering {
  readonly ledger: Ledger;
  readonly relay: Relay;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly secrets: readonly string[];
  readonly patience: Patience;
  /** Shared by all slices of a process. */
  readonly health: RelayHealth;
  /** What may go to the relay at that moment, over all processes; null where there is no limit. */
  readonly limitsAt: (now: number) => RateLimits | null;
  /** What becomes by itself of whoever may have got it, or not. */
  readonly onUnknown: OnUnknown;
  /** The pressed edition of a delivery. */
  readonly editionOf: (delivery: ClaimedDelivery) => Promise<PressedEdition>;
  /** Hears of what keeps a slice from going on. */
  readonly onTrouble: (trouble: Trouble) => void;
  /** Hears of each time that deliveries were taken. */
  readonly onClaim: (now: number) => void;
}

// A claim outlives a slow disk or a long pause of the process; a crash holds its few deliveries back as long.
export const LEASE_MS = 15_000;
// A delivery that has waited longer for a connection is given back and claimed anew.
const STALE_MS = 10_000;
// A permit that comes sooner is waited for; for a later one the slice comes back.
const PERMIT_WAIT_MS = 5_000;
// A ledger that is away is asked again after this.
const LEDGER_DELAY_MS = 5_000;

export async function deliverSlice(slice: Slice, delivering: Delivering, signal: AbortSignal): Promise<JobAnswer> {
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
  /** A process that was frozen may hold a delivery twice for a moment, under two claims. */
  readonly #held = new Set<ClaimedDelivery>();
  readonly #ended = new AbortController();
  #trouble: Trouble | null = null;
  #permitsAt = 0;
  #wake: () => void = () => undefined;

  constructor(slice: Slice, delivering: Delivering, signal: AbortSignal) {
    this.#slice = slice;
    this.#with = delivering;
    this.#signal = signal;
  }

  async deliver(): Promise<JobAnswer> {
    const { clock, health } = this.#with;
    void this.#keepClaims();
    while (this.#mayClaim()) {
      const claimed = await this.#claim().catch((error: unknown) => this.#ledgerFailed(error));
      const permitsIn = this.#permitsAt - clock.now();
      if (claimed === 0 && permitsIn > 0 && permitsIn <= PERMIT_WAIT_MS) await clock.sleep(permitsIn, this.#signal);
      else if (claimed === 0 && this.#held.size === 0) break;
      await this.#untilRoom(claimed === 0 ? 0 : Math.floor(health.windowAt(clock.now()) / 2));
    }
    await this.#untilRoom(0);
    return this.#answer();
  }

  stop(): void {
    this.#ended.abort();
  }

  #mayClaim(): boolean {
    const now = this.#with.clock.now();
    const isHeld = this.#with.health.holdUntil > now || this.#permitsAt > now + PERMIT_WAIT_MS;
    return !this.#signal.aborted && this.#trouble === null && !isHeld;
  }

  /** Consent that was looked at long ago, while all connections were busy, is looked at again. */
  #mayStart(claimedAt: number): boolean {
    const now = this.#with.clock.now();
    const isStale = now - claimedAt > STALE_MS || this.#with.health.holdUntil > now;
    return !this.#signal.aborted && this.#trouble === null && !isStale;
  }

  async #claim(): Promise<number> {
    const { ledger, clock, random, health, onClaim } = this.#with;
    const now = clock.now();
    const limits = this.#with.limitsAt(now);
    const room = health.windowAt(now) - this.#held.size;
    const limit = limits === null ? room : await this.#takePermits(limits, room, now);
    if (limit <= 0) return 0;
    const claim = Buffer.from(random(9)).toString('base64url');
    const claimed = await ledger.deliveries.claim({ ...this.#slice, claim, limit, now, until: now + LEASE_MS });
    await this.#giveBackPermits(limit - claimed.length, now);
    if (claimed.length > 0) onClaim(now);
    for (const delivery of claimed) this.#held.add(delivery);
    for (const delivery of claimed) void this.#deliverOne(delivery, now);
    return claimed.length;
  }

  async #takePermits(limits: RateLimits, wanted: number, now: number): Promise<number> {
    const { granted, retryAt } = await this.#with.ledger.rates.take(limits, wanted, now);
    this.#permitsAt = granted > 0 ? 0 : retryAt;
    return granted;
  }

  async #giveBackPermits(unused: number, takenAt: number): Promise<void> {
    const limits = this.#with.limitsAt(takenAt);
    if (limits !== null && unused > 0) await this.#with.ledger.rates.giveBack(limits.relay, unused, takenAt);
  }

  async #deliverOne(delivery: ClaimedDelivery, claimedAt: number): Promise<void> {
    try {
      const ending = await this.#attempt(delivery, claimedAt);
      if (ending?.settlement) await persist(() => this.#record(ending), this.#with.clock);
    } catch (error) {
      this.#ledgerFailed(error);
    } finally {
      this.#held.delete(delivery);
      this.#wake();
    }
  }

  /** What was on the wire is in doubt now, and the ledger says so by its marks. */
  #ledgerFailed(error: unknown): number {
    this.#trouble ??= ledgerTrouble(error instanceof Error ? error.message : String(error));
    return 0;
  }

  async #attempt(delivery: ClaimedDelivery, claimedAt: number): Promise<Ending | null> {
    const { ledger, relay, clock, patience, secrets, health } = this.#with;
    // Whoever waits in line while the mailing is stopped gives the claim back untouched.
    if (this.#trouble !== null || this.#signal.aborted) return this.#giveBack(delivery, claimedAt);
    const decision = mayBeMailed(delivery.standing);
    if (decision.kind === 'leave-out') return leftOut(delivery, clock.now(), decision.reason, null);
    const edition = await this.#with.editionOf(delivery);
    let failure: string | null = null;
    const prepare = (): Message | null => {
      if (!this.#mayStart(claimedAt)) return null;
      try {
        return composeDelivery(delivery, edition, secrets);
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
        return null;
      }
    };
    const submission = await relay.submit(prepare, () => ledger.deliveries.mark(delivery, clock.now()));
    // A message that cannot be composed is not sent, and holds nobody else up.
    if (failure !== null) return leftOut(delivery, clock.now(), 'cannot-be-composed', failure);
    if (submission.kind === 'unstarted') return this.#giveBack(delivery, claimedAt);
    const judgement = judgeSubmission(delivery, submission, clock.now(), patience);
    const trouble = health.note(judgement, clock.now());
    this.#trouble ??= trouble;
    return judgement;
  }

  async #record({ settlement, refusal }: Ending): Promise<void> {
    const { returns, deliveries } = this.#with.ledger;
    if (settlement === null) return;
    // Whoever is gone was refused before the mark, so that its settlement needs not stand in line with the marks.
    if (!refusal?.isGone) await deliveries.settle(settlement);
    if (refusal === null || !maySuppress(refusal)) return;
    await returns.refuse(settlement, (to) => (this.#with.health.isBelieved ? afterRefusal(refusal, to, settlement.at) : null));
  }

  async #giveBack(delivery: ClaimedDelivery, claimedAt: number): Promise<null> {
    await this.#with.ledger.deliveries.release([delivery]);
    await this.#giveBackPermits(1, claimedAt);
    return null;
  }

  /** Claims that wait for a slow reply are prolonged, or they would be taken for a crash. */
  async #keepClaims(): Promise<void> {
    const { ledger, clock } = this.#with;
    for (;;) {
      await clock.sleep(LEASE_MS / 3, this.#ended.signal);
      if (this.#ended.signal.aborted) return;
      // A renewal that fails is no harm: the mark fences whoever lost the claim.
      await ledger.deliveries.renew([...this.#held], clock.now() + LEASE_MS).catch(() => undefined);
    }
  }

  async #untilRoom(most: number): Promise<void> {
    while (this.#held.size > most) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #answer(): Promise<JobAnswer> {
    const { ledger, clock, health } = this.#with;
    try {
      if (this.#trouble !== null) await this.#report(this.#trouble);
      await this.#settleDoubts();
      const { state } = await ledger.mailings.get(this.#slice.mailing);
      // Paused or cancelled meanwhile: whoever resumes it builds the schedule anew.
      if (state !== 'sending' && state !== 'opening') return { kind: 'done' };
      const [own] = await ledger.mailings.waiting(this.#slice.mailing, this.#slice);
      if (!own) return { kind: 'done' };
      const putOffUntil = Math.max(health.holdUntil, this.#permitsAt);
      return putOffUntil > own.dueAt ? { kind: 'again', at: putOffUntil, dueAt: own.dueAt } : { kind: 'again', at: own.dueAt };
    } catch (error) {
      this.#ledgerFailed(error);
      return { kind: 'again', at: clock.now() + LEDGER_DELAY_MS };
    }
  }

  /** What a crash left behind is unknown; the newsletter may want the unknown settled by themselves. */
  async #settleDoubts(): Promise<void> {
    const { ledger, clock, onUnknown } = this.#with;
    const { mailing } = this.#slice;
    await ledger.deliveries.settleAbandoned(mailing, clock.now(), this.#slice);
    const decision = decisionOf(onUnknown);
    if (decision !== null) await ledger.deliveries.resolveUnknown(mailing, decision, clock.now(), this.#slice);
  }

  async #report(trouble: Trouble): Promise<void> {
    const { ledger, clock, onTrouble } = this.#with;
    if (needsPerson(trouble)) await stopMailing(ledger, this.#slice.mailing, trouble, clock.now());
    onTrouble(trouble);
  }
}

/** How an attempt ended, with what follows from it. */
type Ending = Pick<Judgement, 'settlement' | 'refusal'>;

function leftOut({ mailing, sequence, claim }: ClaimedDelivery, at: number, reason: string, reply: string | null): Ending {
  const rest = { outcome: 'withheld', dueAt: null, countsAsAttempt: false } as const;
  return { settlement: { mailing, sequence, claim, ...rest, reason, reply, at }, refusal: null };
}
