// A local SMTP server for people and tests, which behaves well or badly as told. It keeps each message as a
// file and a line in its log before it says 250, so that what it took can be held against the ledger: the
// witness. It never passes a message on.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { misbehaviourFor, type Party, partyOf, type SinkRule } from './sink-rules.ts';

export interface SinkOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** Folder for `log.jsonl` and the messages. */
  readonly folder: string;
  readonly rules: readonly SinkRule[];
  /** False: messages are counted and thrown away. */
  readonly keepsMessages?: boolean;
  /** Called with each line of the log. */
  readonly onEntry?: (entry: SinkEntry) => void;
}

/** One line of the log: one answer to one recipient; at MAIL, where there is none yet, it is empty. */
export interface SinkEntry {
  readonly at: string;
  readonly recipient: string;
  readonly sender: string;
  /** The name that the client gave in EHLO, in lower case. */
  readonly client: string;
  /** True where the message is kept, whether or not its sender heard of it. */
  readonly isTaken: boolean;
  readonly answer: string;
  /** Of the message; 0 where none came to its end. */
  readonly sizeBytes: number;
  /** Name of the file in the folder; null where nothing was kept. */
  readonly file: string | null;
}

export interface Sink {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on the loopback interface only. */
export async function startSink({ port, folder, rules, keepsMessages = true, onEntry }: SinkOptions): Promise<Sink> {
  mkdirSync(folder, { recursive: true });
  const log = join(folder, 'log.jsonl');
  const rulesFor = { sender: rulesOf(rules, 'sender'), recipient: rulesOf(rules, 'recipient') };
  const tries = countTries();
  const triesOfSenders = countTries();
  let count = 0;

  const record = (entry: Omit<SinkEntry, 'at' | 'sizeBytes'>, sizeBytes = 0): void => {
    const line: SinkEntry = { at: new Date().toISOString(), ...entry, sizeBytes };
    appendFileSync(log, `${JSON.stringify(line)}\n`);
    onEntry?.(line);
  };
  const keep = (message: Buffer): string | null => {
    if (!keepsMessages) return null;
    const file = `${String(++count).padStart(6, '0')}.eml`;
    writeFileSync(join(folder, file), message);
    return file;
  };

  const server: SMTPServer = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    banner: 'postrider sink',
    closeTimeout: 1_000,
    size: 50_000_000,
    onMailFrom({ address }, session, callback) {
      if (misbehaviourFor(rulesFor.sender, address, triesOfSenders.next(address)) === undefined) return callback();
      record({
        recipient: '',
        sender: address,
        client: clientOf(session),
        isTaken: false,
        answer: 'dropped at MAIL',
        file: null,
      });
      return dropConnection(server, session.id);
    },
    onRcptTo({ address }, session, callback) {
      const envelope = { recipient: address, sender: senderOf(session), client: clientOf(session) };
      const misbehaviour = misbehaviourFor(rulesFor.recipient, address, tries.next(address));
      if (misbehaviour === 'drop-at-rcpt') {
        record({ ...envelope, isTaken: false, answer: 'dropped at RCPT', file: null });
        return dropConnection(server, session.id);
      }
      if (misbehaviour === 'refuse') {
        const answer = '5.1.1 <recipient> unknown in this sink'.replace('recipient', address);
        record({ ...envelope, isTaken: false, answer: `550 ${answer}`, file: null });
        return callback(smtpError(550, answer));
      }
      if (misbehaviour === 'defer') {
        const answer = '4.2.0 Greylisted, please come back';
        record({ ...envelope, isTaken: false, answer: `450 ${answer}`, file: null });
        return callback(smtpError(450, answer));
      }
      return callback();
    },
    onData(stream, session, callback) {
      const recipient = session.envelope.rcptTo[0]?.address ?? '';
      const envelope = { recipient, sender: senderOf(session), client: clientOf(session) };
      const misbehaviour = misbehaviourFor(rulesFor.recipient, recipient, tries.last(recipient));
      const connection = [...server.connections].find((each) => each.id === session.id);
      const chunks: Buffer[] = [];
      if (misbehaviour === 'drop-at-data') {
        record({ ...envelope, isTaken: false, answer: 'dropped at DATA', file: null });
        return dropConnection(server, session.id);
      }
      if (misbehaviour === 'drop-in-data') {
        record({ ...envelope, isTaken: false, answer: 'dropped in the data', file: null });
        connection?.send(354, 'End data with <CR><LF>.<CR><LF>');
        return dropConnection(server, session.id);
      }
      stream.once('data', () => {
        if (misbehaviour === 'answer-early') connection?.send(554, '5.6.0 Refused before the end was seen');
      });
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const message = Buffer.concat(chunks);
        switch (misbehaviour) {
          case 'answer-early':
            record({ ...envelope, isTaken: false, answer: '554 answered early', file: null });
            return dropConnection(server, session.id);
          case 'stall':
            record({ ...envelope, isTaken: true, answer: 'no answer', file: keep(message) }, message.length);
            return;
          case 'drop-after-dot':
            record({ ...envelope, isTaken: true, answer: 'dropped after the dot', file: keep(message) }, message.length);
            return dropConnection(server, session.id);
          default: {
            const file = keep(message);
            record({ ...envelope, isTaken: true, answer: '250 OK', file }, message.length);
            return callback(null, file === null ? 'OK counted' : `OK kept as ${file}`);
          }
        }
      });
    },
  });
  // A client that hangs up is a client's right.
  server.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const { id } of server.connections) dropConnection(server, id);
        server.close(() => resolve());
      }),
  };
}

function rulesOf(rules: readonly SinkRule[], party: Party): SinkRule[] {
  return rules.filter((rule) => partyOf(rule) === party);
}

function countTries() {
  const tries = new Map<string, number>();
  const last = (address: string): number => tries.get(address) ?? 1;
  return {
    last,
    next(address: string): number {
      tries.set(address, (tries.get(address) ?? 0) + 1);
      return last(address);
    },
  };
}

function dropConnection(server: SMTPServer, id: string): void {
  const connection = [...server.connections].find((each) => each.id === id) as { _socket?: { destroy(): void } } | undefined;
  connection?._socket?.destroy();
}

function senderOf(session: { envelope: { mailFrom: false | { address: string } } }): string {
  return session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
}

function clientOf({ hostNameAppearsAs }: { readonly hostNameAppearsAs: string | false }): string {
  return hostNameAppearsAs === false ? '' : hostNameAppearsAs;
}

function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
