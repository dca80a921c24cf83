// The messages that the conformance table looks at, as they are emitted: the command line sends them through a wire tap to
// the sink, in processes of their own, and a page of `serve` asks for a letter. Each is composed a second time from the
// ledger, so that what came can be held against what was meant.
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { domainToASCII } from 'node:url';
import { type Config, loadConfig } from '../../config/load.ts';
import { signerOf } from '../../src/app.ts';
import { addressKey } from '../../src/domain/address.ts';
import { composeDelivery, pressEdition } from '../../src/flows/compose-delivery.ts';
import { deliveryNamedIn } from '../../src/link/delivery-links.ts';
import { formStamp } from '../../src/link/letter-links.ts';
import type { SinkEntry } from '../../src/sink/sink.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { freePorts } from '../services/ports.ts';
import { finished, newsletterFolder, type Place, postrider, type RunningSink, runSink, start } from '../stories/cli.ts';
import { fieldValue, type Mail, type Mailbox, type Written } from './conformance/mail.ts';
import { NEWSLETTERS, READERS, SECRET, type WrittenIssue, type WrittenNewsletter } from './emitted-issues.ts';
import { type Conversation, tapWire, type WireTap } from './emitted-wire.ts';

const SELECTOR = 'press2026';
const STRANGER = 'zoé@stranger.example';
const PATIENCE_MS = 60_000;

interface Press {
  readonly newsletter: WrittenNewsletter;
  readonly place: Place;
  readonly sink: RunningSink;
  readonly tap: WireTap;
  readonly txt: Readonly<Record<string, string>>;
}

export async function emitMails(): Promise<Mail[]> {
  const found = await Promise.all(
    NEWSLETTERS.map(async (newsletter) => {
      const press = await setUp(newsletter);
      try {
        return await mailsOf(press);
      } finally {
        await Promise.all([press.tap.stop(), press.sink.stop()]);
      }
    }),
  );
  return found.flat();
}

async function setUp(newsletter: WrittenNewsletter): Promise<Press> {
  const sink = await runSink();
  const tap = await tapWire(sink.url, newsletter.hidden);
  const cwd = newsletterFolder(tap.url);
  const { pem, txt } = makeKey(newsletter.from.address);
  const keyFile = join(mkdtempSync(join(tmpdir(), 'postrider-key-')), 'dkim.pem');
  writeFileSync(keyFile, pem, { mode: 0o600 });
  writeFileSync(join(cwd, 'newsletter.yaml'), newsletter.yaml);
  writeFileSync(join(cwd, 'readers.csv'), readersCsv());
  for (const { id, markdown } of newsletter.issues) writeFileSync(join(cwd, `issues/${id}.md`), markdown);
  const env = { POSTRIDER_SECRET: SECRET, DKIM_KEY_FILE: keyFile, DKIM_SELECTOR: SELECTOR };
  return { newsletter, place: { cwd, env }, sink, tap, txt };
}

function makeKey(sender: string): { pem: string; txt: Record<string, string> } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const published = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  return {
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    txt: { [`${SELECTOR}._domainkey.${domain}`]: `v=DKIM1; k=rsa; p=${published}` },
  };
}

function readersCsv(): string {
  const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  return `email,name\n${READERS.map(({ address, name }) => `${cell(address)},${cell(name)}`).join('\n')}\n`;
}

async function mailsOf(press: Press): Promise<Mail[]> {
  const { newsletter, place } = press;
  await run(['subscribers', 'import', 'readers.csv'], place);
  const mails: Mail[] = [];
  for (const issue of newsletter.issues) {
    await run(['send', '--issue', issue.id, '--yes'], place);
    mails.push(...(await collect(press, mails, issue)));
  }
  if (newsletter.hidden.length === 0) {
    await askForLetter(press);
    mails.push(...(await collect(press, mails, undefined)));
  }
  return mails;
}

async function run(args: readonly string[], place: Place): Promise<void> {
  const { code, stdout, stderr } = await postrider(args, place);
  if (code !== 0) throw new Error(`postrider ${args.join(' ')} gave ${code}: ${stdout}${stderr}`);
}

/** The form, filled in ten seconds ago. */
async function askForLetter({ place, sink }: Press): Promise<void> {
  const [port] = await freePorts(1);
  const child = start(['serve'], { cwd: place.cwd, env: { ...place.env, PORT: String(port) } });
  const end = finished(child);
  const url = `http://127.0.0.1:${port}`;
  try {
    await until(async () => (await fetch(`${url}/healthz`).catch(() => undefined))?.ok === true);
    const stamp = formStamp(Date.now() - 10_000, [SECRET]);
    await fetch(`${url}/join`, { method: 'POST', body: new URLSearchParams({ address: STRANGER, list: 'monthly', stamp }) });
    await until(() => sink.entries().some(({ recipient }) => recipient === STRANGER));
  } finally {
    child.kill('SIGTERM');
    await end;
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const giveUpAt = Date.now() + PATIENCE_MS; !(await isSo()); await sleep(20))
    if (Date.now() > giveUpAt) throw new Error(`It did not come to pass: ${isSo}`);
}

