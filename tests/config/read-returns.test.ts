// Where returned mail comes in: what each value means, and what is said of a bad one. Passwords are never shown.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Environment, loadConfig } from '../../config/load.ts';
import { type ReturnsPlaces, readReturnsPlaces } from '../../config/read-returns.ts';
import { formatProblem } from '../../src/domain/problem.ts';
import { NEWSLETTER } from './sample-settings.ts';

const ROOT = '/srv/newsletter';

function read(values: Environment): ReturnsPlaces {
  const { places, problems } = readReturnsPlaces(values, ROOT);
  expect(problems).toEqual([]);
  return places;
}

const complaints = (values: Environment): string[] => readReturnsPlaces(values, ROOT).problems.map(formatProblem);

it('is nowhere where nothing is said', () => {
  const nowhere = {
    listen: null,
    mailboxes: [],
    maildirs: [],
    webhooks: { amazonTopics: [], mailgunKey: null, postmarkPassword: null },
  };
  expect(read({})).toEqual(nowhere);
  const empty = ['RETURNS_LISTEN', 'RETURNS_IMAP', 'RETURNS_MAILDIR', 'AMAZON_SNS_TOPICS', 'MAILGUN_SIGNING_KEY'];
  expect(read(Object.fromEntries(empty.map((name) => [name, ''])))).toEqual(nowhere);
});

describe('RETURNS_LISTEN', () => {
  it.each([
    ['2526', '127.0.0.1', 2526],
    ['127.0.0.1:2526', '127.0.0.1', 2526],
    ['0.0.0.0:25', '0.0.0.0', 25],
    ['[::1]:2526', '::1', 2526],
    ['[::]:25', '::', 25],
    ['0', '127.0.0.1', 0],
    ['65535', '127.0.0.1', 65_535],
  ])('%s is %s and %d', (written, host, port) => {
    expect(read({ RETURNS_LISTEN: written }).listen).toEqual({ host, port });
  });

  it.each([
    'x',
    '-1',
    '65536',
    '99999',
    '25 26',
    'localhost:25',
    'mx.x.example:25',
    ':25',
    '::1:25',
    '1.2.3:25',
    '[::1]',
    '0.0.0.0',
    '2526/tcp',
  ])('%s is told so', (written) => {
    expect(complaints({ RETURNS_LISTEN: written })).toEqual([
      `error: RETURNS_LISTEN (${written}) is neither a port nor an address with a port. Write RETURNS_LISTEN=2526 for this machine alone, or RETURNS_LISTEN=0.0.0.0:25 for the world.`,
    ]);
  });
});

