// What a newsletter with a key sends is signed when it arrives through a real Postfix: issues, letters and rehearsals, as
// whoever asks the DNS record that `dkim keygen` printed finds out. And what `dkim keygen` says to whoever uses it wrongly.
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formStamp } from '../../src/link/letter-links.ts';
import { findCommand } from '../services/install.ts';
import { freePorts } from '../services/ports.ts';
import type { PostfixKind } from '../services/postfix-layout.ts';
import { type PostfixProcess, startPostfixProcess } from '../services/postfix-process.ts';
import { type Finished, finished, newsletterFolder, type Place, postrider, start } from './cli.ts';
import { headerOf } from './reader-site.ts';
import { SEND, until } from './several.ts';

const LIMIT = { timeout: 120_000 };
const SECRET = '0123456789abcdef0123456789abcdef';
const SENDER_DOMAIN = 'rust-osdev.example';
const READERS = [
  'ada@local.example,Ada Lovelace',
  'zoe@local.example,"Müller-Lüdenscheidt, Zoë"',
  'kanji@local.example,漢字の読者 🦀',
  'bare@local.example,',
  `long@local.example,${'Hubert Blaine Wolfeschlegelsteinhausenbergerdorff '.repeat(4)}`,
  'zoé@local.example,Zoé',
];

// It waits a minute before it tries again, while all else goes on.
let putOff: Promise<PutOff>;
beforeAll(() => {
  putOff = sendPutOff();
  putOff.catch(() => undefined);
});
afterAll(async () => {
  await putOff.catch(() => undefined);
}, 120_000);

describe.skipIf(findCommand('postfix') === undefined)('a newsletter with a key, through a real Postfix', () => {
  let postfix: PostfixProcess;
  let place: Place;
  let keygen: Finished;
  let sentTo: Map<string, Arrived>;

  beforeAll(async () => {
    postfix = await startPostfixProcess(1, ([port = 0]) => mailboxPostfix(port));
    place = placeFor(postfix.ports[0] ?? 0);
    keygen = await postrider(['dkim', 'keygen'], place);
    appendFileSync(join(place.cwd, '.env'), envLines(keygen));
    await importReaders(place);
    expect((await postrider(SEND, place)).code).toBe(0);
    await until(() => arrivedAt(postfix).length === READERS.length);
    sentTo = new Map(arrivedAt(postfix).map((mail) => [mail.recipient, mail]));
  }, 120_000);
  afterAll(async () => {
    await postfix?.stop();
  });

  it.each(READERS.map((line) => line.split(',')[0] ?? ''))(
    'brings %s an issue that verifies, for the domain in From',
    async (reader) => {
      const mail = sentTo.get(reader);
      expect(headerOf(mail?.raw ?? '', 'From')).toContain(`@${SENDER_DOMAIN}>`);
      expect(await verdictOn(mail, keygen)).toEqual({ result: 'pass', aligned: SENDER_DOMAIN });
    },
  );

  it('brings it with what the server has put on top, and one signature', () => {
    for (const { raw } of sentTo.values()) {
      const names: readonly string[] = raw.slice(0, raw.indexOf('\r\n\r\n')).match(/^[\w-]+(?=:)/gm) ?? [];
      const own = names.indexOf('DKIM-Signature');
      expect(names.slice(0, own)).toEqual(expect.arrayContaining(['Return-Path', 'Received']));
      expect(names.slice(own)).not.toContain('Received');
      expect(names.filter((name) => name === 'DKIM-Signature')).toHaveLength(1);
    }
  });

  it('does not verify once somebody has changed a word of it', async () => {
    const mail = sentTo.get('ada@local.example');
    const changed = { recipient: '', raw: (mail?.raw ?? '').replace(/^Subject: /m, 'Subject: Not ') };
    expect(await verdictOn(changed, keygen)).toMatchObject({ result: 'fail' });
  });

  it('signs the letter that asks whoever joins', LIMIT, async () => {
    await joinAs('stranger@local.example', place, () => mailFor(postfix, 'stranger@local.example') !== undefined);
    const letter = mailFor(postfix, 'stranger@local.example');
    expect(headerOf(letter?.raw ?? '', 'Subject')).toBe('Please confirm your subscription');
    expect(await verdictOn(letter, keygen)).toEqual({ result: 'pass', aligned: SENDER_DOMAIN });
  });

  it('signs a rehearsal', LIMIT, async () => {
    const test = ['test', '--issue', '2023-01', '--to', 'Ed <editor@local.example>'];
    expect((await postrider(test, place)).code).toBe(0);
    await until(() => mailFor(postfix, 'editor@local.example') !== undefined);
    const mail = mailFor(postfix, 'editor@local.example');
    expect(await verdictOn(mail, keygen)).toEqual({ result: 'pass', aligned: SENDER_DOMAIN });
  });

  it('signs with the key and the selector that are given, and nothing without a key', LIMIT, async () => {
    const other = await postrider(['dkim', 'keygen', '--selector', 'press2027'], place);
    const values = { DKIM_KEY_FILE: '.postrider/dkim-press2027.pem', DKIM_SELECTOR: 'press2027' };
    expect((await postrider(['test', '--issue', '2023-01', '--to', 'next@local.example'], { ...place, env: values })).code).toBe(
      0,
    );
    const without = placeFor(postfix.ports[0] ?? 0);
    expect((await postrider(['test', '--issue', '2023-01', '--to', 'plain@local.example'], without)).code).toBe(0);
    await until(() => ['next', 'plain'].every((name) => mailFor(postfix, `${name}@local.example`) !== undefined));
    expect(await verdictOn(mailFor(postfix, 'next@local.example'), other)).toMatchObject({ result: 'pass' });
    expect(await verdictOn(mailFor(postfix, 'plain@local.example'), other)).toMatchObject({ result: 'none' });
    expect(mailFor(postfix, 'plain@local.example')?.raw).not.toMatch(/^DKIM-Signature:/im);
  });
});

