// The world of one laptop: a file, and `postrider send` started again after each kill until it says that all is done.
// Beside one that is frozen the next is started, as a person would.
import type { CourseNotes } from './course.ts';
import type { LifeEnd } from './life.ts';
import type { Plan } from './plan-of-a-seed.ts';
import { ISSUE, type Stage } from './stage.ts';

const SEND = ['send', '--issue', ISSUE, '--yes'];

export async function playAlone({ strikes }: Plan, stage: Stage, notes: CourseNotes, signal: AbortSignal): Promise<void> {
  const frozen: Promise<LifeEnd>[] = [];
  const orders = [...strikes];
  for (let isOver = false; !isOver; ) {
    signal.throwIfAborted();
    const life = stage.begin(SEND, orders.shift() ?? null);
    const end = await Promise.race([life.ended, life.froze]);
    if (end) notes.note(end);
    else frozen.push(life.ended);
    isOver = end?.code === 0;
  }
  for (const end of await Promise.all(frozen)) notes.note(end);
}
