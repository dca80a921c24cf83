/**
 * Lays out a private Postfix's folder: its settings, its listeners, and the script that writes each message delivered
 * to a file. It neither starts Postfix nor knows what it is for; no service that it brings could speak to another
 * machine.
 */
import { chmod, mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mainCf } from './postfix-main-cf.ts';

/** The place of one private Postfix. */
export interface PostfixPlace {
  readonly folder: string;
  /** The server's private key followed by its certificate. */
  readonly chainFile: string;
}

/** What sets one private Postfix apart from another. */
export interface PostfixKind {
  /** For main.cf, over what all have in common. */
  readonly settings: Readonly<Record<string, string>>;
  /** Lines of master.cf: the listeners, and the services not all have. */
  readonly services: readonly string[];
}

export async function layOutPostfix(place: PostfixPlace, { settings, services }: PostfixKind): Promise<void> {
  const at = (name: string) => join(place.folder, name);
  for (const name of ['config', 'queue', 'mail', 'mail/tmp', 'mail/new']) await mkdir(at(name));
  // Delivery runs as nobody, who must be able to come here and to write, whatever the caller's umask.
  await chmod(place.folder, 0o755);
  for (const name of ['config', 'queue', 'mail']) await chmod(at(name), 0o755);
  for (const name of ['mail/tmp', 'mail/new']) await chmod(at(name), 0o777);
  await writeFile(at('config/main.cf'), mainCf(place, settings));
  await writeFile(at('config/master.cf'), masterCf(place.folder, services));
  // Every program of Postfix waits before it reads a configuration so new that it may not be finished.
  const minuteAgo = Date.now() / 1000 - 60;
  await utimes(at('config/main.cf'), minuteAgo, minuteAgo);
  await writeFile(at('deliver.sh'), DELIVER);
  await chmod(at('deliver.sh'), 0o755);
}

function masterCf(folder: string, services: readonly string[]): string {
  return `${services.map((line) => `${line}\n`).join('')}cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
deliver unix - n n - 20 pipe user=nobody null_sender= eol=\\r\\n
  argv=/bin/sh ${join(folder, 'deliver.sh')} \${queue_id} \${sender} \${recipient}
`;
}

/**
 * Two lines of envelope, then the message with its line ends as on the wire. As in a maildir, the file
 * appears in new/ only when it is whole; a failure is temporary, so that it never turns into a bounce.
 */
const DELIVER = `#!/bin/sh
cd "$(dirname "$0")/mail" || exit 75
file="$1.$$"
{ printf '%s\\n%s\\n' "$2" "$3" && cat; } >"tmp/$file" && mv "tmp/$file" "new/$file" || exit 75
`;
