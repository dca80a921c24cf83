// What was once wrong here: each of these failed before it was mended.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Environment, loadConfig, type Need } from '../../config/load.ts';
import { readNewsletter } from '../../config/read-newsletter.ts';
import { readSmtpUrl } from '../../config/read-smtp-url.ts';
import { formatProblem } from '../../src/domain/problem.ts';
import { DEFAULTS, NEWSLETTER } from './sample-settings.ts';

const complaints = (text: string) => readNewsletter(text, DEFAULTS, 'n.yaml').problems.map(formatProblem);

describe('readNewsletter', () => {
  it.each([
    NEWSLETTER.replace('name: Kernel News', 'name: *Kernel'),
    'a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n',
  ])('tells of an alias that cannot be followed: %j', (text) => {
    expect(complaints(text)[0]).toContain('This is not valid YAML');
  });
  it('finds bad placeholders beside all other problems', () => {
    expect(complaints(`${NEWSLETTER.replace('{id}', '{idd}')}nonsense: 1\n`)).toHaveLength(2);
  });
  it.each(['constructor'])('knows no default list %s', (name) => {
    expect(complaints(`${NEWSLETTER}defaultList: ${name}\n`)).toHaveLength(1);
  });
  it('names something where the whole file is of the wrong kind', () => {
    expect(complaints('- a\n')[0]).not.toContain('``');
  });
});

describe('readSmtpUrl', () => {
  it.each([
    'smtp://user@example.org:p@se/cret@host',
    'smtp://user@example.org:se/cret@host',
    'smtp://user@example.org:secret%zz@host',
    'smtp://user/x:secret@host',
    'smtp://user:secret',
    'smtp:user:secret@host',
    'smtp//user:secret@host',
    'smtp:///user:secret@host',
    ' smtp://user:secret@host/x',
    'smtp://user:se\ncret@host/x',
    'smtp://host?password=secret',
  ])('never shows the password of %j', (url) => {
    const result = readSmtpUrl({ url, user: undefined, password: undefined });
    expect(JSON.stringify(result.kind === 'problem' ? result.problem : 'read')).not.toMatch(/cret|p@se/);
  });
  it('takes an empty SMTP_USER and SMTP_PASSWORD as if they were not there', () => {
    expect(readSmtpUrl({ url: 'smtp://ada:word@host', user: '', password: '' })).toMatchObject({
      place: { login: { user: 'ada', password: 'word' } },
    });
  });
  it('knows localhost in capitals', () => {
    expect(readSmtpUrl({ url: 'smtp://LocalHost:25', user: undefined, password: undefined })).toMatchObject({
      place: { isLoopback: true },
    });
  });
  it('writes a host beyond ASCII in A-labels', () => {
    expect(readSmtpUrl({ url: 'smtp://münchen.example', user: undefined, password: undefined })).toMatchObject({
      place: { host: 'xn--mnchen-3ya.example' },
    });
  });
  it('refuses port 0', () => {
    expect(readSmtpUrl({ url: 'smtp://host:0', user: undefined, password: undefined }).kind).toBe('problem');
  });
});

describe('loadConfig', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync('/tmp/postrider-faults/c-');
  });
  const write = (path: string, text: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const load = (environment: Environment = {}, needs: Need[] = [], folder = '') => {
    const result = loadConfig(join(root, folder), environment, needs);
    return result.kind === 'config' ? result.config : result.problems.map(formatProblem);
  };
  it('has one root, whether it is started there or in its config folder', () => {
    write('config/newsletter.yaml', NEWSLETTER);
    expect(load({}, [], 'config')).toMatchObject({ root });
  });
  it('takes the environment first, a file that it names included', () => {
    write('newsletter.yaml', NEWSLETTER);
    write('.env', 'BASE_URL=https://dotenv.example\n');
    write('url', 'https://secret-file.example');
    expect(load({ BASE_URL_FILE: 'url' })).toMatchObject({ baseUrl: 'https://secret-file.example' });
  });
  it('reads a .env with empty lines for SMTP_USER and SMTP_PASSWORD', () => {
    write('newsletter.yaml', NEWSLETTER);
    write('.env', 'SMTP_URL=smtp://ada:word@host\nSMTP_USER=\nSMTP_PASSWORD=\n');
    expect(load()).toMatchObject({ relay: { login: { user: 'ada' } } });
  });
  it('reads a .env with a byte order mark', () => {
    write('newsletter.yaml', NEWSLETTER);
    write('.env', '\ufeffBASE_URL=https://x.example\n');
    expect(load()).toMatchObject({ baseUrl: 'https://x.example' });
  });
  it('does not make an absolute path of sqlite://data/ledger.sqlite', () => {
    write('newsletter.yaml', NEWSLETTER);
    expect(load({ DATABASE_URL: 'sqlite://data/ledger.sqlite' })).not.toMatchObject({
      databaseUrl: 'sqlite:/data/ledger.sqlite',
    });
  });
  it('tells what is missing after sqlite:', () => {
    write('newsletter.yaml', NEWSLETTER);
    expect(JSON.stringify(load({ DATABASE_URL: 'sqlite:' }))).not.toContain('begins with sqlite: and must begin with sqlite:');
  });
  it('takes no login in BASE_URL, which every reader would see', () => {
    write('newsletter.yaml', NEWSLETTER);
    expect(load({ BASE_URL: 'https://ada:word@x.example' })).toHaveLength(1);
  });
});
