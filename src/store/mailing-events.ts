// What happened to a mailing, written down in the transaction that made it happen; whoever tells the editor
// looks here, so that no notice is lost in a crash and none is sent by two processes.
import type { Kysely, Selectable } from 'kysely';
import type { MailingEvent, MailingEventKind } from '../domain/mailing.ts';
import type { LedgerDatabase } from './engine.ts';
import type { MailingStore } from './ledger.ts';
import type { Tables } from './schema.ts';

type EventStore = Pick<MailingStore, 'record' | 'events' | 'untold' | 'markTold'>;

export function mailingEvents(db: LedgerDatabase): EventStore {
  return {
    record: (event) => insertEvent(db, event),
    async events(mailing) {
      const rows = await db.selectFrom('events').selectAll().where('mailing_id', '=', mailing).orderBy('id').execute();
      return rows.map(eventOf);
    },
    async untold() {
      const rows = await db.selectFrom('events').selectAll().where('told_at', 'is', null).orderBy('id').execute();
      return rows.map(eventOf);
    },
    async markTold(event, at) {
      const { numUpdatedRows } = await db
        .updateTable('events')
        .set({ told_at: at })
        .where('id', '=', event)
        .where('told_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
  };
}

export async function insertEvent(db: Kysely<Tables>, { mailing, at, kind, detail }: Omit<MailingEvent, 'id'>): Promise<void> {
  await db.insertInto('events').values({ mailing_id: mailing, at, kind, detail, told_at: null }).execute();
}

function eventOf(row: Selectable<Tables['events']>): MailingEvent {
  return { id: row.id, mailing: row.mailing_id, at: row.at, kind: row.kind as MailingEventKind, detail: row.detail };
}