it('sends nothing with a key that cannot sign', async () => {
  const place = placeFor(1);
  const { privateKey } = generateKeyPairSync('ed25519');
  const values = { DKIM_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
  await importReaders(place);
  const sent = await postrider(SEND, { ...place, env: values });
  expect(sent).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^error: DKIM_KEY is a key of kind ed25519/) });
});

describe('dkim keygen', () => {
  let place: Place;
  beforeEach(() => {
    place = { cwd: newsletterFolder() };
  });
  const keygen = (...args: readonly string[]) => postrider(['dkim', 'keygen', ...args], place);
  const at = (...names: readonly string[]): string => join(place.cwd, ...names);
  const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

  it.skipIf(findCommand('git') === undefined)(
    'writes a key that its owner alone can read, and that git does not see',
    async () => {
      execFileSync('git', ['init', '--quiet'], { cwd: place.cwd });
      expect((await keygen()).code).toBe(0);
      expect(modeOf(at('.postrider/dkim-postrider.pem'))).toBe('600');
      const seen = execFileSync('git', ['status', '--porcelain', '--untracked-files=all'], { cwd: place.cwd, encoding: 'utf8' });
      expect(seen).toContain('newsletter.yaml');
      expect(seen).not.toMatch(/pem|\.postrider/);
    },
  );

  it('prints one line for DNS, to be piped, and tells a person the rest beside it', async () => {
    const { stdout, stderr } = await keygen();
    expect(stdout).toMatch(/^postrider\._domainkey\.rust-osdev\.example\. TXT ("[\x20-\x7e]{1,255}" ?)+\n$/);
    expect(stderr).toContain('DKIM_KEY_FILE=.postrider/dkim-postrider.pem\nDKIM_SELECTOR=postrider\n');
    expect(stdout + stderr).not.toContain('PRIVATE KEY');
  });

  it('prints the same record the second time, and changes nothing', async () => {
    const first = await keygen();
    const file = at('.postrider/dkim-postrider.pem');
    const before = { content: readFileSync(file, 'utf8'), time: statSync(file).mtimeMs, names: readdirSync(at('.postrider')) };
    const second = await keygen();
    expect(second).toMatchObject({ code: 0, stdout: first.stdout, stderr: expect.stringContaining('stays as it is') });
    expect(envLines(second)).toBe(envLines(first));
    expect({ content: readFileSync(file, 'utf8'), time: statSync(file).mtimeMs, names: readdirSync(at('.postrider')) }).toEqual(
      before,
    );
  });

  it('makes another key for another selector, and leaves the first', async () => {
    const [first, other, again] = [await keygen(), await keygen('--selector', 'press2027'), await keygen()];
    expect(other.stdout).toMatch(/^press2027\._domainkey\./);
    expect(recordOf(other).strings).not.toEqual(recordOf(first).strings);
    expect(again.stdout).toBe(first.stdout);
  });

  it('says the same as JSON, with the strings joined, as a form on the web wants them', async () => {
    const { name, strings } = recordOf(await keygen());
    const { stdout } = await keygen('--json');
    expect(JSON.parse(stdout)).toMatchObject({ name, value: strings.join('') });
  });

  it('takes a key that is there already, of PKCS 1 too', async () => {
    const pem = generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey.export({ type: 'pkcs1', format: 'pem' });
    writeFileSync(at('old.pem'), pem);
    const { code, stderr } = await keygen('--out', 'old.pem');
    expect([code, stderr.includes('old.pem was there, and stays as it is.')]).toEqual([0, true]);
    expect(readFileSync(at('old.pem'), 'utf8')).toBe(pem);
  });

  it('names a file elsewhere as .env finds it, from any folder', async () => {
    mkdirSync(at('keys'));
    const below = await postrider(['dkim', 'keygen', '--out', '../keys/a.pem'], { cwd: at('issues') });
    expect(envLines(below)).toContain('DKIM_KEY_FILE=keys/a.pem\n');
    const outside = join(mkdtempSync(join(tmpdir(), 'postrider-key-')), 'b.pem');
    expect(envLines(await keygen('--out', outside))).toContain(`DKIM_KEY_FILE=${outside}\n`);
    expect([modeOf(at('keys/a.pem')), modeOf(outside)]).toEqual(['600', '600']);
  });

  const bad: readonly [string, number, RegExp, () => readonly string[]][] = [
    ['a selector that is none', 2, /"a_b" is no part of a domain name/, () => ['--selector', 'a_b']],
    ['an empty selector', 2, /is no part of a domain name/, () => ['--selector', '']],
    ['a selector that leads elsewhere', 2, /is no part of a domain name/, () => ['--selector', '../../x']],
    ['a word too many', 2, /too many arguments/, () => ['now']],
    ['an option that there is not', 2, /unknown option/, () => ['--bits', '512']],
    ['--out into a folder that is not there', 1, /^none\/key\.pem cannot be written/, () => ['--out', 'none/key.pem']],
    ['--out where nobody can write', 1, /\/key\.pem cannot be written/, () => ['--out', '/proc/self/key.pem']],
    ['--out onto a file that is no key', 2, /^newsletter\.yaml is there, and holds no/, () => ['--out', 'newsletter.yaml']],
    ['--out onto a key that is too weak', 2, /^weak\.pem is there, and holds no/, () => ['--out', weakKey(at('weak.pem'))]],
    ['no newsletter.yaml', 2, /There is no newsletter\.yaml/, () => without(at('newsletter.yaml'))],
    ['a newsletter.yaml that is broken', 2, /not valid YAML/, () => broken(at('newsletter.yaml'))],
  ];
  it.each(bad)('with %s ends with %i and a sentence, and writes nothing', async (_, code, words, prepare) => {
    const args = prepare();
    const before = treeOf(place.cwd);
    const result = await keygen(...args);
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(words) });
    expectSentence(result);
    expect(treeOf(place.cwd)).toEqual(before);
  });

  // `readFileSync` in `keyIn` throws what nobody catches.
  it.each<[string, () => readonly string[]]>([
    ['onto a folder', () => ['--out', 'issues']],
    ['onto the folder it is in', () => ['--out', '.']],
    ['onto a link that leads nowhere', () => linked(at('link.pem'))],
  ])('with --out %s ends with a sentence', async (_, prepare) => {
    expectSentence(await keygen(...prepare()));
  });

  // `ownFolder` is outside of what is caught.
  it('with a file where its folder belongs ends with a sentence', async () => {
    writeFileSync(at('.postrider'), '');
    expectSentence(await keygen());
  });

  // Everything that loads the configuration is refused where a file that .env names cannot be read.
  it('makes the key that .env names already', async () => {
    appendFileSync(at('.env'), 'DKIM_KEY_FILE=.postrider/dkim-postrider.pem\nDKIM_SELECTOR=postrider\n');
    expect(await keygen()).toMatchObject({ code: 0 });
  });
});

