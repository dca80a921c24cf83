// Rows of the database to records of the domain: numbers that a driver gives as text become numbers again.
import type { Selectable } from 'kysely';
import type { DeliveryRecord } from '../domain/delivery.ts';
import { isOutcome, type Outcome } from '../domain/outcome.ts';
import type { Fate } from '../domain/returned.ts';
import type { Tables } from './schema.ts';

export function recordOf(row: Selectable<Tables['deliveries']>): DeliveryRecord {
  return {
    mailing: Number(row.mailing_id),
    sequence: row.sequence,
    address: row.address,
    outcome: outcomeOf(row.outcome),
    reason: row.reason,
    reply: row.reply,
    attempts: row.attempts,
    dueAt: row.due_at === null ? null : Number(row.due_at),
    settledAt: row.settled_at === null ? null : Number(row.settled_at),
    edition: Number(row.edition_id),
    fate: row.fate === null ? null : { kind: row.fate as Fate, reason: row.fate_reason ?? 'other', at: Number(row.fate_at) },
  };
}

function outcomeOf(text: string): Outcome {
  if (!isOutcome(text)) throw new Error(`The ledger holds an outcome that is not known: ${text}`);
  return text;
}

export function parseAttributes(json: string): Record<string, string> {
  return JSON.parse(json) as Record<string, string>;
}
