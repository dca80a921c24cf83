// Returned mail in a mailbox behind IMAP. What was taken is moved to a folder beside it, after the ledger has it; a mail
// of a person stays where it is, unread, and is marked so that it is not looked at again.
import { ImapFlow } from 'imapflow';
import type { MailboxPlace } from '../domain/mailbox-place.ts';
import { type Inbox, READ_MAX_BYTES, type Take } from './inbox.ts';

const TAKEN_FOLDER = 'Postrider';
const LOOKED_AT = '$PostriderLookedAt';
const AT_A_TIME = 20;
const TIMEOUT_MS = 60_000;

export function imapMailbox(place: MailboxPlace): Inbox {
  // For servers that keep no marks of ours.
  const lookedAt = new Set<string>();
  return {
    name: `${place.user} at ${place.host}, ${place.folder}`,
    restMs: 30_000,
    async collect(take, signal) {
      const client = connection(place);
      // What breaks fails the command that waits for it.
      client.on('error', () => undefined);
      // Nobody waits for a server that is slow; what is in hand is put away first.
      const hand = { isEmpty: true };
      const stop = (): void => (hand.isEmpty ? client.close() : undefined);
      signal.addEventListener('abort', stop);
      try {
        await client.connect();
        const taken = await folderFor(client);
        const lock = await client.getMailboxLock(place.folder);
        try {
          return await bring(client, { take, taken, lookedAt, signal, hand });
        } finally {
          lock.release();
        }
      } catch (error) {
        throw new Error(sentenceOf(error), { cause: error });
      } finally {
        signal.removeEventListener('abort', stop);
        await client.logout().catch(() => client.close());
      }
    },
  };
}

function connection({ host, port, security, user, password }: MailboxPlace): ImapFlow {
  return new ImapFlow({
    ...{ host, port, secure: security === 'tls', auth: { user, pass: password }, logger: false, disableAutoIdle: true },
    // On this machine a mailbox may be read in the clear; over a network never.
    doSTARTTLS: security === 'starttls',
    connectionTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
}

/** The server's own words, where it gave some: the library says only that a command failed. */
function sentenceOf(error: unknown): string {
  const { message, responseText } = error as { readonly message?: string; readonly responseText?: string };
  return [message, responseText].filter((part) => part !== undefined && part !== '').join(': ');
}

/** Where what was taken goes; made where it is not there yet. */
async function folderFor(client: ImapFlow): Promise<string> {
  const folders = await client.list();
  // Some servers have all folders within INBOX.
  const there = folders.find(
    ({ name, parentPath, flags }) => name === TAKEN_FOLDER && /^(?:INBOX)?$/i.test(parentPath) && !flags.has('\\Noselect'),
  );
  return there?.path ?? (await client.mailboxCreate([TAKEN_FOLDER])).path;
}

interface Bringing {
  readonly take: Take;
  /** The folder for what was taken. */
  readonly taken: string;
  readonly lookedAt: Set<string>;
  readonly signal: AbortSignal;
  /** Not empty while messages are with the ledger and not yet put away. */
  readonly hand: { isEmpty: boolean };
}

async function bring(client: ImapFlow, { take, taken: folder, lookedAt, signal, hand }: Bringing): Promise<number> {
  const found = await client.search({ unKeyword: LOOKED_AT }, { uid: true });
  if (!found) throw new Error('The server refuses to search.');
  const validity = client.mailbox === false ? '' : `${client.mailbox.uidValidity}`;
  const fresh = found.filter((uid) => !lookedAt.has(`${validity}/${uid}`));
  let count = 0;
  for (let from = 0; from < fresh.length && !signal.aborted; from += AT_A_TIME) {
    // A command may not be given while the answers to another come in.
    const messages: Message[] = [];
    const range = fresh.slice(from, from + AT_A_TIME).join(',');
    for await (const { uid, source } of client.fetch(range, { source: { maxLength: READ_MAX_BYTES } }, { uid: true }))
      if (source) messages.push({ uid, source });
    hand.isEmpty = false;
    const { taken, left, failure } = await takeEach(messages, take);
    if (taken.length > 0 && !(await client.messageMove(taken.join(','), folder, { uid: true })))
      throw new Error(`The server refuses to move messages to ${folder}.`);
    if (left.length > 0) await client.messageFlagsAdd(left.join(','), [LOOKED_AT], { uid: true });
    for (const uid of left) lookedAt.add(`${validity}/${uid}`);
    hand.isEmpty = true;
    if (failure !== null) throw failure;
    count += taken.length;
  }
  return count;
}

interface Message {
  readonly uid: number;
  readonly source: Uint8Array;
}

/** Up to the first that cannot be taken: what was taken before it is moved all the same. */
async function takeEach(messages: readonly Message[], take: Take) {
  const taken: number[] = [];
  const left: number[] = [];
  try {
    for (const { uid, source } of messages) (await take(source, [])) === 'taken' ? taken.push(uid) : left.push(uid);
    return { taken, left, failure: null };
  } catch (failure) {
    return { taken, left, failure };
  }
}
