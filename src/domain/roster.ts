// A roster: a file of subscribers, ours or another tool's. Each row claims something of one address.
import type { Claim } from './claim.ts';

/** A subscriber to be written down, with an address that has been read. */
export interface NewSubscriber {
  readonly address: string;
  readonly key: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface RosterRow extends NewSubscriber {
  readonly claim: Claim;
  /** Where the reader was when opting in, as the file says; empty where it does not. */
  readonly ip: string;
}
