// One real message to one address, marked [test]. Its links are signed for a subscriber that cannot exist, so
// pressing them does nothing. It leaves no trace in the mailings.
import type { EditionContent } from '../domain/edition.ts';
import type { Relay, Submission } from '../relay/relay.ts';
import { composeDelivery, pressEdition } from './compose-delivery.ts';

const NOBODY = 0;

export function testIssue(
  content: EditionContent,
  to: { address: string; name: string },
  relay: Relay,
  secrets: readonly string[],
  now: number,
): Promise<Submission> {
  const marked: EditionContent = { ...content, subject: `[test] ${content.subject}` };
  // The moment as the sequence: each test is a message of its own, or mail programs would fold them into one.
  const delivery = { mailing: NOBODY, sequence: now, openedAt: now, subscriber: { id: NOBODY, attributes: {}, ...to } };
  const message = composeDelivery(delivery, pressEdition(marked, NOBODY), secrets);
  return relay.submit(
    () => message,
    () => Promise.resolve(true),
  );
}
