// Time and chance as arguments, so that tests can hold them still.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `delayMs`, or earlier when the signal aborts; never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** Gives `sizeBytes` unpredictable bytes. */
export type RandomBytes = (sizeBytes: number) => Uint8Array;
