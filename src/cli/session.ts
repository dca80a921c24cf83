// What most commands begin with: the configuration, the ledger, the list that is meant.
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { type Config, loadConfig, type Need } from '../../config/load.ts';
import type { RelayPlace } from '../../config/read-smtp-url.ts';
import { recogniseSecrets } from '../flows/recognise-secrets.ts';
import { SchemaError } from '../store/engine.ts';
import type { Ledger } from '../store/ledger.ts';
import { openLedger } from '../store/open-ledger.ts';
import { Failure, failWith } from './failure.ts';
import { ownFolder } from './own-folder.ts';
import { formatMoment, note } from './terminal.ts';

export function loadOrFail(needs: readonly Need[] = []): Config {
  const result = loadConfig(process.cwd(), process.env, needs);
  return result.kind === 'config' ? result.config : failWith(result.problems);
}

export function relayOf(config: Config): RelayPlace {
  if (!config.relay) throw new Failure(2, 'SMTP_URL is not set.');
  return config.relay;
}

/** Opens the ledger for the time of `use`, and closes it whatever happens. */
export async function withLedger<T>(config: Config, use: (ledger: Ledger) => Promise<T>): Promise<T> {
  const { ledger } = await openOrFail(config);
  try {
    return await use(ledger);
  } finally {
    await ledger.close();
  }
}

export async function openOrFail(config: Config, mayMigrate = false) {
  try {
    if (config.databaseUrl.includes('/.postrider/')) ownFolder(config.root);
    return await openLedger(config.databaseUrl, mayMigrate);
  } catch (error) {
    if (error instanceof SchemaError) throw new Failure(1, error.message);
    throw new Failure(
      1,
      `The ledger ${describeLedger(config)} cannot be opened: ${wordsOf(error)}.`,
      config.databaseUrl.startsWith('sqlite:')
        ? 'Check DATABASE_URL, and the rights of the folder.'
        : 'Check DATABASE_URL, and that the server is up and lets us in.',
    );
  }
}

/** A ledger that was moved would mail everybody again who was mailed from its new place. */
export function checkNotMoved({ identity }: Ledger): void {
  if (identity.movedTo === null) return;
  throw new Failure(
    1,
    `This ledger has been moved to ${identity.movedTo} and sends no more.`,
    'Set DATABASE_URL to its new place.',
  );
}

/** Links in old mails must go on working: a ledger takes a new secret only beside one that it knows. */
export async function checkSecrets(ledger: Ledger, secrets: readonly string[]): Promise<void> {
  const missing = await recogniseSecrets(ledger, secrets, Date.now());
  if (missing.kind === 'foreign')
    throw new Failure(
      2,
      'POSTRIDER_SECRET is not the one that this ledger was used with, so every link in the mails that it has sent would be dead.',
      'Put the old one back; to change it, write the new one before it: POSTRIDER_SECRET=new,old',
    );
  for (const since of missing.since)
    note(
      `Links in mails from ${formatMoment(since)} on, until the secret was changed, are dead: POSTRIDER_SECRET lacks the old one.`,
    );
}

/** As a person would name it: a path from here. */
export function describeLedger(config: Config): string {
  if (!config.databaseUrl.startsWith('sqlite:')) return withoutPassword(config.databaseUrl);
  const file = config.databaseUrl.replace(/^sqlite:/, '');
  const shown = relative(process.cwd(), file);
  return existsSync(file) || file === ':memory:' ? shown : `${shown} (new)`;
}

/** Where several addresses of a server were tried in vain, the error itself says nothing. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(wordsOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

export function withoutPassword(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** The list that is named, or else the default, or else the only one. */
export function chooseList({ newsletter }: Config, named: string | undefined): string {
  const configured = Object.keys(newsletter.lists);
  const chosen = named ?? newsletter.defaultList ?? (configured.length === 1 ? configured[0] : undefined);
  if (chosen !== undefined) return checkListName(chosen);
  throw new Failure(2, 'There are several lists and none is named.', `Add --list with one of: ${configured.join(', ')}.`);
}

/** A list that neither newsletter.yaml nor the ledger knows is a slip of the finger. */
export async function checkListKnown({ newsletter }: Config, ledger: Ledger, list: string): Promise<void> {
  const names = [...new Set([...Object.keys(newsletter.lists), ...(await ledger.lists.all()).map(({ id }) => id)])];
  if (names.includes(list)) return;
  throw new Failure(2, `There is no list ${list}.`, `There are: ${names.join(', ')}. The nearest is ${closest(list, names)}.`);
}

export function checkListName(name: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) return name;
  throw new Failure(2, `${JSON.stringify(name)} is not a list name.`, 'Use small letters, digits and hyphens, as in `monthly`.');
}