it('brings the same bytes, signature and all, when the relay has put it off with a 451', LIMIT, async () => {
  const { code, heard, keygen } = await putOff;
  const [first = '', second] = heard;
  expect([code, heard.length]).toEqual([0, 2]);
  expect(second).toBe(first);
  expect(await verdictOn({ recipient: '', raw: first }, keygen)).toMatchObject({ result: 'pass' });
});

/** One message as it lies in a mailbox, one character for each byte, with the line ends that it had on the way. */
interface Arrived {
  readonly recipient: string;
  readonly raw: string;
}

/** Takes every address at local.example and keeps its mail in a maildir, as the server of a reader does. */
function mailboxPostfix(port: number): PostfixKind {
  return {
    services: [`127.0.0.1:${port} inet n - n - - smtpd`, 'virtual unix - n n - - virtual'],
    settings: {
      default_transport: 'error:5.4.4 This server delivers to local.example only',
      relay_transport: 'error:5.4.4 This server delivers to local.example only',
      virtual_transport: 'virtual',
      virtual_mailbox_domains: 'local.example',
      virtual_mailbox_base: '$queue_directory/../mail/new',
      virtual_mailbox_maps: 'static:all/',
      virtual_uid_maps: 'static:65534',
      virtual_gid_maps: 'static:65534',
    },
  };
}

