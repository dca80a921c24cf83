// Reads the templates and the words from the package. Which language is spoken is asked for; English where
// there is no translation.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { LetterWords, PageWords, Words } from '../domain/words.ts';

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

export function readTemplates(packageRoot: string, language: string): TemplateFiles {
  const read = readerIn(packageRoot);
  return {
    html: read('email/email.mjml.hbs'),
    text: read('email/email.txt.hbs'),
    styles: read('email/styles.css'),
    words: readWords(packageRoot, language),
  };
}

export function readPages(packageRoot: string, language: string): PageFiles {
  const read = readerIn(packageRoot);
  const names = globSync('*.hbs', { cwd: join(packageRoot, 'templates/web') }).map((file) => basename(file, '.hbs'));
  return {
    layout: read('web/layout.hbs'),
    styles: read('web/styles.css'),
    pages: Object.fromEntries(names.map((name) => [name, read(`web/${name}.hbs`)])),
    words: readWords(packageRoot, language),
  };
}

function readerIn(packageRoot: string): (path: string) => string {
  return (path) => readFileSync(join(packageRoot, 'templates', path), 'utf8');
}

type AllWords = Words & PageWords & LetterWords;

export function readWords(packageRoot: string, language: string): AllWords {
  const read = readerIn(packageRoot);
  const candidates = [language, language.split('-')[0] ?? '', 'en'];
  const spoken = candidates.find((name) => existsSync(join(packageRoot, 'templates/words', `${name}.yaml`))) ?? 'en';
  const english = parse(read('words/en.yaml')) as AllWords;
  return { ...english, ...(parse(read(`words/${spoken}.yaml`)) as Partial<AllWords>) };
}
