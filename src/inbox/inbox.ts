// The ways in for returned mail: its contract. Whoever brings a message lets go of it only when it has been taken.

/**
 * Takes a message; `envelope`: the addresses that it came to, where they are told. Settles when the message may be let go
 * of; `ordinary` is none of ours, and stays where it is. Rejects where it must be brought again.
 */
export type Take = (bytes: Uint8Array, envelope: readonly string[]) => Promise<'taken' | 'ordinary'>;

/** A place that is looked into from time to time. */
export interface Inbox {
  /** For people: no password in it. */
  readonly name: string;
  /** So long after a look comes the next. */
  readonly restMs: number;
  /** Brings all that is there. Gives how many were taken; rejects where the place cannot be read, or not to the end. */
  collect(take: Take, signal: AbortSignal): Promise<number>;
}

/** What is said of a delivery stands at the beginning; nothing reads more. */
export const READ_MAX_BYTES = 1_000_000;
