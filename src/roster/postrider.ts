// Our own export: read again it gives the same books.
import type { Claim } from '../domain/claim.ts';
import { readMoment } from './read-moment.ts';
import { type Cell, hasAll, type RosterFormat } from './roster-format.ts';

/** How `subscribers export` begins; the attributes follow. */
export const EXPORT_COLUMNS = ['email', 'name', 'state', 'since', 'reason'] as const;

export const postrider: RosterFormat = {
  name: 'Postrider',
  recognises: (header) => hasAll(header, ...EXPORT_COLUMNS),
  address: 'email',
  names: ['name'],
  isDropped: (column) => ['state', 'since', 'reason'].includes(column),
  claimOf,
  guarded: /^'+[=+\-@\t\r＝＋－＠]/,
};

function claimOf(cell: Cell): Claim | string {
  const [state, since, reason] = [cell('state'), readMoment(cell('since')), cell('reason') || null];
  if (state === 'active' || state === 'pending') return { state, reason: null, since };
  if (state === 'ended' || state === 'suppressed') return { state, reason, since };
  return `its state ${JSON.stringify(state)} is none of Postrider's`;
}
