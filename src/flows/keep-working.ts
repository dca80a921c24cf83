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
  readonly self: Pick<CrewMember, 'id' | 'role' | 'host' | 'pid'>;
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

const LOOK_MS = 2_000;
const LEAD = 'lead';
const LEAD_MS = 15_000;

export async function keepWorking(working: Working, signal: AbortSignal): Promise<void> {
  const { ledger, clock, schedule, self, report, workerFor } = working;
  const bell = createBell(clock);
  const looks = new Looks(working, bell);
  const atWork = await schedule.work(workerFor(report.troubled), () => looks.hasten());
  while (!signal.aborted) {
    await looks.look().catch(report.failed);
    await bell.sleep(LOOK_MS, signal);
  }
  await atWork.stop();
  await ledger.crew.release(LEAD, self.id);
  await ledger.crew.leave(self.id);
}

class Looks {
  readonly #with: Working;
  readonly #bell: Bell;
  readonly #startedAt: number;
  /** When each mailing is looked after again, unless something happens before. */
  readonly #nextAt = new Map<number, number>();

  constructor(working: Working, bell: Bell) {
    this.#with = working;
    this.#bell = bell;
    this.#startedAt = working.clock.now();
  }

  /** Something has come to its end, and perhaps a mailing with it. */
  hasten(): void {
    this.#nextAt.clear();
    this.#bell.ring();
  }

  async look(): Promise<void> {
    const { ledger, clock, self, claimedAt, syncClock, tell } = this.#with;
    await syncClock();
    const now = clock.now();
    await ledger.crew.beat({ ...self, startedAt: this.#startedAt, seenAt: now, claimedAt: claimedAt() });
    if (!(await ledger.crew.lead(LEAD, self.id, now, now + LEAD_MS))) return;
    for (const mailing of await ledger.mailings.underWay()) await this.#lookAfter(mailing);
    await tell();
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
    this.#nextAt.set(mailing.id, clock.now() + rest - LOOK_MS / 2);
  }
}
