// Whatever is wrong gets a sentence that says what, where and what to do, and exit 2; nothing is half done.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newsletterFolder, postrider, writeReaders } from './cli.ts';

interface Case {
  readonly what: string;
  readonly args?: readonly string[];
  readonly spoil?: (folder: string) => void;
  readonly env?: Readonly<Record<string, string>>;
  readonly says: readonly RegExp[];
}

const SEND = ['send', '--issue', '2023-01', '--yes'];
const issue =
  (text: string) =>
  (folder: string): void =>
    writeFileSync(join(folder, 'issues/2023-01.md'), text);
const settings =
  (from: RegExp | string, to: string) =>
  (folder: string): void => {
    const file = join(folder, 'newsletter.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
  };

const CASES: readonly Case[] = [
  {
    what: 'an issue that does not exist',
    args: ['send', '--issue', '2023-10', '--yes'],
    says: [/There is no issue 2023-10/, /nearest are: 2023-01/],
  },
  {
    what: 'TOML that is broken',
    spoil: issue('+++\ntitle = "x\ndate = 2023-01-01\n+++\ntext\n'),
    says: [/issues\/2023-01\.md:2:\d+ error: The TOML front matter/],
  },
  {
    what: 'YAML that is broken',
    spoil: issue('---\ntitle: [x\n---\ntext\n'),
    says: [/issues\/2023-01\.md:\d+:\d+ error: The YAML front matter/],
  },
  {
    what: 'front matter that never ends',
    spoil: issue('+++\ntitle = "x"\ntext\n'),
    says: [/2023-01\.md:1:1 error: .*never ends/, /Write \+\+\+/],
  },
  {
    what: 'a date that does not exist',
    spoil: issue('---\ntitle: x\ndate: 2023-02-30\n---\ntext\n'),
    says: [/2023-01\.md:3:1 error: The date `2023-02-30`/],
  },
  {
    what: 'an empty issue',
    spoil: issue('---\ntitle: x\ndate: 2023-02-03\n---\n<!-- nothing yet -->\n'),
    says: [/2023-01\.md:5 error: The issue has no text/],
  },
  {
    what: 'settings with several mistakes, all at once',
    spoil: settings(/^from: .*$/m, 'form: x@example.org\npostalAdress: y\nreturnsDomain: 7'),
    says: [
      /newsletter\.yaml:\d+:1 error: `form` is not a setting.*`from`/,
      /`postalAdress` is not a setting.*`postalAddress`/,
      /`from` is missing/,
      /newsletter\.yaml:\d+:1 error: `returnsDomain` must be a piece of text/,
    ],
  },
  {
    what: 'a list without a title',
    spoil: settings('    title: This Month in Rust OSDev', '    titel: x'),
    says: [/`lists\.monthly\.titel` is not a setting.*`title`/, /`lists\.monthly\.title` is missing/],
  },
  {
    what: 'an SMTP URL with an @ in the password',
    env: { SMTP_URL: 'smtp://me@example.org:p@ss/w0rd@mail.example.org:587' },
    says: [/SMTP_URL/, /%40/, /SMTP_PASSWORD/],
  },
  {
    what: 'an SMTP URL of another kind',
    env: { SMTP_URL: 'http://mail.example.org' },
    says: [/must begin with smtp:\/\/ or smtps:\/\//],
  },
  {
    what: 'a missing secret',
    spoil: (folder) => writeFileSync(join(folder, '.env'), 'SMTP_URL=smtp://127.0.0.1:1\nBASE_URL=https://news.example\n'),
    says: [/POSTRIDER_SECRET is not set/, /openssl rand -hex 32/],
  },
  {
    what: 'everything missing from the environment at once',
    spoil: (folder) => writeFileSync(join(folder, '.env'), ''),
    says: [/SMTP_URL is not set/, /POSTRIDER_SECRET is not set/, /BASE_URL is not set/],
  },
  { what: 'no terminal and no --yes', args: ['send', '--issue', '2023-01'], says: [/no terminal to ask on/, /--yes/] },
  {
    what: 'a list that nobody is on',
    spoil: settings('lists:', 'lists:\n  weekly:\n    title: Weekly'),
    args: [...SEND, '--list', 'weekly'],
    says: [/Nobody on the list weekly/, /subscribers import/],
  },
  {
    what: 'a folder in place of an issue',
    spoil: (folder) => {
      rmSync(join(folder, 'issues/2023-01.md'));
      mkdirSync(join(folder, 'issues/2023-01.md'));
    },
    says: [/issues\/2023-01\.md cannot be read/],
  },
  {
    what: 'an issue that is not UTF-8',
    spoil: (folder) => writeFileSync(join(folder, 'issues/2023-01.md'), Buffer.from('# T\xfcr\n', 'latin1')),
    says: [/2023-01\.md is not UTF-8 text\. Save it as UTF-8/],
  },
  {
    what: 'a folder in place of the settings',
    spoil: (folder) => {
      rmSync(join(folder, '.env'));
      mkdirSync(join(folder, '.env'));
    },
    says: [/\.env is not a file/],
  },
  {
    what: 'a list that there is not',
    args: [...SEND, '--list', 'montly'],
    says: [/There is no list montly/, /nearest is monthly/],
  },
  {
    what: 'an unknown option',
    args: ['send', '--issue', '2023-01', '--isue', 'x'],
    says: [/unknown option '--isue'/, /--issue/],
  },
  { what: 'an unknown command', args: ['sned'], says: [/unknown command 'sned'/, /send/] },
  { what: 'a database of another kind', env: { DATABASE_URL: 'mysql://x' }, says: [/DATABASE_URL begins with mysql:/] },
  { what: 'a file that is not there', args: ['subscribers', 'import', 'nowhere.csv'], says: [/There is no file nowhere\.csv/] },
  {
    what: 'a CSV file without addresses',
    args: ['subscribers', 'import', 'cities.csv'],
    spoil: (folder) => writeFileSync(join(folder, 'cities.csv'), 'city,country\nBerlin,DE\n'),
    says: [/no column for the address; it has: city, country/, /Name that column `email`/],
  },
  {
    what: 'an address that is none',
    args: ['subscribers', 'add', 'not-an-address'],
    says: [/"not-an-address" is not an address: it has no @/],
  },
  { what: 'a test to nobody', args: ['test', '--issue', '2023-01', '--to', 'me'], says: [/"me" is not an address/] },
  {
    what: 'an outcome that is none',
    args: ['deliveries', '--issue', '2023-01', '--outcome', 'lost'],
    says: [/Allowed choices are accepted, due/],
  },
  { what: 'a report of what was never sent', args: ['report', '--issue', '2023-01'], says: [/Issue 2023-01 has not been sent/] },
  { what: 'a rule that the sink does not know', args: ['sink', '--rule', 'explode:*'], says: [/"explode:\*" is not a rule/] },
];

describe('bad input', () => {
  it.each(CASES)('$what: a sentence and exit 2', async ({ args = SEND, spoil, env, says }) => {
    const cwd = newsletterFolder();
    await postrider(['subscribers', 'import', writeReaders(cwd, 2)], { cwd });
    spoil?.(cwd);
    const { code, stdout, stderr } = await postrider(args, { cwd, ...(env && { env }) });
    for (const pattern of says) expect(stderr).toMatch(pattern);
    expect(stderr).not.toMatch(/\n\s+at .*\.(ts|js):\d+/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('calls a ledger that is no database by its name, and exits 1', async () => {
    const cwd = newsletterFolder();
    mkdirSync(join(cwd, '.postrider'));
    writeFileSync(join(cwd, '.postrider/ledger.sqlite'), 'not a database, but long enough to be looked at as one');
    const { code, stderr } = await postrider(['status'], { cwd });
    expect(stderr).toMatch(/ledger\.sqlite cannot be opened: file is not a database/);
    expect(code).toBe(1);
  });

  it('leaves no mailing behind', async () => {
    const cwd = newsletterFolder();
    await postrider(['subscribers', 'import', writeReaders(cwd, 2)], { cwd });
    await postrider(['send', '--issue', '2023-01'], { cwd });
    const { stdout } = await postrider(['status', '--json'], { cwd });
    expect(JSON.parse(stdout)).toEqual([]);
  });

  it('says where there is no newsletter', async () => {
    const cwd = join(newsletterFolder(), 'elsewhere');
    mkdirSync(cwd);
    writeFileSync(join(cwd, 'package.json'), '{}');
    const { code, stderr } = await postrider(['status'], { cwd: '/' });
    expect(stderr).toMatch(/no newsletter\.yaml in \/ or above it/);
    expect(code).toBe(2);
  });

  it('reports the bad rows of an import by line and imports the rest', async () => {
    const cwd = newsletterFolder();
    writeFileSync(
      join(cwd, 'readers.csv'),
      '\uFEFFemail;name;city\r\nada@example.org;Ada;London\r\nnot an address;X;Y\r\n"bob@example.org";"Bob\nBr.";Z\r\nzoë@bücher.example;Zoë;Zürich\r\nada@EXAMPLE.org;Again;\r\n',
    );
    const { code, stdout } = await postrider(['subscribers', 'import', 'readers.csv', '--json'], { cwd });
    const report = JSON.parse(stdout) as { rejects: string };
    expect({ code, report }).toMatchObject({ code: 0, report: { rows: 5, added: 2, refused: 2, repeated: 1 } });
    expect(existsSync(report.rejects)).toBe(true);
    const rejects = readFileSync(report.rejects, 'utf8');
    expect(rejects).toMatch(/^3,the address is not valid/m);
    expect(rejects).toMatch(/^4,a cell holds a line break/m);
  });

  it('keeps what it writes out of git', async () => {
    const cwd = newsletterFolder();
    await postrider(['status'], { cwd });
    expect(readFileSync(join(cwd, '.postrider/.gitignore'), 'utf8')).toBe('*\n');
  });
});
