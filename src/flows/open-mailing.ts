// Opens a mailing: freezes its edition, then writes down page by page who gets it and who does not. A crash
// on the way loses nothing: the next opening goes on where this one stopped.
import type { Mailing } from '../domain/mailing.ts';
import { mayBeMailed } from '../policy/may-be-mailed.ts';
import type { Ledger, NewMailing, OpenedPage } from '../store/ledger.ts';
import type { SubscriptionRow } from '../store/people.ts';

// A page is one transaction: short enough that others write in between, long enough to be fast.
const PAGE_SIZE = 1_000;

/**
 * Opens the mailing of an issue and a list, or gives the one that is there. Only the first edition counts. Its images are
 * there before anybody can have the mail.
 */
export async function openMailing(ledger: Ledger, request: NewMailing): Promise<Mailing> {
  await ledger.images.add(request.images ?? [], request.at);
  return (await ledger.mailings.create(request)).mailing;
}

/** Writes down so many more pages, and gives the mailing as it is then. */
export async function openPages(ledger: Ledger, mailing: Mailing, at: number, pages: number): Promise<Mailing> {
  let current = mailing;
  for (let left = pages; current.state === 'opening' && left > 0; left--) {
    await openNextPage(ledger, current, at);
    current = await ledger.mailings.get(current.id);
  }
  return current;
}

async function openNextPage(ledger: Ledger, { id, list, openedThrough }: Mailing, at: number): Promise<void> {
  const rows = await ledger.subscribers.page(list, openedThrough, PAGE_SIZE);
  const last = rows.at(-1);
  if (!last) return ledger.mailings.endOpening(id, at);
  // Where another process opens the same mailing, the page may be refused: the ledger says where to go on.
  await ledger.mailings.openPage(decidePage(rows, { mailing: id, after: openedThrough, through: last.id, at }));
}

function decidePage(rows: readonly SubscriptionRow[], page: Omit<OpenedPage, 'recipients' | 'excluded'>): OpenedPage {
  const recipients: { id: number; address: string }[] = [];
  const excluded: { subscriber: number; reason: string }[] = [];
  for (const row of rows) {
    const decision = mayBeMailed(row);
    if (decision.kind === 'mail') recipients.push({ id: row.id, address: row.address });
    else excluded.push({ subscriber: row.id, reason: decision.reason });
  }
  return { ...page, recipients, excluded };
}
