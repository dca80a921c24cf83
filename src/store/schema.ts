// The ledger's tables as Kysely sees them. What each column means stands in migrations/.
import type { Generated } from 'kysely';

/** What the ledger may be kept in. */
export type Engine = 'sqlite' | 'postgres';

export interface Tables {
  ledger: { one: number; id: string; created_at: number; moved_to: string | null; moved_at: number | null; erase_key: string };
  lists: { number: Generated<number>; id: string; created_at: number };
  subscribers: {
    id: Generated<number>;
    address: string;
    address_key: string;
    name: string;
    attributes: string;
    created_at: number;
  };
  subscriptions: { list_id: string; subscriber_id: number; state: string; ended_reason: string | null; since_at: number };
  consents: {
    id: Generated<number>;
    at: number;
    subscriber_id: number;
    list_id: string;
    kind: string;
    origin: string;
    form: string;
    words: string;
    ip: string;
    detail: string;
  };
  letters: {
    id: Generated<number>;
    kind: string;
    subscriber_id: number;
    lists: string;
    created_at: number;
    due_at: number | null;
    tries: number;
    sent_at: number | null;
  };
  suppressions: { address_key: string; address: string; reason: string; created_at: number; note: Generated<string> };
  imports: {
    id: Generated<number>;
    at: number;
    list_id: string;
    source: string;
    format: string;
    consent: string;
    undone_at: number | null;
  };
  import_changes: { import_id: number; address_key: string; before: string; after: string };
  erased: { hash: string; at: number };
  secrets: { mark: string; first_used_at: number };
  mailings: {
    id: Generated<number>;
    issue_id: string;
    list_id: string;
    state: string;
    state_reason: string | null;
    created_at: number;
    starts_at: number | null;
    opened_at: number | null;
    touched_at: number;
    finished_at: number | null;
    recipients: number;
    opened_through: number;
  };
  editions: {
    id: Generated<number>;
    mailing_id: number;
    number: number;
    hash: string;
    commit_hash: string | null;
    is_modified: number;
    page_url: string | null;
    page_title: string | null;
    page_day: string | null;
    content: string;
    created_at: number;
  };
  exclusions: { mailing_id: number; subscriber_id: number; reason: string };
  deliveries: {
    mailing_id: number;
    sequence: number;
    edition_id: number;
    subscriber_id: number;
    address: string;
    outcome: string;
    reason: string | null;
    reply: string | null;
    attempts: number;
    opened_at: number;
    first_tried_at: number | null;
    due_at: number | null;
    claim: string | null;
    claimed_until: number | null;
    marked_at: number | null;
    settled_at: number | null;
    resent: Generated<number>;
    fate: string | null;
    fate_reason: string | null;
    fate_at: number | null;
  };
  returns: {
    id: Generated<number>;
    fingerprint: string;
    part: number;
    at: number;
    way: string;
    kind: string;
    recipient: string | null;
    recipient_key: string | null;
    mailing_id: number | null;
    sequence: number | null;
    status: string | null;
    reason: string;
    is_gone: number;
    words: string;
    effect: string;
  };
  events: { id: Generated<number>; mailing_id: number; at: number; kind: string; detail: string; told_at: number | null };
  images: { name: string; type: string; content: string; created_at: number };
  leases: { name: string; holder: string; until_at: number };
  crew: {
    id: string;
    role: string;
    host: string;
    pid: number;
    started_at: number;
    seen_at: number;
    claimed_at: number | null;
    is_relay_here: number;
  };
  paces: { relay: string; free_at: number };
  traffic: { relay: string; span_at: number; total: number };
}