describe('RETURNS_IMAP', () => {
  const TLS = { host: 'imap.x.example', port: 993, security: 'tls', user: 'u', password: 'p', folder: 'INBOX' };

  it.each([
    ['imaps://u:p@imap.x.example', TLS],
    ['imaps://u:p@imap.x.example/', TLS],
    ['imaps://u:p@IMAP.x.example/INBOX', TLS],
    ['imaps://u:p@imap.x.example:1993', { ...TLS, port: 1_993 }],
    ['imaps://u:p@imap.x.example/Returns', { ...TLS, folder: 'Returns' }],
    ['imaps://u:p@imap.x.example/Returns/New%20ones%25', { ...TLS, folder: 'Returns/New ones%' }],
    ['imaps://u:p@imap.x.example/Zur%C3%BCck', { ...TLS, folder: 'Zurück' }],
    [
      'imaps://returns%40x.example:p%40ss%2F50%25%20%3A@imap.x.example',
      { ...TLS, user: 'returns@x.example', password: 'p@ss/50% :' },
    ],
    ['imap://u:p@imap.x.example', { ...TLS, port: 143, security: 'starttls' }],
    ['imap://u:p@localhost', { ...TLS, host: 'localhost', port: 143, security: 'none' }],
    ['imap://u:p@127.0.0.2:1143', { ...TLS, host: '127.0.0.2', port: 1_143, security: 'none' }],
    ['imap://u:p@[::1]', { ...TLS, host: '::1', port: 143, security: 'none' }],
    ['imap://u:p@127.0.0.1.evil.example', { ...TLS, host: '127.0.0.1.evil.example', port: 143, security: 'starttls' }],
    ['imap://u:p@localhost.evil.example', { ...TLS, host: 'localhost.evil.example', port: 143, security: 'starttls' }],
    ['imaps://u:p@localhost', { ...TLS, host: 'localhost' }],
  ])('%s', (written, place) => {
    expect(read({ RETURNS_IMAP: written }).mailboxes).toEqual([place]);
  });

  it('may be several, with a space, a comma or a line end between', () => {
    const { mailboxes } = read({ RETURNS_IMAP: 'imaps://a:p@x.example imaps://b:p@x.example,\nimaps://c:p@x.example' });
    expect(mailboxes.map(({ user }) => user)).toEqual(['a', 'b', 'c']);
  });

  const NONE = 'is no address that begins with imaps:// or imap://.';
  const PLACE = 'names no server, or more than a folder.';
  const WHO = 'lacks a user or a password, or holds a % that encodes nothing.';

  it.each([
    ['imap.x.example', NONE],
    ['https://u:hunter2@x.example', NONE],
    ['pop3://u:hunter2@x.example', NONE],
    ['imaps://u:hunter2@x.example:port', NONE],
    ['imaps://u:hunter2#@x.example', NONE],
    ['imaps://u:hunter2@x.example?a=1', PLACE],
    ['imaps://u:hunter2@x.example/INBOX#a', PLACE],
    ['imaps://x.example', WHO],
    ['imaps://u@x.example', WHO],
    ['imaps://:hunter2@x.example', WHO],
    ['imaps://u:hunter2%@x.example', WHO],
    ['imaps://u:hunter2%ff@x.example', WHO],
    ['imaps://u:hunter2@x.example/%zz', WHO],
    ['imaps://u:12/hunter2@x.example', WHO],
    ['imaps://u:12#hunter2@x.example', PLACE],
    ['imaps://u:12?hunter2@x.example', PLACE],
  ])('%s is told so, without the password', (written, sentence) => {
    const all = complaints({ RETURNS_IMAP: written });
    expect(all).toEqual([
      expect.stringContaining(`error: The mailbox of RETURNS_IMAP ${sentence} Write imaps://USER:PASSWORD@HOST/FOLDER`),
    ]);
    expect(all.join()).not.toContain('hunter2');
  });

  it('tells which of several it is', () => {
    const all = complaints({ RETURNS_IMAP: 'imaps://a:p@x.example imaps://hunter2 imaps://c:p@x.example nonsense' });
    expect(all).toEqual([
      expect.stringContaining(`The 2. mailbox of RETURNS_IMAP ${WHO}`),
      expect.stringContaining(`The 4. mailbox of RETURNS_IMAP ${NONE}`),
    ]);
    expect(all.join()).not.toContain('hunter2');
  });

  it.each(['hunter2 more', 'hunter2,more', 'hunter2@more', 'hunter2/more', 'hunter2?more', 'hunter2#more', 'hunter2%more'])(
    'with the password %s as it is shows none of it',
    (password) => {
      expect(complaints({ RETURNS_IMAP: `imaps://user:${password}@x.example/INBOX` }).join()).not.toMatch(/hunter2|more[^ ]/);
    },
  );
});

describe('RETURNS_MAILDIR', () => {
  it.each([
    ['/var/mail/returns', ['/var/mail/returns']],
    ['mail/returns', [`${ROOT}/mail/returns`]],
    ['./returns/', [`${ROOT}/returns`]],
    ['../returns, /b', ['/srv/returns', '/b']],
  ])('%s is counted from the root', (written, folders) => {
    expect(read({ RETURNS_MAILDIR: written }).maildirs).toEqual(folders);
  });
});

