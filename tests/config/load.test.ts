// Where the configuration comes from: newsletter.yaml upwards, .env beside it, the environment over both.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Config, type Environment, loadConfig, type Need } from '../../config/load.ts';
import { NEWSLETTER } from './sample-settings.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'postrider-config-')));
  write('newsletter.yaml', NEWSLETTER);
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function load(environment: Environment = {}, folder = ''): Config {
  const result = loadConfig(join(root, folder), environment, []);
  if (result.kind === 'problems') throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.config;
}

function messagesOf(environment: Environment, needs: readonly Need[] = [], folder = ''): string[] {
  const result = loadConfig(join(root, folder), environment, needs);
  if (result.kind === 'config') throw new Error('There were no problems.');
  return result.problems.map(({ message }) => message);
}

describe('newsletter.yaml', () => {
  it('is found in this folder, with nothing else set', () => {
    expect(load()).toEqual({
      root,
      newsletter: expect.objectContaining({ name: 'Kernel News' }),
      redisUrl: null,
      web: { host: '127.0.0.1', port: 8080, trustProxy: null },
      databaseUrl: `sqlite:${root}/.postrider/ledger.sqlite`,
      returns: {
        ...{ listen: null, mailboxes: [], maildirs: [] },
        webhooks: { amazonTopics: [], mailgunKey: null, postmarkPassword: null },
      },
      relay: null,
      baseUrl: 'https://postrider.invalid',
      isCi: false,
      github: { apiUrl: 'https://api.github.com', token: null },
      secrets: [],
      dkim: null,
    });
  });

  it('is found from a folder below, and the nearest one counts', () => {
    mkdirSync(join(root, 'issues/2023'), { recursive: true });
    expect(load({}, 'issues/2023').root).toBe(root);
    write('issues/newsletter.yaml', NEWSLETTER.replace('Kernel News', 'Inner News'));
    expect(load({}, 'issues/2023')).toMatchObject({ root: join(root, 'issues'), newsletter: { name: 'Inner News' } });
  });

  it('may lie in config/, whose parent is the root', () => {
    rmSync(join(root, 'newsletter.yaml'));
    write('config/newsletter.yaml', NEWSLETTER);
    mkdirSync(join(root, 'issues'));
    expect(load().root).toBe(root);
    expect(load({}, 'issues').root).toBe(root);
  });

  it('at the root wins over the one in config/', () => {
    write('config/newsletter.yaml', 'nonsense');
    expect(load().newsletter.name).toBe('Kernel News');
  });

  it('is shown with its path from here', () => {
    write('newsletter.yaml', `${NEWSLETTER}nonsense: 1\n`);
    mkdirSync(join(root, 'issues'));
    const result = loadConfig(join(root, 'issues'), {}, []);
    expect(result).toMatchObject({ kind: 'problems', problems: [{ file: '../newsletter.yaml', line: 8, column: 1 }] });
  });

  it('that is nowhere is told so with a way out', () => {
    rmSync(join(root, 'newsletter.yaml'));
    expect(loadConfig(root, {}, [])).toEqual({
      kind: 'problems',
      problems: [
        {
          severity: 'error',
          rule: 'configuration',
          message: `There is no newsletter.yaml in ${root} or above it.`,
          advice: expect.stringContaining('postrider init'),
        },
      ],
    });
  });
});

describe('a setting', () => {
  it('is taken from .env at the root', () => {
    write('.env', '# secrets\nSMTP_URL="smtp://mx.example:25"\nBASE_URL=https://press.example\n');
    mkdirSync(join(root, 'issues'));
    expect(load({}, 'issues')).toMatchObject({ relay: { host: 'mx.example', port: 25 }, baseUrl: 'https://press.example' });
  });

  it('is taken from the environment first', () => {
    write('.env', 'BASE_URL=https://from-file.example\n');
    expect(load({ BASE_URL: 'https://from-environment.example' }).baseUrl).toBe('https://from-environment.example');
  });

  it('that is empty in the environment is as if it were not there', () => {
    write('.env', 'BASE_URL=https://from-file.example\n');
    expect(load({ BASE_URL: '', SMTP_URL: '', DATABASE_URL: '', POSTRIDER_SECRET: undefined })).toMatchObject({
      baseUrl: 'https://from-file.example',
      relay: null,
      databaseUrl: `sqlite:${root}/.postrider/ledger.sqlite`,
    });
  });

  it.each([
    ['SMTP_URL', 'smtp://mx.example:26', { relay: { host: 'mx.example', port: 26 } }],
    ['BASE_URL', 'https://press.example', { baseUrl: 'https://press.example' }],
    ['DATABASE_URL', 'sqlite::memory:', { databaseUrl: 'sqlite::memory:' }],
    ['POSTRIDER_SECRET', 'a secret of many letters'.replaceAll(' ', '-'), { secrets: ['a-secret-of-many-letters'] }],
  ])('%s may stand in a file that %s_FILE names', (name, value, config) => {
    write('secrets/value', `${value}\n`);
    expect(load({ [`${name}_FILE`]: join(root, 'secrets/value') })).toMatchObject(config);
    expect(load({ [`${name}_FILE`]: 'secrets/value' })).toMatchObject(config);
    write('.env', `${name}_FILE=secrets/value\n`);
    expect(load()).toMatchObject(config);
  });

  it('of its own wins over the file that is named beside it', () => {
    write('value', 'https://from-file.example');
    expect(load({ BASE_URL: 'https://direct.example', BASE_URL_FILE: 'value' }).baseUrl).toBe('https://direct.example');
  });

  it('may give user and password apart, each in a file', () => {
    write('password', 'p@ss/word\n');
    const { relay } = load({ SMTP_URL: 'smtp://mx.example', SMTP_USER: 'ada@example.org', SMTP_PASSWORD_FILE: 'password' });
    expect(relay?.login).toEqual({ user: 'ada@example.org', password: 'p@ss/word' });
  });

  it('whose file cannot be read is told so by name', () => {
    expect(messagesOf({ SMTP_PASSWORD_FILE: '/run/secrets/none' })).toEqual([
      'SMTP_PASSWORD_FILE names /run/secrets/none, which cannot be read.',
    ]);
  });
});
