// What a new reader may read until the next issue comes.
import type { Ledger } from '../store/ledger.ts';

/** Of the newest mailing to any of these lists; null where there is none. */
export async function latestIssue(
  ledger: Ledger,
  lists: readonly string[],
): Promise<{ readonly url: string; readonly subject: string } | null> {
  const mailing = (await ledger.mailings.all()).find(
    ({ list, state, openedAt }) => lists.includes(list) && state !== 'cancelled' && openedAt !== null,
  );
  if (!mailing) return null;
  const edition = (await ledger.mailings.editions(mailing.id)).at(-1);
  return edition ? { url: edition.content.url, subject: edition.content.subject } : null;
}
