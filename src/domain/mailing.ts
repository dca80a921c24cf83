// A mailing: one issue sent to one list. (issue, list) is unique, so that nothing is sent twice.
import type { Outcome, OutcomeCounts } from './outcome.ts';

export type MailingState = 'opening' | 'sending' | 'paused' | 'finished' | 'cancelled';

export interface Mailing {
  readonly id: number;
  readonly issue: string;
  readonly list: string;
  readonly state: MailingState;
  /** Why it paused by itself, in words for the editor; null where a person paused it. */
  readonly stateReason: string | null;
  /** Milliseconds since the epoch, as all moments. */
  readonly createdAt: number;
  /** Not before this; null for at once. */
  readonly startsAt: number | null;
  /** When all its deliveries were written down; null until then. */
  readonly openedAt: number | null;
  /** When a process last looked after it. */
  readonly touchedAt: number;
  readonly finishedAt: number | null;
  /** Deliveries opened so far; all of them once the state is past `opening`. */
  readonly recipients: number;
  /** The last subscriber looked at while opening. */
  readonly openedThrough: number;
}

/** The books of one mailing. */
export interface Books {
  readonly onList: number;
  readonly excluded: Readonly<Record<string, number>>;
  readonly recipients: number;
  readonly counts: OutcomeCounts;
  /** How many of each outcome have which reason; those without one are left out. */
  readonly reasons: Readonly<Partial<Record<Outcome, Readonly<Record<string, number>>>>>;
  /** When the next try is due; null where none is. */
  readonly nextDueAt: number | null;
}

/** What happened to a mailing as a whole, for its history and for whoever is told. */
export const MAILING_EVENTS = [
  'started',
  'finished',
  'paused',
  'stopped',
  'login-refused',
  'too-many-bounces',
  'too-many-complaints',
  'resumed',
  'cancelled',
  'amended',
  'retried',
  'resolved',
  'untouched',
  'stuck',
  'unknown',
] as const;
export type MailingEventKind = (typeof MAILING_EVENTS)[number];

export interface MailingEvent {
  readonly id: number;
  readonly mailing: number;
  readonly at: number;
  readonly kind: MailingEventKind;
  /** In words for the editor; empty where the kind says all. */
  readonly detail: string;
}

/** A run of consecutive deliveries, both ends included; what one queue job points at. */
export interface Slice {
  readonly mailing: number;
  readonly first: number;
  readonly last: number;
}

export const SLICE_SIZE = 1_000;
