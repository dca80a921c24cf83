// postrider demo: the whole story on sample data, in a temporary folder. It reads no setting of yours, mails
// nobody (all domains are reserved, RFC 2606) and passes nothing on.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { packageRoot } from '../../../config/package-root.ts';
import { readNewsletter } from '../../../config/read-newsletter.ts';
import { openRelay, pressOf, relaySettings, runningOf, systemClock } from '../../app.ts';
import { addressKey, parseAddress } from '../../domain/address.ts';
import type { Mailing } from '../../domain/mailing.ts';
import { makeEdition } from '../../flows/make-edition.ts';
import { openMailing, openPages } from '../../flows/open-mailing.ts';
import { renderIssue } from '../../flows/render-issue.ts';
import { runMailing } from '../../flows/run-mailing.ts';
import { startSink } from '../../sink/sink.ts';
import { parseSinkRule, type SinkRule } from '../../sink/sink-rules.ts';
import type { Ledger } from '../../store/ledger.ts';
import { openLedger } from '../../store/open-ledger.ts';
import { Failure, failWith } from '../failure.ts';
import { showBooks } from '../show-books.ts';
import { print, styled } from '../terminal.ts';

const LIST = 'monthly';
const SECRET = 'a demo needs no secret that is one';
const BASE_URL = 'https://newsletter.example';
// The greylisted come back after two seconds here, and after a minute in earnest.
const DEMO_PATIENCE = { delaysMs: [2_000], giveUpAfterMs: 60_000 };

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('the whole story on sample data, in a temporary folder')
    .addHelpText('after', '\nExample:\n  postrider demo')
    .action(demo);
}

async function demo(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-demo-'));
  const inbox = join(folder, 'mail');
  const rules = ['refuse:nobody@*', 'defer:greta@*:1'].map((rule) => parseSinkRule(rule) as SinkRule);
  const sink = await startSink({ port: 0, folder: inbox, rules });
  const { ledger } = await openLedger(`sqlite:${join(folder, 'ledger.sqlite')}`);
  try {
    say('A list', `46 people are on "${LIST}", at reserved domains only.`);
    await fillList(ledger);
    await ledger.suppressions.add({
      key: addressKey('carl@example.com'),
      address: 'carl@example.com',
      reason: 'complaint',
      note: '',
      since: systemClock.now(),
    });
    say('', 'Carl once complained, so his address is suppressed.');
    const mailing = await openSample(ledger);
    await ledger.subscribers.end(addressKey('lea@example.net'), LIST, 'unsubscribed', systemClock.now());
    say('Leaving', 'Lea unsubscribes after the mailing was opened and before her turn.');
    say(
      'Sending',
      `over SMTP to 127.0.0.1:${sink.port}; nobody@example.org does not exist there, and Greta's server says "not now" the first time.`,
    );
    await sendSample(ledger, mailing, sink.port);
    await showEnd(ledger, mailing, folder);
  } finally {
    await ledger.close();
    await sink.close();
  }
}

async function fillList(ledger: Ledger): Promise<void> {
  const at = systemClock.now();
  await ledger.lists.ensure(LIST, at);
  const rows = SAMPLE_PEOPLE.map(([name, address]) => {
    const parsed = parseAddress(address);
    if (parsed.kind === 'refused') throw new Error(`Sample address ${address}: ${parsed.why}`);
    return { ...parsed.value, name, attributes: {} };
  });
  await ledger.subscribers.import(rows, LIST, at);
}

async function openSample(ledger: Ledger): Promise<Mailing> {
  const press = pressOf({ root: packageRoot(), newsletter: sampleNewsletter(), baseUrl: BASE_URL });
  const result = await renderIssue(press, '2023-01', LIST);
  if (result.kind === 'problems') failWith(result.problems);
  const { rendered } = result;
  say('The issue', `${rendered.issue.title}: Markdown, ${rendered.issue.preheader}`);
  const content = makeEdition(press, LIST, BASE_URL, rendered);
  const at = systemClock.now();
  const { provenance } = rendered;
  const mailing = await openMailing(ledger, { issue: rendered.issue.id, list: LIST, content, provenance, at });
  return openPages(ledger, mailing, at, Number.POSITIVE_INFINITY);
}

function sampleNewsletter() {
  const read = (path: string): string => readFileSync(join(packageRoot(), path), 'utf8');
  const { newsletter, problems } = readNewsletter(
    read('config/newsletter.yaml'),
    read('config/defaults.yaml'),
    'config/newsletter.yaml',
  );
  return newsletter ?? failWith(problems);
}

async function sendSample(ledger: Ledger, mailing: Mailing, port: number): Promise<void> {
  const place = { host: '127.0.0.1', port, security: 'none', login: null, isLoopback: true } as const;
  const relay = openRelay(relaySettings(place, sampleNewsletter()));
  const end = await runMailing(
    mailing,
    runningOf({ ledger, relay, secrets: [SECRET], patience: DEMO_PATIENCE }),
    new AbortController().signal,
  );
  await relay.close();
  if (end.kind !== 'over') throw new Failure(1, `The demo did not come to its end: ${end.kind}.`);
}

async function showEnd(ledger: Ledger, mailing: Mailing, folder: string): Promise<void> {
  const books = await ledger.mailings.books(mailing.id);
  print(`\n${showBooks(await ledger.mailings.get(mailing.id), books)}\n`);
  const greta = await ledger.subscribers.find(addressKey('greta@example.net'));
  const tries = greta?.deliveries[0]?.attempts ?? 0;
  say('Greta', `got it at try ${tries}.`);
  say('Look', `at a message: ${join(folder, 'mail', '000001.eml')} (any mail program opens it)`);
  say('', `at what the sink saw: ${join(folder, 'mail', 'log.jsonl')}`);
  say('', `at the ledger: ${join(folder, 'ledger.sqlite')}`);
}

function say(head: string, text: string): void {
  print(`${styled('bold', head.padEnd(10))} ${text}`);
}

const FIRST_NAMES =
  'Ada Alan Anna Barbara Ben Chloé Dennis Donald Edith Edsger Emre Fatima Frances Goran Grace Hedy Ines Ivan Jean Jun Kateryna Katherine Ken Lin Linus Mads Margaret Mei Niklaus Noor Olga Omar Priya Radia Rosa Sofia Tomas Vint Yuki Zoë'.split(
    ' ',
  );
const DOMAINS = ['example.com', 'example.net', 'example.org', 'mail.example'];

const SAMPLE_PEOPLE: readonly (readonly [name: string, address: string])[] = [
  ...FIRST_NAMES.map(
    (name, index) =>
      [
        name,
        `${name
          .normalize('NFD')
          .replace(/[^a-zA-Z]/g, '')
          .toLowerCase()}@${DOMAINS[index % DOMAINS.length]}`,
      ] as const,
  ),
  ['Carl', 'carl@example.com'],
  ['Greta', 'greta@example.net'],
  ['Lea', 'lea@example.net'],
  ['', 'nobody@example.org'],
  ['Bücher & Co.', 'info@bücher.example'],
  ['“Bobby” <Tables>', "bobby.o'tables+news@example.org"],
];
