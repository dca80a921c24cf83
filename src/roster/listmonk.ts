// listmonk's subscriber export. Its status is of the person over all lists; whether somebody is subscribed to the list
// that was exported, and confirmed it, is not in the file.
import type { Claim } from '../domain/claim.ts';
import { readMoment } from './read-moment.ts';
import { type Cell, hasAll, type RosterFormat } from './roster-format.ts';

export const listmonk: RosterFormat = {
  name: 'listmonk',
  recognises: (header) => hasAll(header, 'uuid', 'email', 'attributes', 'status'),
  address: 'email',
  names: ['name'],
  isDropped: (column) => ['uuid', 'status', 'attributes', 'created_at', 'updated_at'].includes(column),
  claimOf,
  attributesOf: (cell) => flatten(cell('attributes')),
  mustBeTold: {
    why: "listmonk's export does not say who is subscribed to a list: its status is the person's, whatever the list.",
    advice: 'Export one list, by its subscription status, and say what its rows are: --as active, --as pending or --as ended.',
  },
};

function claimOf(cell: Cell): Claim | string {
  const status = cell('status');
  if (status === 'enabled') return { state: 'active', reason: null, since: readMoment(cell('created_at')) };
  if (status === 'blocklisted') return { state: 'suppressed', reason: 'requested', since: readMoment(cell('updated_at')) };
  if (status === 'disabled') return { state: 'ended', reason: 'removed', since: readMoment(cell('updated_at')) };
  return `its status ${JSON.stringify(status)} is none of listmonk's`;
}

/** The plain values of the JSON; what has parts of its own stays JSON. */
function flatten(json: string): Record<string, string> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name.toLowerCase(), textOf(part)]));
  } catch {
    return {};
  }
}

function textOf(part: unknown): string {
  if (part === null) return '';
  return typeof part === 'string' ? part : JSON.stringify(part);
}
