// Reads the templates and the words: each file from the newsletter's own folder where it is there, else from the package.
// Which language is spoken is asked for; English where there is no translation.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { DraftWords, LetterWords, PageWords, Words } from '../domain/words.ts';

export interface TemplateFiles {
  readonly html: string;
  readonly text: string;
  readonly styles: string;
  readonly words: Words;
}

/** The web's pages. */
export interface PageFiles {
  readonly layout: string;
  readonly styles: string;
  /** By name. */
  readonly pages: Readonly<Record<string, string>>;
  readonly words: PageWords & LetterWords;
}

/** Folders that may hold templates, the newsletter's own first. */
export type TemplateRoots = readonly string[];

export function readTemplates(roots: TemplateRoots, language: string): TemplateFiles {
  const read = readerIn(roots);
  return {
    html: read('email/email.mjml.hbs'),
    text: read('email/email.txt.hbs'),
    styles: read('email/styles.css'),
    words: readWords(roots, language),
  };
}

export function readPages(roots: TemplateRoots, language: string): PageFiles {
  const read = readerIn(roots);
  const names = globSync('*.hbs', { cwd: join(roots.at(-1) ?? '', 'web') }).map((file) => basename(file, '.hbs'));
  return {
    layout: read('web/layout.hbs'),
    styles: read('web/styles.css'),
    pages: Object.fromEntries(names.map((name) => [name, read(`web/${name}.hbs`)])),
    words: readWords(roots, language),
  };
}

/** The page around a previewed mail: an editor's, which no newsletter replaces. */
export function readPreviewFiles(roots: TemplateRoots): {
  readonly page: string;
  readonly styles: string;
  readonly script: string;
} {
  const read = readerIn(roots.slice(-1));
  return { page: read('preview/page.hbs'), styles: read('preview/styles.css'), script: read('preview/reload.js') };
}

/** What a new issue begins with, where the newsletter has a text of its own for it; undefined where it has none. */
export function readIssueTemplate([own = '']: TemplateRoots): string | undefined {
  const file = join(own, 'issue.md');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** A word without a value is left to the files below. */
function saidIn(file: string): Partial<AllWords> {
  const said = (parse(readFileSync(file, 'utf8')) ?? {}) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(said).filter(([, word]) => typeof word === 'string'));
}

function readerIn(roots: TemplateRoots): (path: string) => string {
  return (path) => readFileSync(join(roots.find((root) => existsSync(join(root, path))) ?? roots.at(-1) ?? '', path), 'utf8');
}

type AllWords = Words & PageWords & LetterWords & DraftWords;

/** What a file does not say, the one below it does; below all of them is English. */
export function readWords(roots: TemplateRoots, language: string): AllWords {
  const spoken = ['en', language.split('-')[0] ?? '', language].filter((name, index, all) => all.indexOf(name) === index);
  const files = spoken.flatMap((name) => roots.toReversed().map((root) => join(root, 'words', `${name}.yaml`)));
  const words = files.filter((file) => existsSync(file)).map((file) => saidIn(file));
  return Object.assign({}, ...words) as AllWords;
}
