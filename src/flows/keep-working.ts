// What `serve` and `work` do: deliver whatever is due, of any mailing, until they are told to stop. Every process
// has this timer; the one that holds the lead looks after the mailings, and its lead is held in the ledger.
import type { CrewMember } from '../domain/crew.ts';
import type { Mailing } from '../domain/mailing.ts';
import { type Bell, createBell } from './bell.ts';
import type { Trouble } from './judge-submission.ts';
import { restAfter } from './rest.ts';
import type { Running } from './run-mailing.ts';
import { type Tended, tendMailing } from './tend-mailing.ts';
import { watchMailing } from './watch-mailing.ts';

export interface Working extends Running {
  readonly self: Pick<CrewMember, 'id' | 'role' | 'host' | 'pid' | 'isRelayHere'>;
  /** When this process last took deliveries; null before the first. */
  readonly claimedAt: () => number | null;
  /** Sets the clock by the ledger's. */
  readonly syncClock: () => Promise<void>;
  /** Tells the editor what has happened. */
  readonly tell: () => Promise<void>;
  readonly report: Reporter;
}

export interface Reporter {
  troubled(trouble: Trouble): void;
  /** A look failed; the next comes. */
  failed(error: unknown): void;
  tended(mailing: Mailing, tended: Tended): void;
}

// So soon is a new mailing noticed, and a pause by another process.
const LOOK_MS = 500;
const BEAT_MS = 2_000;
const LEAD = 'lead';
const LEAD_MS = 15_000;

export async function keepWorking(working: Working, signal: AbortSignal): Promise<void> {
  const { clock, schedule, report, workerFor } = working;
  const bell = createBell(clock);
  const looks = new Looks(working, bell);
  const atWork = await schedule.work(workerFor(report.troubled), () => looks.hasten());
  while (!signal.aborted) {
    await looks.look().catch(report.failed);
    await bell.sleep(LOOK_MS, signal);
  }
  await atWork.stop();
  // Without it, the others wait for a silence of some seconds.
  await leave(working).catch(report.failed);
}

async function leave({ ledger, self }: Working): Promise<void> {
  await ledger.crew.release(LEAD, self.id);
  await ledger.crew.leave(self.id);
}

class Looks {
  readonly #with: Working;
  readonly #bell: Bell;
  readonly #startedAt: number;
  #beatAt = 0;
  #isLeading = false;
  /** The schedule ran dry here: perhaps a mailing has come to its end, and whoever sees it first closes it. */
  #isHastened = false;
  /** When each mailing is looked after again. */
  readonly #nextAt = new Map<number, number>();

  constructor(working: Working, bell: Bell) {
    this.#with = working;
    this.#bell = bell;
    this.#startedAt = working.clock.now();
  }

  hasten(): void {
    this.#isHastened = true;
    this.#bell.ring();
  }

  async look(): Promise<void> {
    const { ledger, clock, tell } = this.#with;
    if (clock.now() >= this.#beatAt) await this.#beat();
    const isHastened = this.#isHastened;
    this.#isHastened = false;
    if (!this.#isLeading && !isHastened) return;
    if (isHastened) this.#nextAt.clear();
    // One that cannot be looked after must not keep the others waiting.
    for (const mailing of await ledger.mailings.underWay()) await this.#lookAfter(mailing).catch(this.#with.report.failed);
    if (this.#isLeading) await tell();
  }

  /** Says that this process is there, and takes the lead or keeps it. */
  async #beat(): Promise<void> {
    const { ledger, clock, self, claimedAt, syncClock } = this.#with;
    this.#isLeading = false;
    await syncClock();
    const now = clock.now();
    await ledger.crew.beat({ ...self, startedAt: this.#startedAt, seenAt: now, claimedAt: claimedAt() });
    this.#isLeading = await ledger.crew.lead(LEAD, self.id, now, now + LEAD_MS);
    this.#beatAt = now + BEAT_MS;
  }

  async #lookAfter(mailing: Mailing): Promise<void> {
    const { clock, report } = this.#with;
    const startedAt = clock.now();
    if ((this.#nextAt.get(mailing.id) ?? 0) > startedAt) return;
    const tended = await tendMailing(mailing, this.#with);
    report.tended(mailing, tended);
    if (tended.kind === 'more') this.#bell.ring();
    if (tended.kind === 'waiting') await watchMailing(mailing, tended.nextDueAt, this.#with);
    const rest = tended.kind === 'waiting' ? restAfter(clock.now() - startedAt) : 0;
    this.#nextAt.set(mailing.id, clock.now() + rest);
  }
}
