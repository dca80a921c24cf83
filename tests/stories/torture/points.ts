// The points at which a process may be struck, what each is called, and how the order to strike reaches the process.

export const POINTS = {
  taken: 'at a count of messages taken',
  opening: 'while the mailing is opened',
  claimed: 'after a claim',
  'mark-asking': 'before a mark is asked',
  'mark-committing': 'between a mark’s COMMIT and its answer',
  'mark-granted': 'after the mark, before the dot',
  'dot-sent': 'after the dot, before the reply is read',
  'reply-heard': 'after the reply, before it is settled',
  'deferral-heard': 'after a “come back later”, before it is settled',
  'settle-committing': 'between a settle’s COMMIT and its answer',
} as const;
export type Point = keyof typeof POINTS;

/**
 * `kill` is SIGKILL. `freeze` stops the process for about as long as its claims last or longer, as a laptop's lid does,
 * and lets it wake up before, while or after others take over.
 */
export interface Strike {
  readonly how: 'kill' | 'freeze';
  readonly point: Point;
  /** At which passing of the point; `taken`: how many messages after the process began to submit. */
  readonly nth: number;
  /** 0 for a kill. */
  readonly freezeMs: number;
}

/** What a process is told in the environment variable ORDER, as JSON. */
export interface Order {
  /** Null where it is to live. */
  readonly strike: Strike | null;
  /** In place of the minute that a deferred delivery waits for its second try. */
  readonly deferMs: number;
}
export const ORDER = 'POSTRIDER_TORTURE';

/** What the process says on its standard error, in a line of its own that begins so; the rest is JSON. */
export const SAYS = '[torture] ';
export type Saying = 'submits' | 'struck';