describe('AMAZON_SNS_TOPICS', () => {
  it.each([
    'arn:aws:sns:eu-central-1:123456789012:ses-returns',
    'arn:aws-cn:sns:cn-north-1:123456789012:ses_returns',
    'arn:aws-us-gov:sns:us-gov-west-1:123456789012:A',
  ])('%s is a topic', (topic) => {
    expect(read({ AMAZON_SNS_TOPICS: topic }).webhooks.amazonTopics).toEqual([topic]);
  });

  it('may be several', () => {
    const topics = ['one', 'two'].map((name) => `arn:aws:sns:eu-central-1:123456789012:${name}`);
    expect(read({ AMAZON_SNS_TOPICS: topics.join(', ') }).webhooks.amazonTopics).toEqual(topics);
  });

  it.each([
    'ses-returns',
    '*',
    'arn:aws:sns:eu-central-1:123456789012:*',
    'arn:aws:sns:eu-central-1:123456789012:',
    'arn:aws:sqs:eu-central-1:123456789012:ses-returns',
    'arn:aws:sns:eu-central-1:12345:ses-returns',
    'arn:aws:sns:eu-central-1:123456789012:ses-returns:0b9e',
    'arn:aws:sns:EU:123456789012:ses-returns',
  ])('%s is told so', (topic) => {
    expect(complaints({ AMAZON_SNS_TOPICS: topic })).toEqual([
      `error: AMAZON_SNS_TOPICS names ${topic}, which is no SNS topic. Write the whole ARN, as in arn:aws:sns:eu-central-1:123456789012:ses-returns.`,
    ]);
  });
});

describe.each([
  ['MAILGUN_SIGNING_KEY', 'mailgunKey'],
  ['POSTMARK_WEBHOOK_PASSWORD', 'postmarkPassword'],
] as const)('%s', (name, place) => {
  it('of 16 characters will do', () => {
    expect(read({ [name]: 'x'.repeat(16) }).webhooks[place]).toBe('x'.repeat(16));
  });

  it('that is shorter could be guessed, and is not shown', () => {
    expect(complaints({ [name]: 'hunter2-hunter2' })).toEqual([
      `error: ${name} is shorter than 16 characters. Anybody who guesses it could end subscriptions.`,
    ]);
  });
});

describe('in the configuration', () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'postrider-returns-')));
    writeFileSync(join(root, 'newsletter.yaml'), `${NEWSLETTER}returnsDomain: bounces.kernel.example\n`);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function returnsOf(environment: Environment): ReturnsPlaces {
    const result = loadConfig(root, environment, []);
    if (result.kind === 'problems') throw new Error(result.problems.map(formatProblem).join('\n'));
    return result.config.returns;
  }

  it('a mailbox may stand in a file of its own, and so may secrets', () => {
    writeFileSync(join(root, 'mailbox'), 'imaps://a:p@x.example\nimaps://b:p@x.example\n');
    writeFileSync(join(root, 'key'), 'a-signing-key-of-mailgun\n');
    const { mailboxes, webhooks } = returnsOf({ RETURNS_IMAP_FILE: 'mailbox', MAILGUN_SIGNING_KEY_FILE: join(root, 'key') });
    expect(mailboxes.map(({ user, password }) => `${user}/${password}`)).toEqual(['a/p', 'b/p']);
    expect(webhooks.mailgunKey).toBe('a-signing-key-of-mailgun');
  });

  it('values may stand in .env, and folders are counted from there', () => {
    writeFileSync(join(root, '.env'), 'RETURNS_MAILDIR=mail\nRETURNS_LISTEN=2526\n');
    expect(returnsOf({ RETURNS_LISTEN: '2527' })).toMatchObject({ maildirs: [join(root, 'mail')], listen: { port: 2_527 } });
  });

  it('a listener is of no use where no mail comes back to it', () => {
    writeFileSync(join(root, 'newsletter.yaml'), NEWSLETTER);
    expect(() => returnsOf({ RETURNS_LISTEN: '2526' })).toThrow(
      'RETURNS_LISTEN is set, but newsletter.yaml has no returnsDomain',
    );
  });

  it('all that is wrong is told together, and no password with it', () => {
    writeFileSync(join(root, 'mailbox'), 'imaps://user:hunter2@x.example?x');
    const result = loadConfig(
      root,
      {
        RETURNS_LISTEN: 'x',
        RETURNS_IMAP_FILE: 'mailbox',
        AMAZON_SNS_TOPICS: 'x',
        MAILGUN_SIGNING_KEY: 'hunter2',
        RETURNS_MAILDIR_FILE: 'none',
      },
      [],
    );
    const all = result.kind === 'problems' ? result.problems.map(formatProblem) : [];
    const words = ['RETURNS_MAILDIR_FILE', 'RETURNS_LISTEN', 'RETURNS_IMAP', 'AMAZON_SNS_TOPICS', 'MAILGUN_SIGNING_KEY'];
    expect(all.map((complaint) => words.find((word) => complaint.includes(word)))).toEqual(words);
    expect(all.join()).not.toContain('hunter2');
  });
});
