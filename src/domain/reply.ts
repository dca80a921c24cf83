// A relay's answer (RFC 5321 4.2), kept verbatim, and the point of the conversation at which it came.

/** The command that the reply answers; `data-end` is the reply to the final dot. */
export type Stage = 'greeting' | 'ehlo' | 'starttls' | 'auth' | 'mail' | 'rcpt' | 'data' | 'data-end';

export interface Reply {
  /** Three digits; 0 where the text held none. */
  readonly code: number;
  /** The whole reply, lines joined by spaces. */
  readonly text: string;
  readonly stage: Stage;
}

/** Reads a reply as it came over the wire. */
export function parseReply(text: string, stage: Stage): Reply {
  const flat = text.replace(/\r?\n/g, ' ').trim();
  const code = Number(/^(\d{3})(?:[ -]|$)/.exec(flat)?.[1] ?? 0);
  return { code, text: flat, stage };
}

/** The enhanced status code (RFC 3463), e.g. `5.1.1`, where the relay gives one. */
export function enhancedStatus(reply: Reply): string | undefined {
  return /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?=\s|$)/.exec(reply.text)?.[1];
}
