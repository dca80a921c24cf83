// What `send`, `resume`, `retry` and `resolve` end with: the mailing is worked off here where nobody else does it,
// and handed over and watched where a `serve` or `work` runs on the same ledger.
import type { Config } from '../../config/load.ts';
import { ledgerClock, openRelay, relayName, relaySettings, runningOf, signerOf, systemClock } from '../app.ts';
import { CREW_SILENCE_MAX_MS, type CrewMember } from '../domain/crew.ts';
import type { Mailing } from '../domain/mailing.ts';
import { type RunEnd, runMailing } from '../flows/run-mailing.ts';
import { isNeglected } from '../policy/gap.ts';
import type { Ledger } from '../store/ledger.ts';
import { Failure } from './failure.ts';
import { onInterrupt } from './interrupt.ts';
import { showProgress } from './progress.ts';
import { checkNotMoved, checkSecrets, loadOrFail, relayOf } from './session.ts';
import { showBooks } from './show-books.ts';
import { tellerOf } from './teller.ts';
import { countOf, formatMoment, note, print } from './terminal.ts';

const WATCH_MS = 1_000;

/** Those who deliver for others on this ledger, at this moment. */
export async function presentCrew(ledger: Ledger): Promise<CrewMember[]> {
  return ledger.crew.present((await ledger.now()) - CREW_SILENCE_MAX_MS);
}

/** With `isDetached` it is handed over and left. */
export async function carryOn(ledger: Ledger, mailing: Mailing, isDetached = false): Promise<void> {
  checkNotMoved(ledger);
  const crew = await presentCrew(ledger);
  if (crew.length === 0) return workOff(ledger, mailing);
  note(`Handed over to ${describeCrew(crew)}.`);
  if (isDetached) return note(`To watch it: postrider status --issue ${mailing.issue} --list ${mailing.list} --watch`);
  if (await followMailing(ledger, mailing)) return finish(ledger, mailing, { kind: 'over' });
  note('Nobody is working on it any more; going on here.');
  return workOff(ledger, mailing);
}

export function describeCrew(crew: readonly CrewMember[]): string {
  const names = crew.map(({ role, host, pid }) => `${role} on ${host} (process ${pid})`);
  return names.length === 1 ? `${names[0]}` : `${names.length} processes: ${names.join(', ')}`;
}

/** Shows how far it is. False when nobody works on it any more. */
export async function followMailing(ledger: Ledger, { id, issue, list }: Mailing): Promise<boolean> {
  const again = `To watch it again: postrider status --issue ${issue} --list ${list} --watch`;
  const interruption = onInterrupt(again);
  const progress = showProgress(() => ledger.mailings.books(id));
  try {
    let isAway = false;
    while (!interruption.signal.aborted) {
      const stands = await lookAt(ledger, id).catch(() => 'away' as const);
      if (stands === 'over' || stands === 'alone') return stands === 'over';
      if (stands === 'away' && !isAway) note('The ledger cannot be reached; watching on.');
      isAway = stands === 'away';
      await systemClock.sleep(WATCH_MS, interruption.signal);
    }
    throw new Failure(130, '\nNo longer watching; the sending goes on.', again);
  } finally {
    await progress.stop();
    interruption.stop();
  }
}

async function lookAt(ledger: Ledger, id: number): Promise<'over' | 'alone' | 'under way'> {
  const { state } = await ledger.mailings.get(id);
  if (state !== 'opening' && state !== 'sending') return 'over';
  return (await presentCrew(ledger)).length === 0 ? 'alone' : 'under way';
}

async function workOff(ledger: Ledger, mailing: Mailing): Promise<void> {
  const config = loadOrFail(['relay', 'secret']);
  await checkSecrets(ledger, config.secrets);
  const interruption = onInterrupt(`To continue, run: ${continueLine(mailing)}`);
  const relay = openRelay(relaySettings(relayOf(config), config.newsletter), await signerOf(config));
  const progress = showProgress(() => ledger.mailings.books(mailing.id));
  // With a ledger in trouble the next process tells it.
  const tell = () => tellerOf(config, ledger, relay)().catch(() => undefined);
  try {
    await tell();
    const end = await runMailing(mailing, await runningHere(config, ledger, relay), interruption.signal);
    await progress.stop();
    await tell();
    await finish(ledger, mailing, end);
  } finally {
    await progress.stop();
    interruption.stop();
    await relay.close();
  }
}

async function runningHere(config: Config, ledger: Ledger, relay: ReturnType<typeof openRelay>) {
  const clock = ledgerClock(ledger);
  await clock.sync();
  const { newsletter, secrets } = config;
  return runningOf({ ledger, relay, secrets, newsletter, clock, relayName: relayName(relayOf(config)) });
}

async function finish(ledger: Ledger, { id }: Mailing, end: RunEnd): Promise<void> {
  const mailing = await ledger.mailings.get(id);
  const books = await ledger.mailings.books(id);
  const { issue, list } = mailing;
  const waiting = countOf(books.counts.due + books.counts.deferred, 'recipient');
  print(showBooks(mailing, books));
  if (books.counts.unknown > 0)
    note(
      `\n${countOf(books.counts.unknown, 'recipient')} may have got it or not; see: postrider deliveries --issue ${issue} --list ${list} --outcome unknown\nTo settle it: postrider resolve --issue ${issue} --list ${list} --resend, or --skip`,
    );
  switch (end.kind) {
    case 'over':
      if (mailing.state === 'cancelled') throw new Failure(1, 'The mailing is cancelled.');
      if (mailing.state === 'paused')
        throw new Failure(
          1,
          `\nThe mailing is paused${mailing.stateReason === null ? '' : `: ${mailing.stateReason.replace(/\.$/, '')}`}.`,
          `${waiting} still to go. To continue, run: postrider resume --issue ${issue} --list ${list}`,
        );
      return note(
        books.counts.rejected > 0
          ? `\nDone. The refused by name: postrider deliveries --issue ${issue} --list ${list} --outcome rejected`
          : `\nDone. What comes back later shows in: postrider report --issue ${issue} --list ${list}`,
      );
    case 'later':
      throw new Failure(
        1,
        `\n${waiting} will be tried again, the first at ${formatMoment(end.at)}.`,
        // By then nobody will have looked after it for hours, and a person must say that the ledger is the right one.
        `To continue then, run: ${isNeglected(mailing.touchedAt, null, end.at) ? continueLine(mailing).replace(' send ', ' resume ') : continueLine(mailing)}`,
      );
    case 'interrupted':
      throw new Failure(
        130,
        `\nInterrupted. ${waiting} still to go, and nobody was mailed twice.`,
        `To continue, run: ${continueLine(mailing)}`,
      );
    case 'stopped':
      throw new Failure(
        1,
        `\n${end.trouble.message}\n${end.trouble.advice}`,
        `${waiting} still to go. To continue, run: ${continueLine(mailing)}`,
      );
    default:
      return end satisfies never;
  }
}

function continueLine({ issue, list }: Mailing): string {
  return `postrider send --issue ${issue} --list ${list}`;
}
