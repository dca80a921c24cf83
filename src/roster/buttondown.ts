// Buttondown's subscriber export, older and newer.
import type { Claim } from '../domain/claim.ts';
import { readMoment } from './read-moment.ts';
import { type Cell, hasAll, type RosterFormat } from './roster-format.ts';

// Whoever pays, or paid, or was given it, gets the newsletter.
const ACTIVE = new Set([
  ...['regular', 'premium', 'trialed', 'gifted', 'unpaid', 'churning', 'churned', 'paused', 'past_due', 'upcoming'],
]);
const KEPT = new Set(['tags', 'notes', 'note']);

export const buttondown: RosterFormat = {
  name: 'Buttondown',
  recognises: (header) =>
    (header.includes('email') || header.includes('email_address')) &&
    (header.includes('subscriber_type') || header.includes('secondary_id') || hasAll(header, 'type', 'creation_date')),
  address: 'email',
  names: [],
  isDropped: (column) => !KEPT.has(column),
  claimOf,
  ipOf: (cell) => cell('ip_address'),
};

function claimOf(cell: Cell): Claim | string {
  const type = cell('subscriber_type') || cell('type');
  const leftAt = readMoment(cell('unsubscription_date'));
  const joinedAt = readMoment(cell('subscription_date')) ?? readMoment(cell('creation_date'));
  if (type === 'complained') return { state: 'suppressed', reason: 'complaint', since: leftAt };
  if (type === 'undeliverable' || type === 'malformed') return { state: 'suppressed', reason: 'gone', since: leftAt };
  if (type === 'unsubscribed' || leftAt !== null) return { state: 'ended', reason: 'unsubscribed', since: leftAt };
  if (type === 'unactivated') return { state: 'pending', reason: null, since: null };
  if (ACTIVE.has(type)) return { state: 'active', reason: null, since: joinedAt };
  return `its type ${JSON.stringify(type)} is none that Buttondown mails`;
}
