/**
 * Sees to it that the programs the service tests run are there: looks for each, and on a Debian machine,
 * as root, installs what is missing, so that those tests run rather than pass unrun. It never starts a
 * service, never installs anywhere else, and leaves it to the caller what to make of what stays missing.
 */
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { aptInstall, whyNoApt } from './apt.ts';

/** A program by its name, or by its absolute path, which may also be a plain file such as a font. */
export interface Wanted {
  readonly command: string;
  readonly debianPackage: string;
}

export interface Missing extends Wanted {
  readonly why: string;
}

export interface Commands {
  readonly present: string[];
  readonly missing: Missing[];
}

/** What each kind of service test needs. */
export const SERVICES = {
  postfix: [
    { command: 'postfix', debianPackage: 'postfix' },
    { command: 'openssl', debianPackage: 'openssl' },
  ],
  redis: [
    { command: 'redis-server', debianPackage: 'redis-server' },
    { command: 'redis-cli', debianPackage: 'redis-tools' },
  ],
  // The package, whose psql comes along, also lays out a cluster of its own; nothing here starts or uses that.
  postgres: [
    { command: 'postgres', debianPackage: 'postgresql' },
    { command: 'initdb', debianPackage: 'postgresql' },
  ],
  dovecot: [
    { command: 'dovecot', debianPackage: 'dovecot-core' },
    { command: '/usr/lib/dovecot/imap', debianPackage: 'dovecot-imapd' },
  ],
  spamassassin: [{ command: 'spamassassin', debianPackage: 'spamassassin' }],
  // Debian has no Zola.
  generators: [
    { command: 'hugo', debianPackage: 'hugo' },
    { command: 'jekyll', debianPackage: 'jekyll' },
    { command: 'pelican', debianPackage: 'pelican' },
  ],
  ssh: [
    { command: 'sshd', debianPackage: 'openssh-server' },
    { command: 'ssh', debianPackage: 'openssh-client' },
    { command: 'ssh-keygen', debianPackage: 'openssh-client' },
  ],
  chromium: [
    { command: 'chromium', debianPackage: 'chromium' },
    // Without these two, a page's text and emoji are drawn as empty boxes.
    { command: '/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf', debianPackage: 'fonts-noto-color-emoji' },
    { command: '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', debianPackage: 'fonts-dejavu-core' },
  ],
} as const satisfies Record<string, readonly Wanted[]>;

export function ensureCommands(wanted: readonly Wanted[]): Commands {
  const absent = wanted.filter(({ command }) => findCommand(command) === undefined);
  const whyNot = absent.length === 0 ? undefined : install(absent);
  const present: string[] = [];
  const missing: Missing[] = [];
  for (const one of wanted) {
    if (findCommand(one.command) !== undefined) present.push(one.command);
    else missing.push({ ...one, why: `${whyNot ?? 'its package came without it'}; ${howToGet(one)}` });
  }
  return { present, missing };
}

/** The absolute path of a command, also where only root's PATH, or none, would have it. */
export function findCommand(command: string): string | undefined {
  if (isAbsolute(command)) return existsSync(command) ? command : undefined;
  const { PATH = '' } = process.env;
  const folders = PATH.split(delimiter).filter((folder) => folder !== '');
  return [...folders, '/usr/sbin', ...postgresFolders()].map((folder) => join(folder, command)).find(isExecutable);
}

/** Debian keeps each PostgreSQL version's server programs in a folder of its own; the newest comes first. */
function postgresFolders(): string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  const versions = readdirSync(root).sort((a, b) => Number.parseFloat(b) - Number.parseFloat(a));
  return versions.map((version) => join(root, version, 'bin'));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile(); // A folder is executable too.
  } catch {
    return false;
  }
}

/** Returns what was or went wrong, or undefined. */
function install(absent: readonly Wanted[]): string | undefined {
  const whyNot = whyNoApt();
  if (whyNot !== undefined) return whyNot;
  const packages = [...new Set(absent.map(({ debianPackage }) => debianPackage))];
  process.stderr.write(`Installing Debian packages the service tests need: ${packages.join(' ')}\n`);
  return aptInstall(packages);
}

function howToGet({ debianPackage }: Wanted): string {
  return `on Debian, "apt-get install --no-install-recommends ${debianPackage}" as root brings it`;
}
