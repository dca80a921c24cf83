// The log of a process that works unwatched: JSON lines with ids and never a reader's address.
import { type Logger, pino } from 'pino';
import type { Mailing } from '../domain/mailing.ts';
import type { Reporter } from '../flows/keep-working.ts';
import type { Tended } from '../flows/tend-mailing.ts';

export function createLog(role: string): Logger {
  return pino(
    { base: { role, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}

export function reporterTo(log: Logger): Reporter {
  const states = new Map<number, string>();
  let lastTrouble = '';
  return {
    troubled({ kind, message }) {
      // A relay that is away is noticed by every message.
      if (kind !== lastTrouble) log.warn({ trouble: kind }, withoutAddresses(message));
      lastTrouble = kind;
    },
    failed(error) {
      log.error(
        { error: withoutAddresses(error instanceof Error ? error.message : String(error)) },
        'a look failed; the next comes',
      );
    },
    tended(mailing: Mailing, tended: Tended) {
      const { id, issue, list } = mailing;
      if (states.get(id) !== tended.kind) log.info({ mailing: id, issue, list, stands: tended.kind }, 'mailing');
      states.set(id, tended.kind);
      lastTrouble = '';
    },
  };
}

/** A relay's own words often name whom they are about. */
function withoutAddresses(text: string): string {
  return text.replace(/[^\s<>"']+@[^\s<>"']+/g, '(address)');
}