/** What came since: the witness's files, each with what the tap heard of it. */
async function collect(press: Press, before: readonly Mail[], issue: WrittenIssue | undefined): Promise<Mail[]> {
  const { sink, tap, place } = press;
  const entries = sink.entries().filter(({ isTaken }) => isTaken);
  const heard = tap.conversations();
  const config = configOf(place);
  const { ledger } = await openLedger(config.databaseUrl);
  try {
    const known = new Set(before.map(({ bytes }) => bytes.toString('latin1')));
    const mails: Mail[] = [];
    for (const entry of entries) {
      const bytes = readFileSync(join(sink.folder, entry.file ?? ''));
      if (known.has(bytes.toString('latin1'))) continue;
      mails.push(await mailOf({ bytes, entry, heard, issue, press, config, ledger }));
    }
    return mails;
  } finally {
    await ledger.close();
  }
}

function configOf({ cwd, env = {} }: Place): Config {
  const result = loadConfig(cwd, env, ['relay']);
  if (result.kind === 'problems') throw new Error(result.problems.map(({ message }) => message).join(' '));
  return result.config;
}

interface Finding {
  readonly bytes: Buffer;
  readonly entry: SinkEntry;
  readonly heard: readonly Conversation[];
  readonly issue: WrittenIssue | undefined;
  readonly press: Press;
  readonly config: Config;
  readonly ledger: Ledger;
}

async function mailOf(finding: Finding): Promise<Mail> {
  const { bytes, entry, heard, issue, press } = finding;
  const messageId = /^Message-ID: .*$/m.exec(bytes.toString('latin1'))?.[0] ?? '';
  const conversation = heard.find(({ data }) => data.includes(messageId));
  if (!conversation) throw new Error(`Nothing was heard of ${messageId}.`);
  const isNewsletter = bytes.includes('\nList-Id:');
  const mail = {
    kind: isNewsletter ? ('newsletter' as const) : ('letter' as const),
    ...{ bytes, conversation, txt: press.txt },
    envelope: { returnPath: entry.sender, recipient: entry.recipient },
  };
  const written =
    isNewsletter && issue ? issueTo(entry, press.newsletter, issue) : letterTo(entry, press.newsletter, issue?.id ?? '', bytes);
  const name = `${press.newsletter.name}: ${isNewsletter ? issue?.id : written.subject} to ${short(written.to.address)}`;
  return { ...mail, name, written, composed: isNewsletter ? await composeAgain({ ...mail, written }, finding) : null };
}

function short(address: string): string {
  return address.length > 60 ? `${address.slice(0, 12)}…${address.slice(-12)}` : address;
}

function issueTo({ recipient }: SinkEntry, newsletter: WrittenNewsletter, { subject, lines }: WrittenIssue): Written {
  const { from, replyTo, listTitle } = newsletter;
  // The sink says domains in letters; what was written is the same in A-labels.
  const to = READERS.find(({ address }) => toAscii(address) === toAscii(recipient));
  if (!to) throw new Error(`Nobody has written ${recipient}.`);
  return { subject, from, replyTo, list: listTitle, lines, to: { name: to.name, address: toAscii(to.address) } };
}

const EDITOR: Mailbox = { name: 'Redaktion „Überblick“', address: 'editors@desk.example' };

function letterTo({ recipient }: SinkEntry, { from }: WrittenNewsletter, id: string, bytes: Buffer): Written {
  const rest = { from, replyTo: null, list: null };
  if (recipient === STRANGER)
    return { ...rest, to: { name: '', address: STRANGER }, subject: 'Please confirm your subscription', lines: [] };
  const is = bytes.includes('is finished') ? 'is finished' : 'has started';
  return { ...rest, to: EDITOR, subject: `[Postrider] Issue ${id} to monthly ${is}`, lines: [`Issue ${id} to monthly ${is}.`] };
}

export function toAscii(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1))}`;
}

/** Which delivery it was is in our own header; all else comes from the ledger. */
async function composeAgain(mail: Pick<Mail, 'bytes' | 'written'>, { config, ledger }: Finding): Promise<Buffer> {
  const whole = mail as Mail;
  const delivery = deliveryNamedIn(fieldValue(whole, 'X-Postrider-Delivery'), config.secrets);
  const subscriber = await ledger.subscribers.find(addressKey(mail.written.to.address));
  const list = await ledger.lists.find('monthly');
  const edition = delivery && (await ledger.mailings.editions(delivery.mailing)).at(-1);
  if (!delivery || !subscriber || !list || !edition) throw new Error('The ledger does not know this delivery.');
  const openedAt = Date.parse(fieldValue(whole, 'Date'));
  const message = composeDelivery(
    { ...delivery, openedAt, subscriber },
    pressEdition(edition.content, list.number),
    config.secrets,
  );
  const sign = await signerOf(config);
  return Buffer.from((sign?.(message) ?? message).bytes);
}
