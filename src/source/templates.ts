// Reads the templates and the words from the package. Which language is spoken is asked for; English where
// there is no translation.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Words } from '../domain/words.ts';

export interface TemplateFiles {
  readonly html: string;
  readonly text: string;
  readonly styles: string;
  readonly words: Words;
}

export function readTemplates(packageRoot: string, language: string): TemplateFiles {
  const read = (path: string): string => readFileSync(join(packageRoot, 'templates', path), 'utf8');
  const candidates = [language, language.split('-')[0] ?? '', 'en'];
  const spoken = candidates.find((name) => existsSync(join(packageRoot, 'templates/words', `${name}.yaml`))) ?? 'en';
  const english = parse(read('words/en.yaml')) as Words;
  const words = { ...english, ...(parse(read(`words/${spoken}.yaml`)) as Partial<Words>) };
  return { html: read('email/email.mjml.hbs'), text: read('email/email.txt.hbs'), styles: read('email/styles.css'), words };
}