function arrivedAt({ folder }: PostfixProcess): Arrived[] {
  const mailbox = join(folder, 'mail/new/all/new');
  const names = existsSync(mailbox) ? readdirSync(mailbox) : [];
  return names.map((name) => {
    const raw = readFileSync(join(mailbox, name), 'latin1').replaceAll('\n', '\r\n');
    return { recipient: Buffer.from(headerOf(raw, 'Delivered-To'), 'latin1').toString(), raw };
  });
}

function mailFor(postfix: PostfixProcess, address: string): Arrived | undefined {
  return arrivedAt(postfix).find(({ recipient }) => recipient === address);
}

function placeFor(port: number): Place {
  const cwd = newsletterFolder(`smtp://127.0.0.1:${port}`);
  writeFileSync(join(cwd, 'issues/2023-01.md'), '# Januar: Grüße 漢字\n\nA short issue.\n\n.\n\n..dots\n\nFrom here.\n');
  return { cwd };
}

async function importReaders(place: Place, readers = READERS): Promise<void> {
  writeFileSync(join(place.cwd, 'readers.csv'), `email,name\n${readers.join('\n')}\n`);
  expect((await postrider(['subscribers', 'import', 'readers.csv'], place)).code).toBe(0);
}

/** The lines for .env, as `keygen` prints them. */
function envLines({ stderr }: Finished): string {
  return (stderr.match(/^DKIM_\w+=.*\n/gm) ?? []).join('');
}

