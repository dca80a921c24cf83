// Where returned mail comes in: RETURNS_LISTEN, RETURNS_IMAP, RETURNS_MAILDIR, and the secrets of providers' webhooks. Pure.
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { MailboxPlace } from '../src/domain/mailbox-place.ts';
import type { Problem } from '../src/domain/problem.ts';
import { decode, isLoopbackHost } from './read-smtp-url.ts';

export interface ReturnsPlaces {
  /** Where `serve` takes returned mail by SMTP; null for nowhere. */
  readonly listen: { readonly host: string; readonly port: number } | null;
  readonly mailboxes: readonly MailboxPlace[];
  /** Absolute paths. */
  readonly maildirs: readonly string[];
  readonly webhooks: WebhookSecrets;
}

export interface WebhookSecrets {
  /** The SNS topics whose notices are believed; none where Amazon has nothing to say here. */
  readonly amazonTopics: readonly string[];
  readonly mailgunKey: string | null;
  readonly postmarkPassword: string | null;
}

export const RETURNS_NAMES = [
  'RETURNS_LISTEN',
  'RETURNS_IMAP',
  'RETURNS_MAILDIR',
  'AMAZON_SNS_TOPICS',
  'MAILGUN_SIGNING_KEY',
  'POSTMARK_WEBHOOK_PASSWORD',
] as const;

type Values = Readonly<Record<string, string | undefined>>;

const SECRET_MIN_CHARACTERS = 16;

export function readReturnsPlaces(values: Values, root: string): { places: ReturnsPlaces; problems: Problem[] } {
  const problems: Problem[] = [];
  const places = {
    listen: readListen(values['RETURNS_LISTEN'] ?? '', problems),
    mailboxes: wordsOf(values['RETURNS_IMAP']).flatMap((url, index) => readImapUrl(url, index, problems)),
    maildirs: wordsOf(values['RETURNS_MAILDIR']).map((folder) => resolve(root, folder)),
    webhooks: {
      amazonTopics: readTopics(values['AMAZON_SNS_TOPICS'], problems),
      mailgunKey: readSecret('MAILGUN_SIGNING_KEY', values, problems),
      postmarkPassword: readSecret('POSTMARK_WEBHOOK_PASSWORD', values, problems),
    },
  };
  return { places, problems };
}

function readListen(written: string, problems: Problem[]): ReturnsPlaces['listen'] {
  if (written === '') return null;
  const [, inBrackets, plain, port = ''] = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(written) ?? [];
  const host = inBrackets ?? plain ?? '127.0.0.1';
  if (port !== '' && Number(port) <= 65_535 && isIP(host) !== 0) return { host, port: Number(port) };
  problems.push(
    wrong(
      `RETURNS_LISTEN (${written}) is neither a port nor an address with a port.`,
      'Write RETURNS_LISTEN=2526 for this machine alone, or RETURNS_LISTEN=0.0.0.0:25 for the world.',
    ),
  );
  return null;
}

const IMAP_ADVICE =
  'Write imaps://USER:PASSWORD@HOST/FOLDER, several with a space between. In user, password and folder write @ as %40, / as %2F, a space as %20 and % as %25.';

/** A password is never shown. */
function readImapUrl(written: string, index: number, problems: Problem[]): MailboxPlace[] {
  const url = URL.parse(written);
  const what = `The ${index === 0 ? '' : `${index + 1}. `}mailbox of RETURNS_IMAP`;
  const fail = (why: string): MailboxPlace[] => {
    problems.push(wrong(`${what} ${why}.`, IMAP_ADVICE));
    return [];
  };
  if (!url || !/^imaps?:$/.test(url.protocol)) return fail('is no address that begins with imaps:// or imap://');
  const [user, password, folder] = [url.username, url.password, url.pathname.replace(/^\//, '')].map(decode);
  if (url.hostname === '' || url.search !== '' || url.hash !== '') return fail('names no server, or more than a folder');
  if (!user || !password || folder === undefined) return fail('lacks a user or a password, or holds a % that encodes nothing');
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const security = url.protocol === 'imaps:' ? 'tls' : isLoopbackHost(host) ? 'none' : 'starttls';
  const port = url.port === '' ? (security === 'tls' ? 993 : 143) : Number(url.port);
  return [{ host, port, security, user, password, folder: folder || 'INBOX' }];
}

function readTopics(written: string | undefined, problems: Problem[]): string[] {
  const topics = wordsOf(written);
  for (const topic of topics)
    if (!/^arn:aws(?:-[a-z-]+)?:sns:[a-z0-9-]+:\d{12}:[\w-]+$/.test(topic))
      problems.push(
        wrong(
          `AMAZON_SNS_TOPICS names ${topic}, which is no SNS topic.`,
          'Write the whole ARN, as in arn:aws:sns:eu-central-1:123456789012:ses-returns.',
        ),
      );
  return topics;
}

function readSecret(name: string, values: Values, problems: Problem[]): string | null {
  const secret = values[name] ?? '';
  if (secret === '') return null;
  if (secret.length < SECRET_MIN_CHARACTERS)
    problems.push(
      wrong(`${name} is shorter than ${SECRET_MIN_CHARACTERS} characters.`, 'Anybody who guesses it could end subscriptions.'),
    );
  return secret;
}

function wordsOf(text = ''): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

function wrong(message: string, advice: string): Problem {
  return { severity: 'error', rule: 'configuration', message, advice };
}
