/**
 * Lays out the private Dovecot's folder: its settings, its two users with their passwords, and an empty Maildir for
 * each. Everything it writes and every socket it opens is in that folder; it listens on 127.0.0.1 only.
 */
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Each has characters that must be encoded in a URL, or quoted in IMAP. */
export const PASSWORDS = { returns: 'p@ss/50%', second: 'two words?' } as const;
export type User = keyof typeof PASSWORDS;

export interface DovecotOptions {
  /** Further settings, over the ones here: `imap_capability: 'IMAP4rev1'` is a server without MOVE and IDLE. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Setup {
  readonly folder: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly chainFile: string;
  readonly options: DovecotOptions;
}

/** Whose the mail is: nobody and nogroup, the same numbers on every Debian. Dovecot refuses to read mail as root. */
export const OWNER = { uid: 65534, gid: 65534 } as const;

export function configurationOf(folder: string): string {
  return join(folder, 'dovecot.conf');
}

/** Where the user's INBOX is, and its subfolders in it (Maildir++). */
export function maildirOf(folder: string, user: User): string {
  return join(folder, 'mail', user, 'Maildir');
}

export async function writeConfiguration(setup: Setup): Promise<void> {
  const { folder } = setup;
  const users = Object.entries(PASSWORDS).map(([user, password]) => `${user}:{PLAIN}${password}\n`);
  await mkdir(join(folder, 'mail'));
  // Mail is read as nobody, who must be able to come here, whatever the caller's umask.
  for (const each of [folder, join(folder, 'mail')]) await chmod(each, 0o755);
  for (const user of Object.keys(PASSWORDS) as User[]) await makeMaildir(folder, user);
  await writeFile(join(folder, 'users'), users.join(''));
  // Dovecot looks passwords up as an account of its own.
  await chmod(join(folder, 'users'), 0o644);
  await writeFile(configurationOf(folder), dovecotConf(setup));
}

async function makeMaildir(folder: string, user: User): Promise<void> {
  const maildir = maildirOf(folder, user);
  const inside = ['tmp', 'new', 'cur'].map((name) => join(maildir, name));
  for (const each of [join(folder, 'mail', user), maildir, ...inside]) {
    await mkdir(each, { mode: 0o700 });
    await chown(each, OWNER.uid, OWNER.gid);
  }
}

function dovecotConf({ folder, port, tlsPort, chainFile, options }: Setup): string {
  const settings: Record<string, string> = {
    base_dir: join(folder, 'run'),
    state_dir: join(folder, 'state'),
    log_path: '/dev/stderr',
    protocols: 'imap',
    listen: '127.0.0.1',

    // The key and the certificate are in one file.
    ssl: 'yes',
    ssl_cert: `<${chainFile}`,
    ssl_key: `<${chainFile}`,
    disable_plaintext_auth: 'no',
    auth_mechanisms: 'plain login',

    mail_location: `maildir:${maildirOf(folder, '%u' as User)}`,
    first_valid_uid: String(OWNER.uid),
    mail_fsync: 'never',

    // No brakes: a test connects often and errs on purpose.
    auth_failure_delay: '0',
    mail_max_userip_connections: '0',
    ...options.settings,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  return `${lines.join('')}
passdb {
  driver = passwd-file
  args = ${join(folder, 'users')}
}
userdb {
  driver = static
  args = uid=${OWNER.uid} gid=${OWNER.gid} home=${join(folder, 'mail', '%u')}
}
namespace inbox {
  inbox = yes
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tlsPort}
    ssl = yes
  }
}
service anvil {
  # Without it, who errs has to wait the longer the next time.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
`;
}
