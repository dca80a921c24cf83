// What readers who join need while nobody looks, wired from the configuration: their letters go out, and whoever never
// answered is forgotten.
import type { Config } from '../../config/load.ts';
import { systemClock, templateRoots } from '../app.ts';
import type { Letter } from '../domain/letter.ts';
import { sendLetters } from '../flows/send-letters.ts';
import { CONFIRM_MS } from '../policy/joining.ts';
import type { Relay } from '../relay/relay.ts';
import { readWords } from '../source/templates.ts';
import type { Ledger } from '../store/ledger.ts';

const FORGET_EVERY_MS = 60 * 60_000;

export function readerDeskOf(
  { root, newsletter, secrets, baseUrl }: Config,
  ledger: Ledger,
  relay: Relay,
  onFailure: (why: string) => void,
): () => Promise<void> {
  const words = readWords(templateRoots({ root, newsletter }), newsletter.language);
  const listed = new Intl.ListFormat(newsletter.language, { type: 'conjunction' });
  const wordsOf = ({ kind, lists }: Letter, link: string) => {
    const values = {
      lists: listed.format(lists.map((list) => newsletter.lists[list]?.title ?? list)),
      link,
      newsletter: newsletter.name,
    };
    const [subject, pattern] = {
      confirm: [words.confirmSubject, words.confirmLetter],
      already: [words.alreadySubject, words.alreadyLetter],
      manage: [words.manageSubject, words.manageLetter],
    }[kind] as [string, string];
    const text = pattern.replace(/\{(lists|link|newsletter)\}/g, (_, name: keyof typeof values) => values[name]);
    return { subject, text: `${text.trim()}\n` };
  };
  const writing = { ledger, relay, secrets, baseUrl, clock: systemClock, from: newsletter.from, wordsOf, onFailure };
  let forgetAt = 0;
  return async () => {
    const now = systemClock.now();
    if (now >= forgetAt) {
      forgetAt = now + FORGET_EVERY_MS;
      await ledger.subscriptions.forgetPending(now - CONFIRM_MS);
    }
    await sendLetters(writing);
  };
}
