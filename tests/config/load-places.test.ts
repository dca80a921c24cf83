// Secrets and places: which are needed for what, and what is said of bad ones, all of it at once.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Config, type Environment, loadConfig, type Need } from '../../config/load.ts';
import { formatProblem } from '../../src/domain/problem.ts';
import { NEWSLETTER } from './sample-settings.ts';

const SECRET = 'a-secret-of-many-letters';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'postrider-places-')));
  writeFileSync(join(root, 'newsletter.yaml'), NEWSLETTER);
});
afterEach(() => rmSync(root, { recursive: true }));

function load(environment: Environment, ...needs: Need[]): Config {
  const result = loadConfig(root, environment, needs);
  if (result.kind === 'problems') throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

function complaints(environment: Environment, ...needs: Need[]): string[] {
  const result = loadConfig(root, environment, needs);
  return result.kind === 'config' ? [] : result.problems.map(formatProblem);
}

describe('the secret', () => {
  it('may be several, newest first, parted by commas or white space', () => {
    expect(load({ POSTRIDER_SECRET: `${SECRET}-2, ${SECRET}-1\n${SECRET}-0` }, 'secret').secrets).toEqual([
      `${SECRET}-2`,
      `${SECRET}-1`,
      `${SECRET}-0`,
    ]);
  });

  it.each(['', ' ', ',', ' , \n'])('is missing where it is %j', (secret) => {
    const [complaint, ...others] = complaints({ POSTRIDER_SECRET: secret }, 'secret');
    expect(complaint).toContain(
      'POSTRIDER_SECRET is not set; it signs the unsubscribe links. Make one with `openssl rand -hex 32`',
    );
    expect(others).toEqual([]);
  });

  it('of 16 characters will do, and one of 15 could be guessed', () => {
    expect(load({ POSTRIDER_SECRET: 'x'.repeat(16) }, 'secret').secrets).toEqual(['x'.repeat(16)]);
    for (const secret of ['x'.repeat(15), `${SECRET},short`, `short,${SECRET}`]) {
      expect(complaints({ POSTRIDER_SECRET: secret }, 'secret')).toEqual([
        'error: POSTRIDER_SECRET is shorter than 16 characters and could be guessed. Make one with `openssl rand -hex 32`.',
      ]);
    }
  });

  it('is never shown', () => {
    expect(complaints({ POSTRIDER_SECRET: 'tooshort' }, 'secret').join('\n')).not.toContain('tooshort');
  });

  it('is not asked for by what needs none', () => {
    expect(complaints({}, 'newsletter')).toEqual([]);
    expect(complaints({ POSTRIDER_SECRET: 'short' }, 'newsletter')).toEqual([]);
  });
});

describe('BASE_URL', () => {
  it.each([
    ['https://press.example', 'https://press.example'],
    ['https://press.example/', 'https://press.example'],
    ['https://Press.Example/news//', 'https://press.example/news'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['https://münchen.example', 'https://xn--mnchen-3ya.example'],
  ])('%s is %s, without a slash at its end', (written, baseUrl) => {
    expect(load({ BASE_URL: written }, 'base-url').baseUrl).toBe(baseUrl);
  });

  it.each([
    'press.example',
    'ftp://press.example',
    'javascript:alert(1)',
    'https://',
    'https://x.example/?a=1',
    'https://x.example/#a',
  ])('%s is no web address', (written) => {
    expect(complaints({ BASE_URL: written })).toEqual([
      `error: BASE_URL (${written}) is not a web address. Write it as https://newsletter.example.org.`,
    ]);
  });

  it('that is missing is told so where mail is sent, and leads nowhere elsewhere', () => {
    expect(complaints({}, 'base-url')).toEqual([expect.stringContaining('BASE_URL is not set')]);
    expect(load({}).baseUrl).toBe('https://postrider.invalid');
  });
});

describe('DATABASE_URL', () => {
  it.each([
    ['sqlite:ledger.sqlite', 'ledger.sqlite'],
    ['sqlite:./data/ledger.sqlite', 'data/ledger.sqlite'],
    ['sqlite:../ledger.sqlite', '../ledger.sqlite'],
  ])('%s is counted from the root', (written, path) => {
    expect(load({ DATABASE_URL: written }).databaseUrl).toBe(`sqlite:${join(root, path)}`);
  });

  it.each([
    ['sqlite:/var/lib/ledger.sqlite', 'sqlite:/var/lib/ledger.sqlite'],
    ['sqlite:///var/lib/ledger.sqlite', 'sqlite:/var/lib/ledger.sqlite'],
    ['sqlite::memory:', 'sqlite::memory:'],
  ])('%s is %s', (written, databaseUrl) => {
    expect(load({ DATABASE_URL: written }).databaseUrl).toBe(databaseUrl);
  });

  it.each(['mysql://press:hunter2@db.example/press', 'ledger.sqlite', '/var/lib/ledger.sqlite'])(
    '%s is told so, without what may be a password',
    (written) => {
      const [complaint, ...others] = complaints({ DATABASE_URL: written });
      expect(complaint).toMatch(/^error: DATABASE_URL (?:begins with .* and )?must begin with .* Write DATABASE_URL=sqlite:FILE/);
      expect(complaint).not.toContain('hunter2');
      expect(others).toEqual([]);
    },
  );
});

describe('SMTP_URL', () => {
  it('that is missing or bad is told so where mail is sent', () => {
    expect(complaints({}, 'relay')).toEqual([expect.stringContaining('SMTP_URL is not set')]);
    expect(complaints({ SMTP_URL: 'http://mx.example' }, 'relay')).toEqual([
      expect.stringContaining('SMTP_URL begins with http://'),
    ]);
  });

  it('is no hindrance to what sends nothing', () => {
    expect(load({ SMTP_URL: 'http://mx.example' }).relay).toBeNull();
  });
});

describe('all problems', () => {
  it('are shown together', () => {
    writeFileSync(join(root, 'newsletter.yaml'), `${NEWSLETTER}nonsense: 1\n`);
    writeFileSync(join(root, '.env'), 'DATABASE_URL=mysql://x\nBASE_URL=nowhere\nSMTP_PASSWORD_FILE=none\n');
    const all = complaints({ SMTP_URL: 'ftp://x', POSTRIDER_SECRET: 'short' }, 'newsletter', 'relay', 'secret', 'base-url');
    const words = ['nonsense', 'SMTP_PASSWORD_FILE', 'SMTP_URL', 'POSTRIDER_SECRET', 'BASE_URL', 'DATABASE_URL'];
    expect(all.map((complaint) => words.find((word) => new RegExp(`\\b${word}\\b`).test(complaint)))).toEqual(words);
  });

  it('are those of the needs alone', () => {
    expect(complaints({}, 'newsletter', 'relay', 'secret', 'base-url')).toHaveLength(3);
    expect(complaints({}, 'secret')).toHaveLength(1);
    expect(complaints({})).toEqual([]);
  });
});
