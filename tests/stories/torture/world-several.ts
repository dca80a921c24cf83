// The world of several machines: PostgreSQL, Redis, two `postrider work`, each started again when it was killed, and
// a `send` that hands over to them.
import { setTimeout as sleep } from 'node:timers/promises';
import type { CourseNotes } from './course.ts';
import { CREATION_STEPS, type Plan } from './plan-of-a-seed.ts';
import type { Strike } from './points.ts';
import { ISSUE, type Stage } from './stage.ts';

const SEND = ['send', '--issue', ISSUE, '--yes', '--detach'];
const LOOK_MS = 300;

export async function playSeveral({ strikes }: Plan, stage: Stage, notes: CourseNotes, signal: AbortSignal): Promise<void> {
  const isOfSender = (strike: Strike): boolean => strike.point === 'opening' && strike.nth <= CREATION_STEPS;
  const forSenders = strikes.filter(isOfSender);
  const forWorkers = strikes.filter((strike) => !isOfSender(strike)).map(withoutCreation);
  const crew = new Crew(stage, notes, forWorkers);
  try {
    // The first to be there has the lead, and so opens.
    await crew.enlist();
    await Promise.all([crew.enlist(), send(stage, notes, forSenders, signal)]);
    for (let state = ''; state !== 'finished'; state = (await stage.mailing())?.state ?? '') {
      signal.throwIfAborted();
      crew.throwIfBroken();
      await sleep(LOOK_MS);
    }
  } finally {
    await crew.dismiss();
  }
  crew.throwIfBroken();
}

/** What a worker sees of an opening begins after the mailing is there. */
function withoutCreation(strike: Strike): Strike {
  return strike.point === 'opening' ? { ...strike, nth: strike.nth - CREATION_STEPS } : strike;
}

/** Again and again, until it is handed over. */
async function send(stage: Stage, notes: CourseNotes, strikes: Strike[], signal: AbortSignal): Promise<void> {
  for (let code: number | null = null; code !== 0; ) {
    signal.throwIfAborted();
    const end = await stage.begin(SEND, strikes.shift() ?? null).ended;
    notes.note(end);
    code = end.code;
  }
}

/** Two seats; whoever dies by a strike has a successor at once. */
class Crew {
  readonly #stage: Stage;
  readonly #notes: CourseNotes;
  readonly #strikes: Strike[];
  readonly #seats: Promise<void>[] = [];
  readonly #present = new Map<number, ReturnType<Stage['begin']>>();
  #isDismissed = false;
  #failure: unknown = null;

  constructor(stage: Stage, notes: CourseNotes, strikes: Strike[]) {
    this.#stage = stage;
    this.#notes = notes;
    this.#strikes = strikes;
  }

  /** Settles when it is at work, or has ended before. */
  async enlist(): Promise<void> {
    const seat = this.#seats.length;
    const isReady = this.#begin(seat);
    this.#seats.push(
      this.#keep(seat).catch((error: unknown) => {
        this.#failure ??= error;
      }),
    );
    await isReady;
  }

  throwIfBroken(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** Each finishes what it holds, the frozen ones when they have woken up. */
  async dismiss(): Promise<void> {
    this.#isDismissed = true;
    for (const life of this.#present.values()) life.signal('SIGTERM');
    await Promise.all(this.#seats);
  }

  #begin(seat: number): Promise<unknown> {
    const life = this.#stage.begin(['work'], this.#strikes.shift() ?? null);
    this.#present.set(seat, life);
    return Promise.race([life.hears('at work'), life.ended]);
  }

  async #keep(seat: number): Promise<void> {
    for (;;) {
      const end = await this.#present.get(seat)?.ended;
      if (end) this.#notes.note(end);
      if (this.#isDismissed) return;
      await this.#begin(seat);
    }
  }
}
