// Pressed editions by number: an edition is read and encoded once in a process, however many deliveries use it.
import type { ClaimedDelivery } from '../domain/delivery.ts';
import type { Ledger } from '../store/ledger.ts';
import { type PressedEdition, pressEdition } from './compose-delivery.ts';

export function editionCache(ledger: Ledger): (delivery: ClaimedDelivery) => Promise<PressedEdition> {
  const pressed = new Map<number, Promise<PressedEdition>>();
  return ({ mailing, edition }) => {
    const known = pressed.get(edition) ?? press(ledger, mailing, edition);
    pressed.set(edition, known);
    // A ledger that was away for a moment is asked again.
    known.catch(() => pressed.delete(edition));
    return known;
  };
}

async function press(ledger: Ledger, mailing: number, id: number): Promise<PressedEdition> {
  const editions = await ledger.mailings.editions(mailing);
  const edition = editions.find((each) => each.id === id);
  if (!edition) throw new Error(`Edition ${id} is not in the ledger.`);
  const list = await ledger.lists.find(edition.content.list.id);
  if (!list) throw new Error(`List ${edition.content.list.id} is not in the ledger.`);
  return pressEdition(edition.content, list.number);
}