/** The record as somebody copies it from what `keygen` printed. */
function recordOf({ stdout }: Finished): { name: string; strings: string[] } {
  const [, name = '', texts = ''] = /^(\S+)\. TXT (.*)\n$/.exec(stdout) ?? [];
  return { name, strings: [...texts.matchAll(/"([^"]*)"/g)].map(([, text = '']) => text) };
}

/** As a receiver finds it that keeps to the letter of RFC 6376; `aligned` is what DMARC asks (RFC 7489 3.1.1). */
async function verdictOn(mail: Arrived | undefined, keygen: Finished): Promise<{ result?: string; aligned?: unknown }> {
  const { name, strings } = recordOf(keygen);
  const resolver = (asked: string, type: string): Promise<string[][]> => {
    if (asked === name && type === 'TXT') return Promise.resolve([strings]);
    return Promise.reject(Object.assign(new Error(`No ${type} of ${asked}`), { code: 'ENOTFOUND' }));
  };
  const { results } = await dkimVerify(Buffer.from(mail?.raw ?? '', 'latin1'), { resolver, strict: true });
  expect(results).toHaveLength(1);
  const { result, aligned } = results[0]?.status ?? {};
  return { ...(result && { result }), ...(aligned !== undefined && { aligned }) };
}

/** By the form, filled in ten seconds ago; `serve` runs until the letter is out. */
async function joinAs(address: string, { cwd }: Place, isOut: () => boolean): Promise<void> {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const child = start(['serve'], { cwd, env: { PORT: String(port), BASE_URL: url } });
  const end = finished(child);
  try {
    await until(async () => (await fetch(`${url}/healthz`).catch(() => undefined))?.ok === true, end);
    const stamp = formStamp(Date.now() - 10_000, [SECRET]);
    await fetch(`${url}/join`, { method: 'POST', body: new URLSearchParams({ address, list: 'monthly', stamp }) });
    await until(isOut, end);
  } finally {
    child.kill('SIGTERM');
    await end;
  }
}

interface PutOff {
  readonly code: number | null;
  readonly heard: readonly string[];
  readonly keygen: Finished;
}

/** Sends one message to a relay that answers 451 the first time. */
async function sendPutOff(): Promise<PutOff> {
  const heard: string[] = [];
  const server = puttingOffOnce(heard);
  const [port = 0] = await freePorts(1);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  try {
    const place = placeFor(port);
    const keygen = await postrider(['dkim', 'keygen'], place);
    appendFileSync(join(place.cwd, '.env'), envLines(keygen));
    await importReaders(place, READERS.slice(1, 2));
    const { code } = await postrider(SEND, place);
    return { code, heard, keygen };
  } finally {
    server.close();
  }
}

function puttingOffOnce(heard: string[]): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        heard.push(Buffer.concat(chunks).toString('latin1'));
        callback(heard.length === 1 ? Object.assign(new Error('4.7.1 Come back later'), { responseCode: 451 }) : null);
      });
    },
  });
}

function expectSentence({ code, stderr }: Finished): void {
  expect([1, 2]).toContain(code);
  expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
  expect(stderr).not.toMatch(/^ +at |its own fault/m);
}

/** Every file with what is in it; what `ownFolder` makes is no secret. */
function treeOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== '.gitignore')
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => `${file}: ${readFileSync(file, 'latin1')}`)
    .sort();
}

function weakKey(file: string): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 512 });
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return file;
}

function without(file: string): string[] {
  rmSync(file);
  return [];
}

function broken(file: string): string[] {
  writeFileSync(file, 'name: [');
  return [];
}

function linked(file: string): string[] {
  symlinkSync('nowhere/key.pem', file);
  return ['--out', file];
}
