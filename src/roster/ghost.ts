// Ghost's member export.
import type { Claim } from '../domain/claim.ts';
import { readMoment } from './read-moment.ts';
import { type Cell, hasAll, type RosterFormat } from './roster-format.ts';

const KEPT = new Set(['note', 'labels', 'tiers']);

export const ghost: RosterFormat = {
  name: 'Ghost',
  recognises: (header) => hasAll(header, 'email', 'subscribed_to_emails', 'complimentary_plan'),
  address: 'email',
  names: ['name'],
  isDropped: (column) => !KEPT.has(column),
  claimOf,
  guarded: /^'[=+\-@\t\r]/,
};

function claimOf(cell: Cell): Claim | string {
  const answer = cell('subscribed_to_emails');
  if (cell('deleted_at') !== '') return { state: 'ended', reason: 'removed', since: readMoment(cell('deleted_at')) };
  if (answer === 'true') return { state: 'active', reason: null, since: readMoment(cell('created_at')) };
  if (answer === 'false') return { state: 'ended', reason: 'unsubscribed', since: null };
  return 'Ghost does not say whether the member gets mail';
}
