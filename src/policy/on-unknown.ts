// What becomes by itself of recipients who may have got an issue, or not.

export type OnUnknown = 'hold' | 'resend' | 'skip';

/**
 * Null: a person decides. What is sent again by itself is so only once: a second doubt is a person's to settle, or a
 * bad relay would mail somebody for ever.
 */
export function decisionOf(onUnknown: OnUnknown): 'resend-once' | 'skip' | null {
  switch (onUnknown) {
    case 'hold':
      return null;
    case 'resend':
      return 'resend-once';
    case 'skip':
      return 'skip';
    default:
      return onUnknown satisfies never;
  }
}
