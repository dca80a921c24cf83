// Steers a mailing: stop, pause, resume, cancel, retry, resolve. Each is one change in the ledger, which whoever
// delivers sees at the next claim.
import { formatMoment } from '../domain/format-moment.ts';
import type { Mailing } from '../domain/mailing.ts';
import { RETRIED_REASONS } from '../policy/may-be-retried.ts';
import { mayBeTooMany, tooManyReturns, tooManyWords } from '../policy/too-many-returns.ts';
import type { Ledger, NewMailing } from '../store/ledger.ts';
import type { Trouble } from './judge-submission.ts';

const UNDER_WAY = ['opening', 'sending'] as const;

/** By itself, since a person must act. */
export async function stopMailing(ledger: Ledger, mailing: number, { kind, message }: Trouble, at: number): Promise<void> {
  await ledger.mailings.changeState({
    mailing,
    from: UNDER_WAY,
    to: 'paused',
    reason: message,
    event: kind === 'login-refused' ? 'login-refused' : 'stopped',
    detail: message,
    at,
  });
}

/**
 * By itself, where so much has come back that going on would harm the sender's name: once for each cause, for whoever goes
 * on after that has decided. False where it may go on.
 */
export async function stopForReturns(ledger: Ledger, { id }: Mailing, at: number): Promise<boolean> {
  const fates = await ledger.returns.fates(id);
  if (!mayBeTooMany(fates)) return false;
  const shares = { ...fates, accepted: (await ledger.mailings.books(id)).counts.accepted };
  const told = (await ledger.mailings.events(id)).map(({ kind }) => kind);
  const why = tooManyReturns(shares).find((cause) => !told.includes(cause));
  if (why === undefined) return false;
  const words = tooManyWords(why, shares);
  return ledger.mailings.changeState({
    ...{ mailing: id, from: UNDER_WAY, to: 'paused', reason: words, event: why, detail: words, at },
  });
}

/** False where there is nothing to pause. */
export function pauseMailing(ledger: Ledger, { id }: Mailing, at: number): Promise<boolean> {
  return ledger.mailings.changeState({
    mailing: id,
    from: UNDER_WAY,
    to: 'paused',
    reason: null,
    event: 'paused',
    detail: '',
    at,
  });
}

/** Held, since it was neglected for hours. */
export async function holdNeglected(ledger: Ledger, { id, touchedAt }: Mailing, at: number): Promise<void> {
  const since = formatMoment(touchedAt);
  await ledger.mailings.changeState({
    mailing: id,
    from: UNDER_WAY,
    to: 'paused',
    reason: `nobody has looked after it since ${since}`,
    event: 'untouched',
    detail: since,
    at,
  });
}

/** False where it is not paused. */
export function resumeMailing(ledger: Ledger, mailing: Mailing, at: number): Promise<boolean> {
  return ledger.mailings.changeState({ ...backToWork(mailing), from: ['paused'], event: 'resumed', detail: '', at });
}

/** False where it is over. What is on the wire at this moment still ends; `closeCancelled` sees to the rest. */
export async function cancelMailing(ledger: Ledger, { id }: Mailing, at: number): Promise<boolean> {
  const isCancelled = await ledger.mailings.changeState({
    mailing: id,
    from: ['opening', 'sending', 'paused'],
    to: 'cancelled',
    reason: null,
    event: 'cancelled',
    detail: '',
    at,
  });
  if (isCancelled) await closeCancelled(ledger, id, at);
  return isCancelled;
}

/** What nobody holds is withheld. True when nothing waits any more. */
export async function closeCancelled(ledger: Ledger, mailing: number, now: number): Promise<boolean> {
  await ledger.deliveries.settleAbandoned(mailing, now);
  for (const slice of await ledger.mailings.waiting(mailing)) await ledger.deliveries.withhold(slice, 'cancelled', now);
  const isClosed = (await ledger.mailings.waiting(mailing)).length === 0;
  if (isClosed) await ledger.mailings.close(mailing, now);
  return isClosed;
}

/** Refusals of the sender and those given up on are due again. Gives how many. */
export async function retryMailing(ledger: Ledger, mailing: Mailing, at: number): Promise<number> {
  const count = await ledger.deliveries.requeue(mailing.id, RETRIED_REASONS, at);
  if (count > 0) await goOn(ledger, mailing, 'retried', `${count}`, at);
  return count;
}

/** Settles whoever is in doubt. Gives how many. */
export async function resolveMailing(ledger: Ledger, mailing: Mailing, decision: 'resend' | 'skip', at: number): Promise<number> {
  await ledger.deliveries.settleAbandoned(mailing.id, at);
  const count = await ledger.deliveries.resolveUnknown(mailing.id, decision, at);
  if (count > 0 && decision === 'resend') await goOn(ledger, mailing, 'resolved', `${count} sent again`, at);
  if (count > 0 && decision === 'skip')
    await ledger.mailings.record({ mailing: mailing.id, at, kind: 'resolved', detail: `${count} left as they are` });
  return count;
}

/**
 * Freezes another edition for whoever nobody has tried yet. Gives its number and how many get it. The text that is
 * frozen already goes to nobody more, and then nothing is written down.
 */
export async function amendMailing(
  ledger: Ledger,
  { id }: Mailing,
  { content, provenance, images = [] }: Pick<NewMailing, 'content' | 'provenance' | 'images'>,
  at: number,
): Promise<{ edition: number; count: number }> {
  await ledger.images.add(images, at);
  const edition = await ledger.mailings.addEdition(id, content, provenance, at);
  let count = 0;
  for (const slice of await ledger.mailings.waiting(id)) count += await ledger.mailings.assignEdition(edition, slice, at);
  if (count > 0)
    await ledger.mailings.record({ mailing: id, at, kind: 'amended', detail: `edition ${edition.number} for ${count}` });
  return { edition: edition.number, count };
}

/** A mailing that was over is under way again; one that is paused waits for `resume`. */
async function goOn(ledger: Ledger, mailing: Mailing, event: 'retried' | 'resolved', detail: string, at: number) {
  const change = { ...backToWork(mailing), event, detail, at };
  const isChanged = await ledger.mailings.changeState({ ...change, from: ['finished'] });
  if (!isChanged) await ledger.mailings.record({ mailing: mailing.id, at, kind: event, detail });
}

function backToWork({ id, openedAt }: Mailing) {
  return { mailing: id, to: openedAt === null ? 'opening' : 'sending', reason: null } as const;
}
