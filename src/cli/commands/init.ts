// postrider init: makes a newsletter of a folder, or of a repository as it is. Run again, it changes nothing.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, normalize, relative } from 'node:path';
import { type Command, Option } from 'commander';
import { findNewsletter } from '../../../config/load.ts';
import { packageVersion } from '../../../config/package-root.ts';
import { fillPattern, PLACEHOLDER_NAMES, patternValues, unknownPlaceholders } from '../../domain/issue-pattern.ts';
import { GENERATORS, type Generator } from '../../domain/site.ts';
import { type Adoption, adoptRepository, nameOf } from '../../flows/adopt-repository.ts';
import { newsletterFile } from '../../site/newsletter-file.ts';
import { isFile } from '../../source/find-file.ts';
import { isIgnored, isSilent, isTracked, readRepository } from '../../source/repository.ts';
import { type FileToWrite, writeAll } from '../../source/write-all.ts';
import { Failure, failWith } from '../failure.ts';
import { today } from '../read-day.ts';
import { loadOrFail } from '../session.ts';
import { countOf, note, print, table } from '../terminal.ts';
import { newestOrNone } from './issue-to-send.ts';

interface InitOptions {
  readonly generator?: Generator;
  readonly files?: string;
}

export function addInitCommand(program: Command): void {
  program
    .command('init')
    .description('make a newsletter of this folder, or of the repository of a site that is here already')
    .addOption(new Option('--generator <name>', 'whose site it is, where there are several').choices(GENERATORS))
    .option('--files <pattern>', 'where the issues lie, where that cannot be told, as in "content/news/{id}.md"')
    .addHelpText(
      'after',
      '\nExamples:\n  postrider init\n  postrider init --generator hugo\n  postrider init --files "content/newsletter/{id}/index.md"',
    )
    .action(init);
}

function init({ generator, files }: InitOptions): void {
  const found = findNewsletter(process.cwd());
  const root = found?.root ?? process.cwd();
  if (found) loadOrFail();
  const adoption = found ? null : adoptOrFail(root, generator ?? null, files ?? null);
  const written = [...(adoption ? newsletterFiles(root, adoption) : []), ...settingsFiles(root)];
  writeOrFail(root, written);
  if (adoption) print(describe(adoption));
  else note(`${relative(process.cwd(), found?.file ?? '')} is there, and stays as it is.`);
  if (written.length > 0) note(`\n${written.map(({ path, text }) => `Wrote ${path}${shownPart(root, path, text)}`).join('\n')}`);
  else note('Nothing was left to write.');
  if (adoption) noteDoubts(adoption);
  noteNext();
}

type Adopted = Extract<Adoption, { kind: 'adopted' }>;

function adoptOrFail(root: string, generator: Generator | null, files: string | null): Adopted {
  if (files !== null && !/\{(?:id|date|number|slug|year)\}/.test(files))
    throw new Failure(2, `The pattern ${files} names one file only.`, 'Write {id} where the issues differ.');
  if (files !== null && (isAbsolute(files) || normalize(files).startsWith('..')))
    throw new Failure(2, `${files} lies outside of this folder.`, 'Run it in a folder that holds the issues.');
  const [unknown] = unknownPlaceholders(files ?? '');
  if (unknown !== undefined)
    throw new Failure(
      2,
      `{${unknown}} is not a placeholder.`,
      `There are: ${PLACEHOLDER_NAMES.map((name) => `{${name}}`).join(', ')}.`,
    );
  const adoption = adoptRepository({ root, today: today(), version: packageVersion(), generator, files });
  return adoption.kind === 'adopted' ? adoption : failWith([adoption.problem]);
}

/** With a first issue where the newsletter begins here. */
function newsletterFiles(root: string, { newsletter, issues, site }: Adopted): FileToWrite[] {
  const file = { path: 'newsletter.yaml', text: newsletterFile(newsletter) };
  if (issues.length > 0 || site !== null) return [file];
  const date = today();
  const [pattern = ''] = newsletter.files;
  const values = patternValues({ id: date.slice(0, 7), date, number: '1', slug: 'first-issue' });
  const path = fillPattern(pattern, values).text;
  return existsSync(join(root, path)) ? [file] : [file, { path, text: firstIssue(newsletter.name, date) }];
}

function firstIssue(name: string, day: string): string {
  return `---
title: "${name}: the first issue"
date: ${day}
---

Hello! This is what an issue looks like: Markdown, with a few lines about it above.

<!-- more -->

What stands above that line is the summary, which mail programs show beside the subject.

## A section

- Lists, [links](https://example.org/), \`code\`, images and tables look well in every mail program.
- \`postrider preview\` shows this while you write.
`;
}

