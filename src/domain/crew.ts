// The processes that deliver for whoever asks: `serve` and `work`.

/** Each says every two seconds that it is there; who has been silent for longer than this is not. */
export const CREW_SILENCE_MAX_MS = 20_000;

export interface CrewMember {
  readonly id: string;
  readonly role: 'serve' | 'work';
  readonly host: string;
  readonly pid: number;
  readonly startedAt: number;
  /** When it last said that it is there. */
  readonly seenAt: number;
  /** When it last took deliveries; null before the first. */
  readonly claimedAt: number | null;
  /** It hands to a relay on its own machine, which may well be a sink. */
  readonly isRelayHere: boolean;
}
