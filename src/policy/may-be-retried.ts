// Which refusals a person may have tried again, once their cause is mended: those that say something about the
// sender, the relay or the message. **Invariant**: never one that says something about the address.

export const RETRIED_REASONS = [
  'sender-quota',
  'sender-not-allowed',
  'sender-authentication',
  'sender-reputation',
  'spam',
  'policy',
  'too-big',
  'relay',
] as const;
