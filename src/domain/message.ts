// A message as the relay takes it: envelope and bytes (RFC 5321 2.3.1, RFC 5322).

export interface Envelope {
  /** MAIL FROM: where returns go. */
  readonly returnPath: string;
  /** RCPT TO. */
  readonly recipient: string;
}

export interface Message {
  readonly envelope: Envelope;
  /** The message, CRLF line ends, undotted. */
  readonly bytes: Uint8Array;
}
