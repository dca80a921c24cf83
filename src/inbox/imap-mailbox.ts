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
      try {
        await client.connect();
        await client.mailboxCreate([TAKEN_FOLDER]);
        const lock = await client.getMailboxLock(place.folder);
        try {
          return await bring(client, take, lookedAt, signal);
        } finally {
          lock.release();
        }
      } finally {
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

async function bring(client: ImapFlow, take: Take, lookedAt: Set<string>, signal: AbortSignal): Promise<number> {
  const found = (await client.search({ unKeyword: LOOKED_AT }, { uid: true })) || [];
  const validity = client.mailbox === false ? '' : `${client.mailbox.uidValidity}`;
  const fresh = found.filter((uid) => !lookedAt.has(`${validity}/${uid}`));
  let count = 0;
  for (let from = 0; from < fresh.length && !signal.aborted; from += AT_A_TIME) {
    // A command may not be given while the answers to another come in.
    const messages: { readonly uid: number; readonly source: Uint8Array }[] = [];
    const range = fresh.slice(from, from + AT_A_TIME).join(',');
    for await (const { uid, source } of client.fetch(range, { source: { maxLength: READ_MAX_BYTES } }, { uid: true }))
      if (source) messages.push({ uid, source });
    const taken: number[] = [];
    const left: number[] = [];
    try {
      for (const { uid, source } of messages) (await take(source, [])) === 'taken' ? taken.push(uid) : left.push(uid);
    } finally {
      // What the ledger has is moved, even where it could not take the next.
      if (taken.length > 0) await client.messageMove(taken.join(','), [TAKEN_FOLDER], { uid: true });
      if (left.length > 0) await client.messageFlagsAdd(left.join(','), [LOOKED_AT], { uid: true });
    }
    for (const uid of left) lookedAt.add(`${validity}/${uid}`);
    count += taken.length;
  }
  return count;
}