/** What keeps secrets out of git stands there before the secrets do. */
function settingsFiles(root: string): FileToWrite[] {
  const { isGit } = readRepository(root);
  if (isSilent(root))
    throw new Failure(
      2,
      'Git says nothing of the repository here, so whether .env would be published is not known. Nothing was changed.',
      'See why: git status',
    );
  if (isTracked(root, '.env'))
    throw new Failure(
      2,
      '.env is in git, and a secret in it would be published.',
      'Take it out, and keep it here: git rm --cached .env',
    );
  const ignored = textOf(root, '.gitignore')
    .split(/\r?\n/)
    .map((line) => line.trim().replace(/^\/|\/$/g, ''));
  const lines = ['.env', '.postrider/', 'node_modules/'].filter((path) =>
    isGit ? !isIgnored(root, path) : !ignored.includes(path.replace(/\/$/, '')),
  );
  const env = missingIn(textOf(root, '.env'), variables(randomBytes(32).toString('hex')));
  const example = missingIn(textOf(root, '.env.example'), variables(''));
  return [
    ...(lines.length > 0 ? [{ path: '.gitignore', text: `${lines.join('\n')}\n` }] : []),
    ...(env === '' ? [] : [{ path: '.env', text: env, isSecret: true }]),
    ...(example === '' ? [] : [{ path: '.env.example', text: example }]),
  ];
}

interface Variable {
  readonly name: string;
  readonly value: string;
  readonly why: string;
}

function variables(secret: string): Variable[] {
  return [
    {
      name: 'POSTRIDER_SECRET',
      value: secret,
      why: `Signs the links in every mail. Keep a copy: mails already sent need it.${secret === '' ? ' Make one: openssl rand -hex 32' : ''}`,
    },
    {
      name: 'SMTP_URL',
      value: 'smtp://localhost:2525',
      why: 'Where mail goes. `postrider sink` listens here, to try things on, and passes nothing on.',
    },
    {
      name: 'BASE_URL',
      value: 'http://localhost:8080',
      why: 'Where readers reach `postrider serve`: to send, its public https address.',
    },
  ];
}

function missingIn(text: string, wanted: readonly Variable[]): string {
  const missing = wanted.filter(({ name }) => !new RegExp(`^\\s*(?:export\\s+)?${name}(?:_FILE)?\\s*=`, 'm').test(text));
  return missing.map(({ name, value, why }) => `# ${why}\n${name}=${value}\n`).join('');
}

function textOf(root: string, path: string): string {
  const file = join(root, path);
  if (!existsSync(file)) return '';
  if (!isFile(file)) throw new Failure(2, `${path} is not a file. Nothing was changed.`, 'Make it one, or remove it.');
  return readFileSync(file, 'utf8');
}

function writeOrFail(root: string, files: readonly FileToWrite[]): void {
  try {
    writeAll(root, files);
  } catch (error) {
    const { code = String(error), path = root } = error as NodeJS.ErrnoException;
    throw new Failure(
      1,
      `${relative(process.cwd(), path) || path} cannot be written: ${code}. Nothing was changed.`,
      'Look at its rights, and at what is in its place.',
    );
  }
}

function shownPart(root: string, path: string, text: string): string {
  return textOf(root, path) === text
    ? ''
    : `: ${text
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => line.split('=')[0])
        .join(', ')}`;
}

function describe({ newsletter, issues, site }: Adopted): string {
  const [pattern = ''] = newsletter.files;
  const [first, last] = [issues[0], issues.at(-1)];
  return table([
    ['site', site === null ? 'none' : `${nameOf(site.generator)} (${site.file})`],
    ['newsletter', newsletter.name],
    [
      'issues',
      issues.length === 0 ? `none yet; they will lie in ${pattern}` : `${countOf(issues.length, 'file')} like ${pattern}`,
    ],
    ...(issues.length > 1 ? [['', `from ${first} to ${last}`]] : []),
    ['on the web', newsletter.url],
  ]);
}

function noteDoubts({ newsletter, issues, doubles, elsewhere, isGit, isUrlKnown }: Adopted): void {
  const doubts = [
    ...(isUrlKnown ? [] : ['Where the issues are on the web is not known; mend issues.url and from in newsletter.yaml.']),
    ...(elsewhere > 0 ? [elsewhereWords(elsewhere, issues.length)] : []),
    ...(doubles.length > 0
      ? [
          `Several files are issue ${doubles[0]}${doubles.length > 1 ? `, and so with ${doubles.length - 1} more` : ''}: name those by their path, or mend issues.files in newsletter.yaml.`,
        ]
      : []),
    ...newsletter.otherFiles.map(
      (files) => `These look like issues too: ${files}. To take them, mend issues.files in newsletter.yaml.`,
    ),
    ...(isGit ? [] : ['This folder is not in git. To have each mail bound to a commit: git init']),
  ];
  if (doubts.length > 0) note(`\n${doubts.join('\n')}`);
}

function elsewhereWords(elsewhere: number, all: number): string {
  if (elsewhere === all)
    return "The web addresses of the issues could not be told from front matter and the site's settings; mend issues.url in newsletter.yaml.";
  const some = `${countOf(elsewhere, 'issue')} of ${all.toLocaleString('en')} ${elsewhere === 1 ? 'has' : 'have'}`;
  return `${some} another address on the web than issues.url gives, by front matter or by the site's settings.`;
}

function noteNext(): void {
  const id = newestOrNone(loadOrFail());
  const lines = [
    ['npx postrider preview', 'the newest issue in your browser'],
    ['npx postrider check', 'what would embarrass you'],
    [
      id === null ? 'npx postrider subscribers import readers.csv' : `npx postrider test --issue ${id} --to ADDRESS`,
      id === null ? 'your readers' : 'one real mail, with `npx postrider sink` beside',
    ],
  ];
  note(`\nNext:\n${table(lines).replace(/^/gm, '  ')}`);
}
