// The editions of a mailing, and which deliveries have which.
import { createHash } from 'node:crypto';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Edition, EditionContent, Provenance } from '../domain/edition.ts';
import { isOutcome, NO_OUTCOMES, type Outcome } from '../domain/outcome.ts';
import type { LedgerDatabase } from './engine.ts';
import type { EditionBooks, MailingStore } from './ledger.ts';
import type { Tables } from './schema.ts';

type EditionStore = Pick<MailingStore, 'editions' | 'addEdition' | 'assignEdition' | 'booksByEdition'>;

export function mailingEditions(db: LedgerDatabase): EditionStore {
  return {
    editions: (mailing) => readEditions(db, mailing),
    addEdition: (mailing, content, provenance, at) =>
      db.transaction().execute(async (tx) => {
        const newest = (await readEditions(tx, mailing)).at(-1);
        if (newest?.hash === hashOf(content)) return newest;
        await insertEdition(tx, { mailing, number: (newest?.number ?? 0) + 1, content, provenance, at });
        const added = (await readEditions(tx, mailing)).at(-1);
        if (!added) throw new Error(`Mailing ${mailing} has no edition.`);
        return added;
      }),
    async assignEdition({ id, mailing }, { first, last }, now) {
      const { numUpdatedRows } = await db
        .updateTable('deliveries')
        .set({ edition_id: id })
        .where('mailing_id', '=', mailing)
        .where((eb) => eb.between('sequence', first, last))
        .where('outcome', '=', 'due')
        .where('attempts', '=', 0)
        .where('resent', '=', 0)
        .where('marked_at', 'is', null)
        .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', now)]))
        .where('edition_id', '!=', id)
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },
    booksByEdition: (id) => readBooksByEdition(db, id),
  };
}

interface NewEdition {
  readonly mailing: number;
  readonly number: number;
  readonly content: EditionContent;
  readonly provenance: Provenance;
  readonly at: number;
}

export async function insertEdition(tx: Transaction<Tables>, edition: NewEdition): Promise<void> {
  const { mailing, number, content, provenance, at } = edition;
  const values = {
    mailing_id: mailing,
    number,
    hash: hashOf(content),
    commit_hash: provenance.commit,
    is_modified: provenance.isModified ? 1 : 0,
    content: JSON.stringify(content),
    created_at: at,
  };
  await tx.insertInto('editions').values(values).execute();
}

async function readEditions(db: Kysely<Tables>, mailing: number): Promise<Edition[]> {
  const rows = await db.selectFrom('editions').selectAll().where('mailing_id', '=', mailing).orderBy('number').execute();
  return rows.map(editionOf);
}

async function readBooksByEdition(db: Kysely<Tables>, mailing: number): Promise<EditionBooks[]> {
  const rows = await db
    .selectFrom('deliveries')
    .innerJoin('editions', 'editions.id', 'edition_id')
    .select(({ fn }) => ['number', 'outcome', fn.countAll<number>().as('total')])
    .where('deliveries.mailing_id', '=', mailing)
    .groupBy(['number', 'outcome'])
    .orderBy('number')
    .execute();
  const counts = new Map<number, Record<Outcome, number>>();
  for (const { number, outcome, total } of rows) {
    const known = counts.get(number) ?? { ...NO_OUTCOMES };
    if (isOutcome(outcome)) known[outcome] = Number(total);
    counts.set(number, known);
  }
  return [...counts].map(([edition, each]) => ({ edition, counts: each }));
}

function hashOf(content: EditionContent): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function editionOf(row: Selectable<Tables['editions']>): Edition {
  return {
    id: Number(row.id),
    mailing: Number(row.mailing_id),
    number: row.number,
    hash: row.hash,
    provenance: { commit: row.commit_hash, isModified: row.is_modified === 1 },
    createdAt: Number(row.created_at),
    content: JSON.parse(row.content) as EditionContent,
  };
}
