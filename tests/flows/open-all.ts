// A mailing opened to its last page, as a process at work would open it.
import type { Mailing } from '../../src/domain/mailing.ts';
import { openMailing, openPages } from '../../src/flows/open-mailing.ts';
import type { Ledger, NewMailing } from '../../src/store/ledger.ts';

export async function openAll(ledger: Ledger, request: NewMailing): Promise<Mailing> {
  return openPages(ledger, await openMailing(ledger, request), request.at, Number.POSITIVE_INFINITY);
}
