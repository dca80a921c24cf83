/**
 * Puts mail into the private Dovecot's Maildirs and reads it from there, behind Dovecot's back, as Maildir allows. It
 * neither deletes nor marks anything.
 */
import { chown, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OWNER } from './dovecot-config.ts';

/** One message as it lies in a Maildir. */
export interface StoredMessage {
  /** The letters of Maildir, in order: F flagged, R answered, S seen, T deleted; a, b, ... are keywords. */
  readonly flags: string;
  /** With the line ends it was put with. */
  readonly content: string;
}

let count = 0;

/** Into INBOX, as new; messages get their UIDs in the order of the calls. */
export async function putMessage(maildir: string, message: string): Promise<void> {
  const name = `${Math.floor(Date.now() / 1000)}.${String(++count).padStart(9, '0')}_${process.pid}.postrider`;
  const unfinished = join(maildir, 'tmp', name);
  await writeFile(unfinished, message, { mode: 0o600 });
  await chown(unfinished, OWNER.uid, OWNER.gid);
  await rename(unfinished, join(maildir, 'new', name));
}

/** In the order they were put; none where there is no such folder. */
export async function readMessages(maildir: string, folder: string): Promise<StoredMessage[]> {
  const path = folder === 'INBOX' ? maildir : join(maildir, `.${folder}`);
  for (;;) {
    try {
      return await readAll(path);
    } catch (error) {
      // Renamed or moved since it was listed: look again.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

async function readAll(path: string): Promise<StoredMessage[]> {
  const lists = await Promise.all(['new', 'cur'].map((part) => list(path, part)));
  const names = lists.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
  return Promise.all(
    names.map(async ({ part, name }) => ({
      flags: /:2,(.*)$/.exec(name)?.[1] ?? '',
      content: await readFile(join(path, part, name), 'utf8'),
    })),
  );
}

async function list(path: string, part: string): Promise<{ part: string; name: string }[]> {
  const names = await readdir(join(path, part)).catch(() => []);
  return names.map((name) => ({ part, name }));
}
