// Mailchimp's audience export: a zip of one CSV file for each status, which no column repeats. So the file's name says
// who is subscribed; where it was changed, only those who left can be told by their columns.
import type { Claim } from '../domain/claim.ts';
import { readMoment } from './read-moment.ts';
import { type Cell, hasAll, type RosterFormat } from './roster-format.ts';

const SERVICE = new Set([
  ...['MEMBER_RATING', 'OPTIN_TIME', 'OPTIN_IP', 'CONFIRM_TIME', 'CONFIRM_IP', 'LATITUDE', 'LONGITUDE', 'GMTOFF', 'DSTOFF'],
  ...['TIMEZONE', 'CC', 'REGION', 'LAST_CHANGED', 'LEID', 'EUID', 'NOTES', 'UNSUB_TIME', 'UNSUB_CAMPAIGN_TITLE'],
  ...['UNSUB_CAMPAIGN_ID', 'UNSUB_REASON', 'UNSUB_REASON_OTHER', 'CLEAN_TIME', 'CLEAN_CAMPAIGN_TITLE', 'CLEAN_CAMPAIGN_ID'],
]);

export const mailchimp: RosterFormat = {
  name: 'Mailchimp',
  recognises: (header) => hasAll(header, 'EUID', 'LEID', 'OPTIN_TIME'),
  address: 'Email Address',
  names: ['First Name', 'Last Name'],
  isDropped: (column) => SERVICE.has(column),
  claimOf,
  ipOf: (cell) => cell('CONFIRM_IP') || cell('OPTIN_IP'),
};

function claimOf(cell: Cell, file: string): Claim | string | null {
  const status = /^(subscribed|unsubscribed|cleaned|nonsubscribed)_/.exec(file)?.[1];
  const [left, cleaned] = [cell('UNSUB_TIME'), cell('CLEAN_TIME')];
  if (cleaned !== '' || status === 'cleaned') return { state: 'suppressed', reason: 'gone', since: readMoment(cleaned) };
  if (left !== '' || status === 'unsubscribed') return leaving(cell, readMoment(left));
  if (status === 'subscribed')
    return { state: 'active', reason: null, since: readMoment(cell('CONFIRM_TIME')) ?? readMoment(cell('OPTIN_TIME')) };
  if (status === 'nonsubscribed') return 'Mailchimp has the address without a subscription';
  return null;
}

function leaving(cell: Cell, since: number | null): Claim {
  const isComplaint = /spam|abuse|complain/i.test(cell('UNSUB_REASON'));
  return isComplaint ? { state: 'suppressed', reason: 'complaint', since } : { state: 'ended', reason: 'unsubscribed', since };
}
