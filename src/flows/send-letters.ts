// Brings letters to the relay: each is marked before its data is ended, so that a crash doubles none; one that the relay
// puts off is tried again for an hour.
import type { Clock } from '../domain/clock.ts';
import type { Letter } from '../domain/letter.ts';
import type { Mailbox } from '../domain/mailbox.ts';
import { confirmToken, manageToken } from '../link/letter-links.ts';
import { composePlain } from '../message/plain-message.ts';
import type { Relay, Submission } from '../relay/relay.ts';
import type { Ledger } from '../store/ledger.ts';

export interface LetterWriting {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly relay: Relay;
  /** Newest first. */
  readonly secrets: readonly string[];
  readonly baseUrl: string;
  readonly from: Mailbox;
  /** The words of a letter: nothing that a stranger has typed is among them. */
  readonly wordsOf: (letter: Letter, link: string) => { readonly subject: string; readonly text: string };
  readonly onFailure: (why: string) => void;
}

const AT_ONCE = 20;
const RETRY_MS = 5 * 60_000;
const TRIES_MAX = 12;

/** Gives how many were handed over. */
export async function sendLetters(writing: LetterWriting): Promise<number> {
  const { ledger, clock } = writing;
  const letters = await ledger.letters.due(clock.now(), AT_ONCE);
  const sent = await Promise.all(letters.map((letter) => sendLetter(letter, writing)));
  return sent.filter((isSent) => isSent).length;
}

async function sendLetter(letter: Letter, writing: LetterWriting): Promise<boolean> {
  const { ledger, clock, relay, from } = writing;
  const { subject, text } = writing.wordsOf(letter, await linkOf(letter, writing));
  const message = composePlain({
    ...{ from, subject, text, date: letter.createdAt },
    to: { name: '', address: letter.address },
    messageId: `postrider-letter-${letter.id}-${letter.createdAt}@${from.address.split('@').at(-1)}`,
  });
  let markedAt: number | null = null;
  const submission = await relay.submit(
    () => message,
    async () => {
      const at = clock.now();
      const isMine = await ledger.letters.markSent(letter.id, at);
      if (isMine) markedAt = at;
      return isMine;
    },
  );
  if (isTaken(submission)) return true;
  // What may have arrived is not sent again; what another process has taken is its own.
  if (submission.kind === 'unknown' || submission.kind === 'fenced') return false;
  const isRefused = submission.kind === 'replied' && submission.reply.code >= 500;
  const isOver = isRefused || letter.tries + 1 >= TRIES_MAX;
  await ledger.letters.putOff(letter.id, isOver ? null : clock.now() + RETRY_MS, markedAt);
  if (isOver)
    writing.onFailure(`letter ${letter.id}: ${submission.kind === 'replied' ? submission.reply.text : submission.kind}`);
  return false;
}

function isTaken(submission: Submission): boolean {
  return submission.kind === 'replied' && submission.reply.code >= 200 && submission.reply.code < 300;
}

async function linkOf(
  { kind, subscriber, createdAt, lists }: Letter,
  { ledger, secrets, baseUrl }: LetterWriting,
): Promise<string> {
  switch (kind) {
    case 'already':
      return baseUrl;
    case 'manage':
      return `${baseUrl}/m/${manageToken({ subscriber, askedAt: createdAt }, secrets)}`;
    case 'confirm': {
      const numbers = await Promise.all(lists.map(async (list) => (await ledger.lists.find(list))?.number));
      const known = numbers.filter((number) => number !== undefined);
      return `${baseUrl}/c/${confirmToken({ subscriber, askedAt: createdAt, lists: known }, secrets)}`;
    }
    default:
      return kind satisfies never;
  }
}
