// A rendered issue as one reader gets it, for the eye: its links are signed with nothing that opens anything.
import type { SlotValues } from '../domain/email.ts';
import { fillSlots } from '../email/slots.ts';
import { composeDelivery, pressEdition } from './compose-delivery.ts';
import { makeEdition } from './make-edition.ts';
import type { Press, RenderedIssue } from './render-issue.ts';

export interface ShownReader {
  readonly id: number;
  readonly address: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Somebody to show a mail by; the domain is reserved (RFC 2606). */
export const ANY_READER: ShownReader = { id: 1, address: 'reader@example.org', name: 'Ada Reader', attributes: {} };

export interface ShownIssue {
  readonly html: string;
  readonly text: string;
  /** As it goes over the wire, unsigned. */
  readonly message: Uint8Array;
}

const SHOW_SECRET = 'rendered-for-the-eye';

export function showIssue(
  press: Press,
  list: string,
  baseUrl: string,
  rendered: RenderedIssue,
  reader: ShownReader = ANY_READER,
): ShownIssue {
  const { issue, email } = rendered;
  const content = makeEdition(press, list, baseUrl, rendered);
  const shown = { mailing: 0, sequence: 1, openedAt: Date.parse(`${issue.date ?? '2000-01-01'}T12:00:00Z`), subscriber: reader };
  const values: SlotValues = {
    ...Object.fromEntries(Object.entries(reader.attributes).map(([key, value]) => [`attributes.${key}`, value])),
    name: reader.name,
    address: reader.address,
    unsubscribeUrl: `${baseUrl}/u/example`,
    preferencesUrl: `${baseUrl}/p/example`,
    subscribeUrl: `${baseUrl}/`,
  };
  return {
    html: fillSlots(email.html, values),
    text: fillSlots(email.text, values),
    message: composeDelivery(shown, pressEdition(content, 1), [SHOW_SECRET]).bytes,
  };
}
