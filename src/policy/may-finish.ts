// A mailing is finished when nothing of it waits. What is unknown does not wait: it is held for a decision.
import type { Books } from '../domain/mailing.ts';

export function mayFinish({ counts }: Books): boolean {
  return counts.due === 0 && counts.deferred === 0;
}
