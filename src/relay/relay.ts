// The relay: the server that takes our messages (RFC 5321, 6409). This is the gate's contract; one suite
// (tests/contracts/relay.ts) holds it against a real Postfix.
import type { Message } from '../domain/message.ts';
import type { Reply } from '../domain/reply.ts';

/**
 * How a submission ended.
 * - `replied`: the relay said something that decides, at the stage that the reply names.
 * - `unended`: the conversation broke before the data was ended. The relay has not taken the message.
 * - `unknown`: the data was ended and no reply came (RFC 1047). The relay may have taken it, or not.
 * - `unmarked`: the ledger could not take the mark, so the data was not ended. It is the ledger's trouble.
 * - `fenced`: the mark was refused, so the data was not ended. Somebody else has the delivery.
 * - `unsupported`: the relay cannot carry this address; nothing was sent.
 * - `unreachable`: there was no conversation at all.
 * - `unstarted`: when its turn came it was not wanted any more; nothing was sent.
 */
export type Submission =
  | { readonly kind: 'replied'; readonly reply: Reply }
  | { readonly kind: 'unended' | 'unmarked' | 'unknown' | 'unsupported' | 'unreachable'; readonly why: string }
  | { readonly kind: 'fenced' | 'unstarted' };

/** Asked for the message when its turn has come, not before; null where it is not wanted any more. */
export type Prepare = () => Message | null;

/** Sets the mark "about to end the data". Only a true that is durable gives leave to end it. */
export type Mark = () => Promise<boolean>;

export interface Relay {
  /** Conversations at one time. */
  readonly connections: number;
  /** 0 means as fast as the relay takes them. */
  readonly messagesPerSecond: number;
  /** Hands over one message when its turn has come. Never rejects. */
  submit(prepare: Prepare, mark: Mark): Promise<Submission>;
  /** Ends idle conversations politely. Nothing may be submitted afterwards. */
  close(): Promise<void>;
}

export interface RelaySettings {
  readonly host: string;
  readonly port: number;
  /** `tls`: from the first byte. `starttls`: required and verified. `none`: only for loopback. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly login: { readonly user: string; readonly password: string } | null;
  /** The name we give in EHLO; null for the host's own. */
  readonly ehloName: string | null;
  readonly connections: number;
  /** 0 means as fast as the relay takes them. */
  readonly messagesPerSecond: number;
  /** A conversation is ended and begun anew after so many. */
  readonly messagesPerConnection: number;
  readonly connectTimeoutMs: number;
  /** Silence before a reply; RFC 5321 4.5.3.2.6 asks for ten minutes after the final dot. */
  readonly replyTimeoutMs: number;
  /** PEM of an authority to trust besides the system's; null for none. */
  readonly authority: string | null;
}

export const RELAY_DEFAULTS = {
  messagesPerConnection: 100,
  connectTimeoutMs: 30_000,
  replyTimeoutMs: 10 * 60_000,
} as const;
