// Who gets a mailing, decided in one place and asked twice: when the mailing is opened and again when a
// delivery is claimed. **Invariant**: only an active subscription of an address that is not suppressed passes.
import type { Standing } from '../domain/subscription.ts';

export type MailDecision = { readonly kind: 'mail' } | { readonly kind: 'leave-out'; readonly reason: LeaveOutReason };
export type LeaveOutReason = 'suppressed' | 'pending' | 'ended' | 'no-subscription';

export function mayBeMailed({ state, suppression }: Standing): MailDecision {
  if (suppression !== null) return leaveOut('suppressed');
  switch (state) {
    case 'active':
      return { kind: 'mail' };
    case 'pending':
      return leaveOut('pending');
    case 'ended':
      return leaveOut('ended');
    case null:
      return leaveOut('no-subscription');
    default:
      return state satisfies never;
  }
}

function leaveOut(reason: LeaveOutReason): MailDecision {
  return { kind: 'leave-out', reason };
}
