// Puts the ledger together over one database.

import { deliveryStore } from './deliveries.ts';
import { DeliveryWriter } from './delivery-writer.ts';
import { migrate, openDatabase } from './engine.ts';
import { jsonRows } from './json-rows.ts';
import type { Ledger } from './ledger.ts';
import { listStore } from './lists.ts';
import { mailingStore } from './mailings.ts';
import { subscriberStore } from './subscribers.ts';

export interface OpenedLedger {
  readonly ledger: Ledger;
  /** Names of the migrations that this opening applied. */
  readonly migrated: readonly string[];
}

/** Opens the ledger, its tables brought up to date. */
export async function openLedger(url: string): Promise<OpenedLedger> {
  const { db, engine } = openDatabase(url);
  const migrated = await migrate(db, engine);
  const writer = new DeliveryWriter(db);
  const ledger: Ledger = {
    lists: listStore(db),
    subscribers: subscriberStore(db, jsonRows(engine)),
    mailings: mailingStore(db, jsonRows(engine)),
    deliveries: deliveryStore(db, writer),
    close: async () => {
      await writer.close();
      await db.destroy();
    },
  };
  return { ledger, migrated };
}
