// What is frozen when a mailing is opened: the rendered email and everything else a message is made of.

import { domainOf } from '../domain/address.ts';
import type { EditionContent } from '../domain/edition.ts';
import type { Press, RenderedIssue } from './render-issue.ts';

export function makeEdition(
  { newsletter }: Press,
  list: string,
  baseUrl: string,
  { issue, email }: RenderedIssue,
): EditionContent {
  const settings = newsletter.lists[list];
  return {
    issue: issue.id,
    list: {
      id: list,
      title: settings?.title ?? list,
      listId: settings?.listId ?? `${list}.${domainOf(newsletter.from.address)}`,
    },
    from: newsletter.from,
    replyTo: newsletter.replyTo ?? null,
    subject: email.subject,
    html: email.html,
    text: email.text,
    page: email.page,
    url: issue.url,
    baseUrl,
    returnsDomain: newsletter.returnsDomain ?? null,
    returnPath: newsletter.returnPath?.address ?? newsletter.from.address,
  };
}
