// Which files git has, or would take in, that nobody should publish. All by real git.
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { exposedFiles } from '../../src/source/exposed-files.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { findCommand } from '../services/install.ts';
import { commitAll, git, repositoryOf, writeFiles } from './in-git.ts';

const READERS = 'email,name\nada@engine.example,Ada\n';

const { PATH = '' } = process.env;
afterEach(() => {
  process.env['PATH'] = PATH;
});

describe.skipIf(findCommand('git') === undefined)('a file with a secret', () => {
  it('that git has is exposed', () => {
    const root = repositoryOf({ '.env': 'A=1\n', 'README.md': 'x' });
    commitAll(root);
    expect(exposedFiles(root)).toEqual(['.env']);
  });

  it('that git would take in is exposed', () => {
    const root = repositoryOf({ 'README.md': 'x' });
    commitAll(root);
    writeFiles(root, { '.env': 'A=1\n' });
    expect(exposedFiles(root)).toEqual(['.env']);
  });

  it('that git leaves out is not', () => {
    const root = repositoryOf({ '.env': 'A=1\n', '.gitignore': '.env\n' });
    commitAll(root);
    expect(exposedFiles(root)).toEqual([]);
  });

  it('that git has although it is to be left out is exposed', () => {
    const root = repositoryOf({ '.env': 'A=1\n' });
    commitAll(root);
    writeFiles(root, { '.gitignore': '.env\n' });
    expect(exposedFiles(root)).toEqual(['.env']);
  });

  it('that git still has is exposed where it is no longer on the disk', () => {
    const root = repositoryOf({ '.env': 'A=1\n' });
    commitAll(root);
    rmSync(join(root, '.env'));
    expect(exposedFiles(root)).toEqual(['.env']);
    git(root, 'rm', '--quiet', '--cached', '.env');
    expect(exposedFiles(root)).toEqual([]);
  });

  it('is exposed under the name that it has now', () => {
    const root = repositoryOf({ '.env': 'A=1\n' });
    commitAll(root);
    git(root, 'mv', '.env', '.env.production');
    expect(exposedFiles(root)).toEqual(['.env.production']);
  });

  it('is found in every folder below, and not above', () => {
    const root = repositoryOf({ '.env': 'A=1\n', 'news/letters/.env.local': 'A=1\n', 'site/.env': 'A=1\n' });
    expect(exposedFiles(root)).toEqual(['.env', 'news/letters/.env.local', 'site/.env']);
    expect(exposedFiles(join(root, 'news'))).toEqual(['letters/.env.local']);
  });

  it.each(['.env', '.env.local', '.env.production', '.env.example.local'])('is %s', (name) => {
    expect(exposedFiles(repositoryOf({ [name]: 'A=1\n' }))).toEqual([name]);
  });

  it.each([
    ...['.env.example', '.env.sample', '.env.template', '.env.dist', '.env.production.example', '.env.local.sample'],
    ...['env', 'a.env.md', '.environment', '.envrc.md'],
  ])('is not %s', (name) => {
    expect(exposedFiles(repositoryOf({ [name]: 'A=1\n' }))).toEqual([]);
  });

  it('exposes nothing where there is no git', () => {
    const root = mkdtempSync(join(tmpdir(), 'postrider-plain-'));
    writeFiles(root, { '.env': 'A=1\n', 'readers.csv': READERS });
    expect(exposedFiles(root)).toEqual([]);
  });

  it('exposes nothing that could be found out where git is not installed', () => {
    const root = repositoryOf({ '.env': 'A=1\n' });
    process.env['PATH'] = '/nowhere';
    expect(exposedFiles(root)).toEqual([]);
  });

  it('is found under a name that is not ASCII, and behind a link that leads nowhere', () => {
    const root = repositoryOf({ 'brévo/.env': 'A=1\n' });
    symlinkSync('nowhere.csv', join(root, 'a.csv'));
    expect(exposedFiles(root)).toEqual(['brévo/.env']);
  });
});

