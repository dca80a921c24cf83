// Why a paused mailing is paused: the last of its events that paused it, whatever else was written down since. It
// decides who may let it go on, and after which question.
import type { MailingEvent } from '../domain/mailing.ts';

const PAUSING = ['paused', 'stopped', 'login-refused', 'untouched', 'too-many-bounces', 'too-many-complaints'] as const;
type Pausing = (typeof PAUSING)[number];

export interface Pause extends MailingEvent {
  readonly kind: Pausing;
}

/** `events` in order. */
export function whyPaused(events: readonly MailingEvent[]): Pause | undefined {
  return events.findLast((event): event is Pause => PAUSING.some((kind) => kind === event.kind));
}

/** What stopped by itself goes on when a person sends again: by then that person has seen why it stopped. */
export function goesOnWhenSentAgain({ kind }: Pause): boolean {
  return kind === 'stopped' || kind === 'login-refused';
}
