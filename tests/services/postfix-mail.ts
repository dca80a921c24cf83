/**
 * Reads what a private Postfix delivered, from the files its delivery wrote. Acceptance comes before delivery, so one
 * of the two ways to read first waits until the queue is empty. It neither deletes nor marks anything.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** One message as one recipient got it. */
export interface DeliveredMessage {
  readonly queueId: string;
  /** The envelope's sender, empty for a bounce. */
  readonly sender: string;
  readonly recipient: string;
  /** The message as it was sent: CRLF line ends, without dot-stuffing or headers added on the way. */
  readonly bytes: Buffer;
}

const DRAIN_LIMIT_MS = 30_000;

/** All that was accepted, where all is to be delivered; in the order the messages were begun. */
export async function readDelivered(folder: string): Promise<DeliveredMessage[]> {
  await drained(folder);
  return await readDeliveredSoFar(folder);
}

/** In the order the messages were begun. */
export async function readDeliveredSoFar(folder: string): Promise<DeliveredMessage[]> {
  const inbox = join(folder, 'mail/new');
  const names = (await readdir(inbox)).sort();
  return Promise.all(names.map(async (name) => parse(name, await readFile(join(inbox, name)))));
}

async function drained(folder: string): Promise<void> {
  const giveUp = Date.now() + DRAIN_LIMIT_MS;
  // In the order a message passes through them, so that none slips by between two looks.
  const isWaiting = async (queue: string) => hasMessage(join(folder, 'queue', queue));
  while ((await isWaiting('incoming')) || (await isWaiting('active'))) {
    if (Date.now() > giveUp) throw new Error('Postfix did not empty its queue in time');
    await sleep(20);
  }
  if (await isWaiting('deferred')) throw new Error('Postfix could not write down a message');
}

async function hasMessage(queue: string): Promise<boolean> {
  for (const entry of await readdir(queue, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && (await isComplete(join(entry.parentPath, entry.name)))) return true;
  }
  return false;
}

/** Postfix sets a queue file's execute bit once it has the whole message; before, nothing is accepted. */
async function isComplete(file: string): Promise<boolean> {
  try {
    return ((await stat(file)).mode & 0o100) !== 0;
  } catch {
    return false; // Moved on since it was listed.
  }
}

function parse(name: string, content: Buffer): DeliveredMessage {
  const senderEnd = content.indexOf('\n');
  const recipientEnd = content.indexOf('\n', senderEnd + 1);
  return {
    queueId: name.slice(0, name.indexOf('.')),
    sender: content.toString('utf8', 0, senderEnd),
    recipient: content.toString('utf8', senderEnd + 1, recipientEnd),
    bytes: content.subarray(recipientEnd + 1),
  };
}
