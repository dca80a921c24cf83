// What a relay's reply means for the delivery and for the mailing. Pure.
//
// Only a 5xx to RCPT or to the end of the data concerns a recipient. Everything else that is refused for
// good is the relay's or the sender's affair: it stops the mailing and uses up nobody's attempt.
// What is not understood is deferred, never final.
import { enhancedStatus, type Reply } from '../domain/reply.ts';
import type { Reason } from './reason.ts';
import { isGone, reasonOf } from './reason-of.ts';

export type Verdict =
  | { readonly kind: 'accepted' }
  /** Try this recipient again later. */
  | { readonly kind: 'deferred'; readonly reason: Reason }
  /** Never try this recipient again for this mailing. `isGone`: the address does not exist any more, and that is proven. */
  | { readonly kind: 'rejected'; readonly reason: Reason; readonly isGone: boolean }
  /** The relay asks everybody to wait. */
  | { readonly kind: 'relay-busy'; readonly reason: Reason }
  /** The relay will not take this mailing; a person must act. */
  | { readonly kind: 'relay-refused'; readonly reason: Reason };

// RFC 5321 4.2.2 syntax and sequence, RFC 4954 login: about us, wherever they come.
const OUR_FAULT = new Set([500, 501, 502, 503, 504, 530, 534, 535, 538]);
const SENDERS: ReadonlySet<Reason> = new Set<Reason>([
  'sender-quota',
  'sender-not-allowed',
  'sender-authentication',
  'sender-reputation',
  'too-big',
]);

export function classifyReply(reply: Reply): Verdict {
  const reason = reasonOf(enhancedStatus(reply) ?? null, reply.text);
  const concernsRecipient = reply.stage === 'rcpt' || reply.stage === 'data-end';
  if (reply.stage === 'data-end' && reply.code >= 200 && reply.code < 300) return { kind: 'accepted' };
  if (reply.code === 421 || (isTemporary(reply) && (!concernsRecipient || SENDERS.has(reason))))
    return { kind: 'relay-busy', reason: reason === 'other' ? 'relay' : reason };
  if (isTemporary(reply)) return { kind: 'deferred', reason };
  // Postfix answers 501 5.1.3 to an address that it cannot read: one bad address must not hold up a list.
  if (reply.stage === 'rcpt' && reason === 'bad-address') return { kind: 'rejected', reason, isGone: false };
  if (OUR_FAULT.has(reply.code) || !concernsRecipient)
    return { kind: 'relay-refused', reason: reason === 'other' ? 'relay' : reason };
  if (SENDERS.has(reason)) return { kind: 'relay-refused', reason };
  // `User unknown` after the data is how some systems refuse what a reader's own filter has refused.
  return { kind: 'rejected', reason, isGone: reply.stage === 'rcpt' && isGone(reason) };
}

/** 4xx, and all that is not a reply at all. */
function isTemporary(reply: Reply): boolean {
  return reply.code < 500 || reply.code > 599;
}
