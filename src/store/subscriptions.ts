// What readers do with their own subscriptions, each with its entry in the consent log in the same transaction.
import { choose, readReader } from './choosing.ts';
import { consentOf } from './consents.ts';
import type { LedgerDatabase } from './engine.ts';
import { findOne } from './find-subscription.ts';
import { ask, askForLink, confirm, forgetPending } from './joining.ts';
import { comeBack, giveReason, leave } from './leaving.ts';
import type { SubscriptionStore } from './people.ts';

export function subscriptionStore(db: LedgerDatabase, eraseKey: string): SubscriptionStore {
  return {
    find: (ref) => findOne(db, ref),
    ask: (request) => db.transaction().execute((tx) => ask(tx, eraseKey, request)),
    askForLink: (request) => db.transaction().execute((tx) => askForLink(tx, request)),
    reader: (subscriber, askedAt) => readReader(db, subscriber, askedAt),
    choose: (choice) => db.transaction().execute((tx) => choose(tx, eraseKey, choice)),
    confirm: (confirmation) => db.transaction().execute((tx) => confirm(tx, eraseKey, confirmation)),
    forgetPending: (before) => db.transaction().execute((tx) => forgetPending(tx, before)),
    leave: (ref, evidence, at) => db.transaction().execute((tx) => leave(tx, ref, evidence, at)),
    comeBack: (ref, after, evidence, at) => db.transaction().execute((tx) => comeBack(tx, ref, after, evidence, at)),
    giveReason: (ref, reason, evidence, at) => db.transaction().execute((tx) => giveReason(tx, ref, reason, evidence, at)),
    async history(subscriber) {
      const rows = await db.selectFrom('consents').selectAll().where('subscriber_id', '=', subscriber).orderBy('id').execute();
      return rows.map(consentOf);
    },
  };
}
