// The editions of a mailing, and which deliveries have which.
import type { Kysely, Selectable, Transaction } from 'kysely';
import { type Edition, type EditionContent, hashOf, type Provenance } from '../domain/edition.ts';
import { isOutcome, NO_OUTCOMES, type Outcome } from '../domain/outcome.ts';
import type { LedgerDatabase } from './engine.ts';
import type { EditionBooks, MailingStore } from './ledger.ts';
import type { Tables } from './schema.ts';

type EditionStore = Pick<
  MailingStore,
  'editions' | 'addEdition' | 'assignEdition' | 'booksByEdition' | 'published' | 'publishedAt'
>;

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
    async published(now) {
      const rows = await newestPages(db, now)
        .select(['issue_id', 'page_url', 'page_title', 'page_day', 'editions.created_at', 'starts_at'])
        .orderBy('mailings.id', 'desc')
        .execute();
      const byUrl = new Map(rows.toReversed().map((row) => [row.page_url, row]));
      return [...byUrl.values()].toReversed().map((row) => ({
        ...{ issue: row.issue_id, url: row.page_url ?? '', title: row.page_title ?? '', day: row.page_day },
        publishedAt: Math.max(Number(row.created_at), Number(row.starts_at ?? 0)),
      }));
    },
    async publishedAt(url, now) {
      const row = await newestPages(db, now)
        .select('content')
        .where('page_url', '=', url)
        .orderBy('mailings.id', 'desc')
        .executeTakeFirst();
      return row && (JSON.parse(row.content) as EditionContent);
    },
  };
}

/** Of each mailing that has begun, unless it was cancelled, the edition that its last recipients get. */
function newestPages(db: LedgerDatabase, now: number) {
  return db
    .selectFrom('mailings')
    .innerJoin('editions', 'editions.mailing_id', 'mailings.id')
    .where('page_url', 'is not', null)
    .where('state', '!=', 'cancelled')
    .where((eb) => eb.or([eb('starts_at', 'is', null), eb('starts_at', '<=', now)]))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('editions as later')
            .select('later.id')
            .whereRef('later.mailing_id', '=', 'mailings.id')
            .whereRef('later.number', '>', 'editions.number'),
        ),
      ),
    );
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
    page_url: content.page ? content.url : null,
    page_title: content.page?.title ?? null,
    page_day: content.page?.day ?? null,
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
