/**
 * Lays out the private Postfix's folder: its settings, its listeners, and the script by which whatever it
 * accepts ends as a file. No service in it could speak SMTP to another machine, so nothing can leave.
 */
import { chmod, mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOST, mainCf } from './postfix-main-cf.ts';

export interface PostfixOptions {
  /** How long the impatient listener waits for a silent client. */
  readonly impatienceSeconds?: number;
  /** The largest message the small listener takes. */
  readonly smallMessageBytes?: number;
  /** Further main.cf settings, over the ones here. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The listeners by the names they have in the log; each but the first differs from it in one respect. */
export const LISTENERS = ['main', 'timeout', 'small', 'early'] as const;
export type Listener = (typeof LISTENERS)[number];

export interface Setup {
  readonly folder: string;
  readonly ports: Readonly<Record<Listener, number>>;
  readonly chainFile: string;
  readonly options: PostfixOptions;
}

const HEADER_CHECKS = `/^Received: from .*[[:space:]]by ${HOST.replaceAll('.', '\\.')} / IGNORE\n`;

export async function writeConfiguration(setup: Setup): Promise<void> {
  const at = (name: string) => join(setup.folder, name);
  for (const name of ['config', 'queue', 'mail', 'mail/tmp', 'mail/new']) await mkdir(at(name));
  // Delivery runs as nobody, who must be able to come here and to write, whatever the caller's umask.
  await chmod(setup.folder, 0o755);
  for (const name of ['config', 'queue', 'mail']) await chmod(at(name), 0o755);
  for (const name of ['mail/tmp', 'mail/new']) await chmod(at(name), 0o777);
  await writeFile(at('config/main.cf'), mainCf(setup));
  await writeFile(at('config/master.cf'), masterCf(setup));
  // Every program of Postfix waits before it reads a configuration so new that it may not be finished.
  const minuteAgo = Date.now() / 1000 - 60;
  await utimes(at('config/main.cf'), minuteAgo, minuteAgo);
  await writeFile(at('config/header_checks'), HEADER_CHECKS);
  await writeFile(at('deliver.sh'), DELIVER);
  await chmod(at('deliver.sh'), 0o755);
}

function masterCf({ folder, ports, options }: Setup): string {
  const differences: Record<Listener, string> = {
    main: '',
    timeout: `-o smtpd_timeout=${options.impatienceSeconds ?? 2}s`,
    small: `-o message_size_limit=${options.smallMessageBytes ?? 200_000}`,
    // By default a refused sender learns of it at RCPT only; here, at MAIL.
    early: '-o smtpd_delay_reject=no',
  };
  const listeners = LISTENERS.map(
    (name) => `127.0.0.1:${ports[name]} inet n - n - - smtpd -o syslog_name=postfix/${name} ${differences[name]}\n`,
  );
  return `${listeners.join('')}cleanup unix n - n - 0 cleanup
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
