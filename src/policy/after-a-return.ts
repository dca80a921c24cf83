// What is done about mail that comes back, in one place (docs/returns.md says it for operators).
//
//   complaint            the reader said so: suppressed at once
//   gone                 the address does not exist any more: suppressed at once
//   mail keeps coming    four mailings in a row, over thirty days: suppressed, until an admin lifts it
//   anything else        counted and shown; the reader stays
//
// **Invariant**: what is said of the sender, of a block, of spam or of a policy never counts against a reader.
import { addressKey } from '../domain/address.ts';
import type { Consequence, PastDelivery, ReadReport, ReturnedTo } from '../domain/returned.ts';

/** Words about the address or its mailbox. All others say nothing about the reader. */
const ABOUT_THE_READER: ReadonlySet<string> = new Set([
  'user-unknown',
  'host-unknown',
  'moved',
  'mailbox-full',
  'mailbox-inactive',
  'bad-address',
  'host-unreachable',
]);
const MAILINGS_MIN = 4;
const SPAN_MIN_MS = 30 * 24 * 60 * 60_000;
// A bounce may take some days to come: an acceptance that is younger shows nothing yet.
const SILENCE_MS = 5 * 24 * 60 * 60_000;

const NOTHING: Consequence = { fate: null, reason: null, suppression: null };

/** `reports`: those of one return, of which some may be about others. */
export function afterReturn(reports: readonly ReadReport[], to: ReturnedTo, at: number): Consequence {
  const isOwn = ({ recipient }: ReadReport): boolean => recipient === null || addressKey(recipient) === addressKey(to.address);
  const serious = reports.filter(({ kind }) => kind === 'bounce' || kind === 'complaint');
  // A return that names a delivery is about it, whatever address it tells.
  const report = serious.find(isOwn) ?? (to.openedAt === null ? undefined : serious[0]);
  if (!report) return NOTHING;
  if (report.kind === 'complaint') return { fate: 'complained', reason: 'complaint', suppression: 'complaint' };
  // Mail that was passed on to an address that is gone does not show that the reader's own is.
  const isGone = report.isGone && isOwn(report);
  return { fate: 'bounced', reason: report.reason, suppression: afterRefusal({ reason: report.reason, isGone }, to, at) };
}

export interface Refusal {
  readonly reason: string;
  readonly isGone: boolean;
}

/** False where nothing can follow from it, whatever came before. */
export function maySuppress({ reason, isGone }: Refusal): boolean {
  return isGone || ABOUT_THE_READER.has(reason);
}

/** Why the address must not be mailed any more after it was refused, here or at the other end; null where it may. */
export function afterRefusal(refusal: Refusal, to: ReturnedTo, at: number): 'gone' | 'bounces' | null {
  // Whatever was sent before somebody vouched for the address is old news.
  if (to.trustedAt !== null && (to.openedAt ?? at) <= to.trustedAt) return null;
  if (refusal.isGone) return 'gone';
  return ABOUT_THE_READER.has(refusal.reason) && keepsComingBack(to, at) ? 'bounces' : null;
}

/** With the refusal of this moment. */
function keepsComingBack({ past, trustedAt }: ReturnedTo, at: number): boolean {
  const run = new Map<number, number>();
  for (const delivery of past) {
    if (delivery.at <= (trustedAt ?? 0) || isSignOfLife(delivery, at)) break;
    if (isReturned(delivery)) run.set(delivery.mailing, delivery.at);
  }
  return run.size + 1 >= MAILINGS_MIN && at - Math.min(at, ...run.values()) >= SPAN_MIN_MS;
}

function isSignOfLife({ outcome, fate, at: settledAt }: PastDelivery, at: number): boolean {
  return outcome === 'accepted' && fate === null && at - settledAt > SILENCE_MS;
}

function isReturned({ outcome, fate, reason }: PastDelivery): boolean {
  return (
    (fate === 'bounced' || outcome === 'rejected' || outcome === 'expired') && reason !== null && ABOUT_THE_READER.has(reason)
  );
}