describe.skipIf(findCommand('git') === undefined)('a file with readers', () => {
  it.each<[string, string, string | Buffer]>([
    ['a CSV', 'readers.csv', READERS],
    ['one whose letters are capitals', 'READERS.CSV', READERS],
    ['one from Windows', 'readers.csv', '\uFEFFemail;name\r\nada@engine.example;Ada\r\n'],
    ['one of UTF-16, as Excel writes it', 'readers.csv', Buffer.from(`\uFEFF${READERS}`, 'utf16le')],
    ['one with a heading', 'readers.tsv', `Our readers\n\n${READERS}`],
    ['lines of JSON', 'export.jsonl', '{"email":"ada@engine.example"}\n'],
    ['addresses beyond ASCII', 'readers.csv', 'email\nzoé@exämple.рф\n'],
    ['a country’s name in A-labels', 'readers.csv', 'email\nzoe@a.xn--p1ai\n'],
  ])('is %s', (_what, name, content) => {
    expect(exposedFiles(repositoryOf({ [name]: content }))).toEqual([name]);
  });

  it.each<[string, string, string | Buffer]>([
    ['a site’s own table', 'data/countries.csv', 'code,name\nde,Germany\nfr,France\n'],
    ['one of pictures', 'data/pictures.csv', 'file\nlogo@2x.png\nlogo@3x.webp\n'],
    ['one of packages', 'data/packages.csv', 'package\nleft-pad@1.3.0\n@scope/name@2.0.0-beta.1\n'],
    ['one of accounts elsewhere', 'data/people.csv', 'name,account\nAda,@ada\n'],
    ['an empty one', 'readers.csv', ''],
    ['a text with an address', 'README.md', 'Write to ada@engine.example\n'],
    ['a folder of that name', 'readers.csv/README.md', 'x'],
  ])('is not %s', (_what, name, content) => {
    expect(exposedFiles(repositoryOf({ [name]: content }))).toEqual([]);
  });

  it('is told with all others, in order', () => {
    const root = repositoryOf({ 'b.csv': READERS, 'a/c.csv': READERS, '.env': 'A=1\n', 'd.csv': 'a\n' });
    expect(exposedFiles(root)).toEqual(['.env', 'a/c.csv', 'b.csv']);
  });
});

describe.skipIf(findCommand('git') === undefined)('a ledger', () => {
  it.each(['ledger.sqlite', 'ledger.sqlite3', 'news/ledger.db', 'LEDGER.DB'])('is exposed as %s', async (name) => {
    const root = repositoryOf({ 'news/README.md': 'x' });
    const { ledger } = await openLedger(`sqlite:${join(root, name)}`);
    await ledger.close();
    expect(exposedFiles(root)).toEqual([name]);
  });

  // What SQLite has written last is in a file beside until it is closed, and `send` itself has it open.
  it('is exposed while it is open', async () => {
    const root = repositoryOf({});
    const { ledger } = await openLedger(`sqlite:${join(root, 'ledger.sqlite')}`);
    expect(exposedFiles(root)).toContain('ledger.sqlite');
    await ledger.close();
  });

  it('is not exposed where Postrider puts it by itself', async () => {
    const root = repositoryOf({ '.postrider/.gitignore': '*\n' });
    const { ledger } = await openLedger(`sqlite:${join(root, '.postrider/ledger.sqlite')}`);
    await ledger.close();
    expect(exposedFiles(root)).toEqual([]);
  });

  it('is no SQLite file of another kind, and no other file of that name', () => {
    const root = repositoryOf({ 'Thumbs.db': 'Not of SQLite, subscribers or not', 'empty.db': '' });
    const other = new Database(join(root, 'photos.sqlite'));
    other.exec('create table photos (id integer primary key, caption text)');
    other.close();
    expect(exposedFiles(root)).toEqual([]);
  });
});
