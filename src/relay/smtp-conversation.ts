// One SMTP connection: opened, logged in, used for messages one after the other, closed. It turns what
// nodemailer says into a Submission and decides whether the connection may be used again.
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { needsSmtpUtf8 } from '../domain/address.ts';
import type { Message } from '../domain/message.ts';
import { parseReply, type Stage } from '../domain/reply.ts';
import { MessageStream } from './message-stream.ts';
import type { Mark, RelaySettings, Submission } from './relay.ts';

/** What nodemailer's errors carry, as far as it matters here. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly command?: string;
  readonly response?: string;
}

// A relay that ignores QUIT must not keep a finished `send` waiting.
const QUIT_TIMEOUT_MS = 2_000;

export class SmtpConversation {
  readonly #smtp: SMTPConnection;
  readonly #settings: RelaySettings;
  #isOpen = false;
  #carriesUtf8 = false;
  #submitted = 0;

  constructor(settings: RelaySettings) {
    this.#settings = settings;
    this.#smtp = new SMTPConnection(optionsOf(settings));
    this.#smtp.on('error', () => this.#dead());
    this.#smtp.on('end', () => this.#dead());
  }

  /** True while another message may follow. */
  get isUsable(): boolean {
    return this.#isOpen && this.#submitted < this.#settings.messagesPerConnection;
  }

  /** Undefined when the relay is ready; else what stopped us. */
  async open(): Promise<Submission | undefined> {
    const connected = await this.#connect();
    if (connected) return this.#failOpening(connected);
    this.#carriesUtf8 = /\bSMTPUTF8\b/i.test(String(this.#smtp.lastServerResponse));
    const refused = await this.#login();
    if (refused) return this.#failOpening(refused);
    this.#isOpen = true;
    return undefined;
  }

  submit(message: Message, mark: Mark): Promise<Submission> {
    const { recipient, returnPath } = message.envelope;
    if (needsSmtpUtf8(recipient) && !this.#carriesUtf8) {
      return Promise.resolve({ kind: 'unsupported', why: 'the relay does not take addresses beyond ASCII (SMTPUTF8)' });
    }
    this.#submitted++;
    return new Promise((resolve) => {
      const refused = (refusal: 'fenced' | Error): void => {
        this.close();
        resolve(refusal === 'fenced' ? { kind: 'fenced' } : { kind: 'unmarked', why: refusal.message });
      };
      const stream = new MessageStream(message.bytes, mark, refused);
      // No SIZE: nodemailer would answer in the relay's place, and the relay's own words are what we keep.
      const envelope = { from: returnPath, to: [recipient] };
      this.#smtp.send(envelope, stream, (error, info) => {
        const submission = submissionOf(error as SmtpError | null, info?.response, stream.isEnded);
        void this.#afterwards(error as SmtpError | null, stream).then(() => resolve(submission));
      });
    });
  }

  /** Says QUIT and does not wait long for the answer. */
  quit(): void {
    if (this.#isOpen) {
      this.#smtp.quit();
      const timer = setTimeout(() => this.#smtp.close(), QUIT_TIMEOUT_MS);
      this.#smtp.once('end', () => clearTimeout(timer));
    }
    this.#dead();
  }

  close(): void {
    this.#dead();
    this.#smtp.close();
  }

  /**
   * A reply that comes before our stream has ended leaves it attached: on reuse the old message would be
   * finished inside the next conversation, and all replies after it shift by one recipient. So such a
   * connection is closed, always; and so is one whose data was refused, for that reply may have crossed our
   * dot. After an error in the envelope the transaction is reset, or the next MAIL is nested.
   */
  async #afterwards(error: SmtpError | null, stream: MessageStream): Promise<void> {
    if (!error && stream.isEnded) return;
    stream.destroy();
    if (error?.code === 'EENVELOPE' && error.response !== undefined) await this.#reset();
    else this.close();
  }

  #reset(): Promise<void> {
    return new Promise((resolve) => {
      // A connection that dies before the answer says so by an event alone.
      this.#smtp.once('end', resolve);
      this.#smtp.reset((error) => {
        this.#smtp.removeListener('end', resolve);
        if (error) this.close();
        resolve();
      });
    });
  }

  #connect(): Promise<SmtpError | undefined> {
    return new Promise((resolve) => {
      this.#smtp.once('error', (error: SmtpError) => resolve(error));
      this.#smtp.connect((error) => resolve(error ? (error as SmtpError) : undefined));
    });
  }

  #login(): Promise<SmtpError | undefined> {
    const { login } = this.#settings;
    if (login === null) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#smtp.once('error', (error: SmtpError) => resolve(error));
      this.#smtp.login({ credentials: { user: login.user, pass: login.password } }, (error) =>
        resolve(error ? (error as SmtpError) : undefined),
      );
    });
  }

  #failOpening(error: SmtpError): Submission {
    this.close();
    if (error.response === undefined) return { kind: 'unreachable', why: error.message };
    return { kind: 'replied', reply: parseReply(error.response, openingStage(error)) };
  }

  #dead(): void {
    this.#isOpen = false;
  }
}

function submissionOf(error: SmtpError | null, response: string | undefined, isEnded: boolean): Submission {
  if (!error) {
    // A 2xx that comes before the end of the data is no acceptance: nothing has been handed over.
    return isEnded
      ? { kind: 'replied', reply: parseReply(response ?? '', 'data-end') }
      : { kind: 'unended', why: 'the relay answered before the end of the data' };
  }
  const stage = stageOf(error);
  // What comes after the dot and is neither yes nor no decides nothing: the relay may have the message.
  if (isEnded && stage === 'data-end' && !/^[45]\d\d/.test(error.response ?? ''))
    return { kind: 'unknown', why: `this is no reply: ${error.response ?? ''}` };
  // Under PIPELINING nodemailer reports a 421 as the end of the connection.
  if (!isEnded && stage === undefined && /^421\b/.test(error.response ?? ''))
    return { kind: 'replied', reply: parseReply(error.response ?? '', 'mail') };
  if (error.response !== undefined && stage !== undefined) return { kind: 'replied', reply: parseReply(error.response, stage) };
  if (isEnded) return { kind: 'unknown', why: error.message };
  return { kind: 'unended', why: error.message };
}

/** The stage that the relay's reply belongs to; undefined where the error is not a reply to a command. */
function stageOf(error: SmtpError): Stage | undefined {
  if (error.code === 'EMESSAGE') return 'data-end';
  if (error.code !== 'EENVELOPE') return undefined;
  if (error.command === 'MAIL FROM') return 'mail';
  return error.command === 'RCPT TO' ? 'rcpt' : 'data';
}

function openingStage(error: SmtpError): Stage {
  const command = error.command ?? '';
  if (command.startsWith('AUTH')) return 'auth';
  if (command === 'STARTTLS') return 'starttls';
  return command === 'EHLO' || command === 'HELO' ? 'ehlo' : 'greeting';
}

function optionsOf(settings: RelaySettings) {
  const { host, port, security, ehloName, connectTimeoutMs, replyTimeoutMs, authority } = settings;
  return {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { minVersion: 'TLSv1.2' as const, ...(authority !== null && { ca: [authority] }) },
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    socketTimeout: replyTimeoutMs,
    ...(ehloName !== null && { name: ehloName }),
  };
}
