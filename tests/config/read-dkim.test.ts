// The key that messages are signed with: what is taken, and what is said of what is not. No key is ever shown.
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Environment, loadConfig, type Need } from '../../config/load.ts';
import { readDkimKey } from '../../config/read-dkim.ts';
import type { DkimKey } from '../../src/domain/dkim.ts';
import { formatProblem } from '../../src/domain/problem.ts';
import { NEWSLETTER } from './sample-settings.ts';

const SENDER = 'news@kernel.example';
const MAKE_ONE = 'Make one with `postrider dkim keygen`, and write the two lines that it prints into .env.';
const NO_KEY = `error: DKIM_KEY is no private key in PEM, or one under a password. ${MAKE_ONE}`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----\n${'A'.repeat(64)}\n-----END CERTIFICATE-----\n`;

const RSA = rsaOf(2_048);
const PEM = pemOf(RSA);

function rsaOf(modulusLength: number): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength }).privateKey;
}

function pemOf(key: KeyObject, type: 'pkcs1' | 'pkcs8' = 'pkcs8'): string {
  return key.export({ type, format: 'pem' }).toString();
}

function underPassword(type: 'pkcs1' | 'pkcs8'): string {
  return RSA.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter2' }).toString();
}

function keyOf(values: Environment): DkimKey | null {
  const { key, problems } = readDkimKey(values, SENDER);
  expect(problems).toEqual([]);
  return key;
}

function complaints(values: Environment): string[] {
  const { key, problems } = readDkimKey(values, SENDER);
  expect(key).toBeNull();
  return problems.map(formatProblem);
}

/** Of a PEM, what nobody may see. */
function secretOf(pem: string): string {
  return pem.split('\n').find((line) => /^[A-Za-z0-9+/]{40,}/.test(line)) ?? pem;
}

it('is none where nothing is said', () => {
  expect(keyOf({})).toBeNull();
});

describe('DKIM_KEY', () => {
  it.each([
    ['PKCS 8', PEM],
    ['PKCS 1', pemOf(RSA, 'pkcs1')],
    ['PEM without a line end at its end', PEM.trim()],
    ['PEM with CRLF line ends', PEM.replaceAll('\n', '\r\n')],
    ['PEM with words before it', `A key for the press.\n\n${PEM}`],
  ])('may be %s', (_, pem) => {
    const key = keyOf({ DKIM_KEY: pem });
    expect(key?.privateKey.equals(RSA)).toBe(true);
    expect(key).toMatchObject({ domain: 'kernel.example', selector: 'postrider' });
  });

  it.each([1_024, 1_536, 4_096])('may have %d bits', (bits) => {
    expect(keyOf({ DKIM_KEY: pemOf(rsaOf(bits)) })).not.toBeNull();
  });

  it.each([512, 768, 1_023])('of %d bits is too weak', (bits) => {
    expect(complaints({ DKIM_KEY: pemOf(rsaOf(bits)) })).toEqual([
      `error: DKIM_KEY has ${bits} bits; receivers take none below 1024 (RFC 8301). ${MAKE_ONE}`,
    ]);
  });

  it.each([
    ['ed25519', generateKeyPairSync('ed25519').privateKey],
    ['ec', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
    ['rsa-pss', generateKeyPairSync('rsa-pss', { modulusLength: 2_048 }).privateKey],
    ['x25519', generateKeyPairSync('x25519').privateKey],
  ])('of kind %s is told so', (kind, key) => {
    expect(complaints({ DKIM_KEY: pemOf(key) })).toEqual([
      `error: DKIM_KEY is a key of kind ${kind}, which many receivers cannot check; it must be RSA. ${MAKE_ONE}`,
    ]);
  });

  it.each([
    ['nothing', ''],
    ['spaces', ' \n '],
    ['junk', 'hunter2'],
    ['the name of a file', '.postrider/dkim-postrider.pem'],
    ['a key under a password', underPassword('pkcs8')],
    ['a key under a password, in PKCS 1', underPassword('pkcs1')],
    ['the public key alone', createPublicKey(RSA).export({ type: 'spki', format: 'pem' }).toString()],
    ['a certificate', CERTIFICATE],
    ['a key without its end', PEM.slice(0, 600)],
    ['a key with a line missing', PEM.split('\n').toSpliced(5, 1).join('\n')],
    ['a key on one line', PEM.replaceAll('\n', '')],
    ['a key whose line ends were not read as such', PEM.replaceAll('\n', '\\n')],
    ['base64 without its frame', PEM.replace(/-----.*-----\n/g, '')],
  ])('that is %s is told so, and not shown', (_, pem) => {
    const all = complaints({ DKIM_KEY: pem });
    expect(all).toEqual([NO_KEY]);
    if (pem.trim() !== '') expect(all.join()).not.toContain(secretOf(pem));
  });
});

describe('DKIM_SELECTOR', () => {
  it.each(['a', 'postrider2026', 'Press-2', '2026.press'])('may be %s', (selector) => {
    expect(keyOf({ DKIM_KEY: PEM, DKIM_SELECTOR: selector })?.selector).toBe(selector);
  });

  it.each(['a_b', '-a', 'a.', 'press 2026', 'press._domainkey', 'prüß', '../a', 'x'.repeat(64)])('%s is told so', (selector) => {
    expect(complaints({ DKIM_KEY: PEM, DKIM_SELECTOR: selector })).toEqual([
      `error: The selector ${JSON.stringify(selector)} is no part of a domain name. Use letters, digits and hyphens, as in postrider2026.`,
    ]);
  });

  it('without a key is no signature that somebody believes in', () => {
    expect(complaints({ DKIM_SELECTOR: 'press' })).toEqual([
      `error: DKIM_SELECTOR is set, but there is no DKIM_KEY to sign with. ${MAKE_ONE}`,
    ]);
  });
});

describe('in the configuration', () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'postrider-dkim-')));
    writeFileSync(join(root, 'newsletter.yaml'), NEWSLETTER);
    writeFileSync(join(root, 'key.pem'), PEM);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function load(values: Environment, needs: readonly Need[] = ['relay']) {
    return loadConfig(root, { SMTP_URL: 'smtp://localhost', ...values }, needs);
  }

  function dkimOf(values: Environment, needs?: readonly Need[]): DkimKey | null {
    const result = load(values, needs);
    if (result.kind === 'problems') throw new Error(result.problems.map(formatProblem).join('\n'));
    return result.config.dkim;
  }

  function problemsOf(values: Environment, needs?: readonly Need[]): string[] {
    const result = load(values, needs);
    return result.kind === 'problems' ? result.problems.map(formatProblem) : [];
  }

  const isOurs = (key: DkimKey | null): boolean => key?.privateKey.equals(RSA) === true;

  it('nothing is signed where nothing is set, or where it is empty', () => {
    expect(dkimOf({})).toBeNull();
    expect(dkimOf({ DKIM_KEY: '', DKIM_SELECTOR: '', DKIM_KEY_FILE: '' })).toBeNull();
  });

  it('the key may stand in the environment, or in a file that is counted from the root or not', () => {
    expect(isOurs(dkimOf({ DKIM_KEY: PEM }))).toBe(true);
    expect(isOurs(dkimOf({ DKIM_KEY_FILE: 'key.pem' }))).toBe(true);
    expect(isOurs(dkimOf({ DKIM_KEY_FILE: join(root, 'key.pem') }))).toBe(true);
  });

  it('the key may stand in .env, of several lines or in a file, and the environment is over it', () => {
    writeFileSync(join(root, '.env'), `DKIM_KEY="${PEM}"\nDKIM_SELECTOR=press\n`);
    expect(isOurs(dkimOf({}))).toBe(true);
    expect(dkimOf({})).toMatchObject({ selector: 'press' });
    writeFileSync(join(root, '.env'), 'DKIM_KEY_FILE=key.pem\nDKIM_SELECTOR=press\n');
    expect(isOurs(dkimOf({}))).toBe(true);
    const other = pemOf(rsaOf(1_024));
    const over = dkimOf({ DKIM_KEY: other, DKIM_SELECTOR: 'other' });
    expect([isOurs(over), over?.selector]).toEqual([false, 'other']);
  });

  it('signs for the domain of the sender, in the form that DNS knows', () => {
    expect(dkimOf({ DKIM_KEY: PEM })?.domain).toBe('kernel.example');
    writeFileSync(join(root, 'newsletter.yaml'), NEWSLETTER.replace('news@kernel.example', 'news@News.Müller.example'));
    expect(dkimOf({ DKIM_KEY: PEM })?.domain).toBe('news.xn--mller-kva.example');
  });

  it.each([
    ['junk', 'hunter2', NO_KEY],
    ['nothing', '\n', NO_KEY],
    ['512 bits', pemOf(rsaOf(512)), 'error: DKIM_KEY has 512 bits'],
  ])('a file with %s is told so', (_, content, sentence) => {
    writeFileSync(join(root, 'key.pem'), content);
    expect(problemsOf({ DKIM_KEY_FILE: 'key.pem' })).toEqual([expect.stringContaining(sentence)]);
  });

  it('a file that is not there, or is a folder, is told so', () => {
    mkdirSync(join(root, 'folder'));
    for (const path of ['none.pem', 'folder'])
      expect(problemsOf({ DKIM_KEY_FILE: path })).toEqual([
        `error: DKIM_KEY_FILE names ${path}, which cannot be read. Mend the path, or the rights of the file.`,
      ]);
  });

  it('a command that sends nothing is not bothered with a bad key, and has none', () => {
    for (const values of [{ DKIM_KEY: 'hunter2' }, { DKIM_SELECTOR: 'press' }, { DKIM_KEY: PEM, DKIM_SELECTOR: 'a_b' }]) {
      expect(problemsOf(values)).toHaveLength(1);
      expect(dkimOf(values, [])).toBeNull();
    }
  });

  // `keygen` itself is refused by it, where the key is to be made that .env names already.
  it('a command that sends nothing is not bothered with a key that is not there yet', () => {
    expect(problemsOf({ DKIM_KEY_FILE: 'none.pem' }, [])).toEqual([]);
  });

  // A second sentence says that there is no DKIM_KEY, to somebody who has just read that its file cannot be read.
  it('a file that cannot be read is told once, with a selector beside it', () => {
    expect(problemsOf({ DKIM_KEY_FILE: 'none.pem', DKIM_SELECTOR: 'press' })).toHaveLength(1);
  });

  it('a broken newsletter.yaml is told together with a bad key', () => {
    writeFileSync(join(root, 'newsletter.yaml'), 'name: [');
    expect(problemsOf({ DKIM_KEY: 'hunter2' })).toEqual([expect.stringContaining('not valid YAML'), NO_KEY]);
    expect(problemsOf({ DKIM_KEY: PEM })).toEqual([expect.stringContaining('not valid YAML')]);
  });
});
