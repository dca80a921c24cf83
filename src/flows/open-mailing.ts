// Opens a mailing: freezes its edition, then writes down page by page who gets it and who does not. A crash
// on the way loses nothing: the next opening goes on where this one stopped.
import type { Mailing } from '../domain/mailing.ts';
import { mayBeMailed } from '../policy/may-be-mailed.ts';
import type { Ledger, NewMailing, OpenedPage, SubscriptionRow } from '../store/ledger.ts';

// A page is one transaction: short enough that others write in between, long enough to be fast.
const PAGE_SIZE = 1_000;

/** Opens the mailing of an issue and a list, or gives the one that is there. Only the first edition counts. */
export async function openMailing(ledger: Ledger, request: NewMailing): Promise<Mailing> {
  const { mailing } = await ledger.mailings.create(request);
  return finishOpening(ledger, mailing, request.at);
}

/** Opens what is left of a mailing; one that is past opening is given back as it is. */
export async function finishOpening(ledger: Ledger, mailing: Mailing, at: number): Promise<Mailing> {
  if (mailing.state !== 'opening') return mailing;
  const [edition] = await ledger.mailings.editions(mailing.id);
  if (!edition) throw new Error(`Mailing ${mailing.id} has no edition.`);
  let current = mailing;
  while (current.state === 'opening') {
    const rows = await ledger.subscribers.page(current.list, current.openedThrough, PAGE_SIZE);
    const last = rows.at(-1);
    const page = { mailing: current.id, edition: edition.id, after: current.openedThrough, at };
    // Where another process opens the same mailing, the page may be refused: the ledger says where to go on.
    if (last) await ledger.mailings.openPage(decidePage(rows, { ...page, through: last.id }));
    else await ledger.mailings.changeState(current.id, ['opening'], 'sending', null, at);
    current = await ledger.mailings.get(current.id);
  }
  return current;
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
