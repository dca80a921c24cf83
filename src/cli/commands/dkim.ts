// postrider dkim keygen: a key to sign messages with, and what must stand in DNS so that receivers can check them.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { badSelector, DEFAULT_SELECTOR, readKey, whatIsWrong } from '../../../config/read-dkim.ts';
import { domainOf } from '../../domain/address.ts';
import { DKIM_BITS, DKIM_MIN_BITS, type DnsRecord, dkimRecord, SELECTOR } from '../../domain/dkim.ts';
import { Failure, failWith } from '../failure.ts';
import { ownFolder } from '../own-folder.ts';
import { loadOrFail } from '../session.ts';
import { note, print, printJson } from '../terminal.ts';

interface KeygenOptions {
  readonly selector: string;
  readonly out?: string;
  readonly json?: boolean;
}

export function addDkimCommand(program: Command): void {
  const dkim = program
    .command('dkim')
    .description('sign what goes out, so that receivers know it is yours')
    .addHelpText('after', '\nExample:\n  postrider dkim keygen');
  dkim
    .command('keygen')
    .description('make a key, and print the DNS record that goes with it; with a key that is there, print its record again')
    .option('--selector <name>', 'its name in DNS; another one for each new key', DEFAULT_SELECTOR)
    .option('--out <file>', 'where the key goes; .postrider/dkim-SELECTOR.pem where it is left out')
    .option('--json', 'print the record as JSON')
    .addHelpText('after', '\nExamples:\n  postrider dkim keygen\n  postrider dkim keygen --selector postrider2027')
    .action(keygen);
}

function keygen({ selector, out, json }: KeygenOptions): void {
  if (!SELECTOR.test(selector)) failWith([badSelector(selector)]);
  const { root, newsletter } = loadOrFail();
  const file = out === undefined ? join(ownFolder(root), `dkim-${selector}.pem`) : resolve(out);
  const shown = relative(process.cwd(), file);
  const { key, isNew } = keyIn(file, shown);
  const record = dkimRecord({ selector, privateKey: key, domain: domainOf(newsletter.from.address) });
  note(isNew ? `Wrote ${shown}, which nobody but you can read.\n` : `${shown} was there, and stays as it is.\n`);
  note('This goes into DNS, as a TXT record:');
  if (json) printJson({ name: record.name, value: record.strings.join(''), file });
  else print(zoneLine(record));
  const path = relative(root, file);
  note(
    `\nThen this into .env, on each machine that sends:\nDKIM_KEY_FILE=${path.startsWith('..') ? file : path}\nDKIM_SELECTOR=${selector}`,
  );
}

function keyIn(file: string, shown: string): { key: KeyObject; isNew: boolean } {
  if (existsSync(file)) return { key: keyOf(file, shown), isNew: false };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: DKIM_BITS });
  try {
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new Failure(1, `${shown} cannot be written: ${codeOf(error)}.`, 'Choose another place with --out.');
  }
  return { key: privateKey, isNew: true };
}

function keyOf(file: string, shown: string): KeyObject {
  const key = readKey(textOf(file, shown));
  if (key !== null && !whatIsWrong(key)) return key;
  throw new Failure(2, `${shown} is there, and holds no RSA key of ${DKIM_MIN_BITS} bits or more.`, 'Choose another --out.');
}

function textOf(file: string, shown: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(1, `${shown} cannot be read: ${codeOf(error)}.`, 'Choose another place with --out.');
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** As a zone file has it (RFC 1035 5.1); a form on the web wants the strings alone, joined. */
function zoneLine({ name, strings }: DnsRecord): string {
  return `${name}. TXT ${strings.map((each) => `"${each}"`).join(' ')}`;
}
