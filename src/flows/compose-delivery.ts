// One claimed delivery to its message: joins links, slots and the frozen edition.
import { domainOf } from '../domain/address.ts';
import type { ClaimedDelivery } from '../domain/delivery.ts';
import type { EditionContent } from '../domain/edition.ts';
import type { SlotValues } from '../domain/email.ts';
import type { Message } from '../domain/message.ts';
import type { Subscriber } from '../domain/subscription.ts';
import { fillSlot } from '../email/slots.ts';
import { deliveryName, preferencesUrl, unsubscribeAddress, unsubscribeUrl, verpAddress } from '../link/delivery-links.ts';
import { composeMessage } from '../message/compose-message.ts';
import { type FrozenMessage, freezeMessage } from '../message/freeze-message.ts';

/** An edition with its fixed parts encoded, and what its links need. */
export interface PressedEdition {
  readonly content: EditionContent;
  readonly frozen: FrozenMessage;
  /** The list as links count it. */
  readonly listNumber: number;
}

export function pressEdition(content: EditionContent, listNumber: number): PressedEdition {
  return { content, frozen: freezeMessage(content), listNumber };
}

export type Composable = Pick<ClaimedDelivery, 'mailing' | 'sequence' | 'openedAt' | 'subscriber'>;

export function composeDelivery(delivery: Composable, edition: PressedEdition, secrets: readonly string[]): Message {
  const { content, frozen, listNumber } = edition;
  const { subscriber } = delivery;
  const ref = { subscriber: subscriber.id, list: listNumber };
  const links = { baseUrl: content.baseUrl, secrets };
  const leave = unsubscribeUrl(ref, links);
  const values = slotValues(subscriber, {
    ...{ unsubscribeUrl: leave, preferencesUrl: preferencesUrl(ref, links), subscribeUrl: `${content.baseUrl}/` },
  });
  const { returnsDomain } = content;
  const name = deliveryName(delivery, secrets);
  return composeMessage(frozen, {
    address: subscriber.address,
    name: subscriber.name,
    deliveryName: name,
    messageId: `${name}@${returnsDomain ?? domainOf(content.from.address)}`,
    date: delivery.openedAt,
    returnPath: returnsDomain === null ? content.returnPath : verpAddress(delivery, returnsDomain, secrets),
    unsubscribeUrl: leave,
    unsubscribeAddress: returnsDomain === null ? null : unsubscribeAddress(ref, returnsDomain, secrets),
    fill: (slot) => fillSlot(slot, values),
  });
}

function slotValues(subscriber: Subscriber, links: SlotValues): SlotValues {
  const attributes = Object.entries(subscriber.attributes).map(([key, value]) => [`attributes.${key}`, value]);
  return { ...Object.fromEntries(attributes), name: subscriber.name, address: subscriber.address, ...links } as SlotValues;
}
