// What is compared: each brings `count` messages of 60 KB to the same sink over 20 connections, in a process
// of its own, and prints the seconds that it took. Started by run.ts, not by hand.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { runningOf, systemClock } from '../../src/app.ts';
import type { EditionContent } from '../../src/domain/edition.ts';
import { composeDelivery, pressEdition } from '../../src/flows/compose-delivery.ts';
import { openMailing } from '../../src/flows/open-mailing.ts';
import { runMailing } from '../../src/flows/run-mailing.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { benchContent } from './content.ts';
import { CONNECTIONS, sinkRelay } from './sink-relay.ts';

const IN_FLIGHT = 40;
const SECRET = 'a secret for the bench alone';

type Contestant = (port: number, count: number) => Promise<number>;

const CONTESTANTS: Readonly<Record<string, Contestant>> = { connection: connectionAlone, loop: plainLoop, postrider };

async function connectionAlone(port: number, count: number): Promise<number> {
  const subscriber = { id: 1, address: 'reader@example.org', name: 'Ada', attributes: {} };
  const { bytes } = composeDelivery({ mailing: 1, sequence: 1, openedAt: 0, subscriber }, pressEdition(benchContent(), 1), [
    SECRET,
  ]);
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => connect(port)));
  let left = count;
  const startedAt = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      while (left-- > 0) await sendBytes(connection, Buffer.from(bytes));
    }),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const connection of connections) connection.close();
  return seconds;
}

function connect(port: number): Promise<SMTPConnection> {
  const connection = new SMTPConnection({ host: '127.0.0.1', port, ignoreTLS: true });
  return new Promise((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve(connection))));
}

function sendBytes(connection: SMTPConnection, bytes: Buffer): Promise<void> {
  const envelope = { from: 'bounces@example.org', to: ['reader@example.org'] };
  return new Promise((resolve, reject) => connection.send(envelope, bytes, (error) => (error ? reject(error) : resolve())));
}

async function plainLoop(port: number, count: number): Promise<number> {
  const content = benchContent();
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    ignoreTLS: true,
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Number.POSITIVE_INFINITY,
  });
  let left = count;
  const startedAt = performance.now();
  const send = async (): Promise<void> => {
    while (left-- > 0) {
      const values = { name: 'Ada', unsubscribeUrl: 'https://newsletter.example.org/u/abcdefghijklmnop' };
      const fill = (parts: EditionContent['html']): string =>
        parts.map((part) => (typeof part === 'string' ? part : values[part.name as keyof typeof values])).join('');
      const headers = { 'List-Unsubscribe': `<${values.unsubscribeUrl}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
      await transport.sendMail({
        from: 'Newsletter <newsletter@example.org>',
        to: 'reader@example.org',
        subject: content.subject,
        html: fill(content.html),
        text: fill(content.text),
        headers,
      });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, send));
  const seconds = (performance.now() - startedAt) / 1_000;
  transport.close();
  return seconds;
}

async function postrider(port: number, count: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-bench-'));
  const { ledger } = await openLedger(`sqlite:${join(folder, 'ledger.sqlite')}`);
  await ledger.lists.ensure('monthly', 0);
  for (let first = 0; first < count; first += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, count - first) }, (_, index) => ({
      address: `reader${first + index}@example.org`,
      key: `reader${first + index}@example.org`,
      name: 'Ada',
      attributes: {},
    }));
    await ledger.subscribers.import(rows, 'monthly', 0);
  }
  const relay = sinkRelay(port);
  const startedAt = performance.now();
  const provenance = { commit: null, isModified: true };
  const mailing = await openMailing(ledger, {
    issue: '2023-01',
    list: 'monthly',
    content: benchContent(),
    provenance,
    at: systemClock.now(),
  });
  const end = await runMailing(mailing, runningOf({ ledger, relay, secrets: [SECRET] }), new AbortController().signal);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { counts } = await ledger.mailings.books(mailing.id);
  if (end.kind !== 'over' || counts.accepted !== count)
    throw new Error(`${counts.accepted} of ${count} accepted; ${JSON.stringify(end)}`);
  await relay.close();
  await ledger.close();
  rmSync(folder, { recursive: true });
  return seconds;
}

const [name, port, count] = process.argv.slice(2);
const contestant = CONTESTANTS[name ?? ''];
if (contestant) {
  const seconds = await contestant(Number(port), Number(count));
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  process.stdout.write(
    `${JSON.stringify({ seconds, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMegabytes: maxRSS / 1_000 })}\n`,
  );
}
