// Templates of the newsletter's own over Postrider's: file by file, word by word, language by language.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../config/package-root.ts';
import { readPages, readTemplates, readWords } from '../../src/source/templates.ts';

type Files = Readonly<Record<string, string>>;

const PACKAGE = join(packageRoot(), 'templates');

function folder(files: Files): string {
  const root = mkdtempSync(join(tmpdir(), 'postrider-templates-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** The newsletter's own, and below it Postrider's. */
const over = (files: Files): readonly string[] => [folder(files), PACKAGE];

const PLAIN = readTemplates([PACKAGE], 'en');

describe('a template', () => {
  it.each([
    ['email/email.mjml.hbs', 'html'],
    ['email/email.txt.hbs', 'text'],
    ['email/styles.css', 'styles'],
  ] as const)('of the newsletter’s own stands in for ours, and for no other: %s', (path, part) => {
    expect(readTemplates(over({ [path]: 'own' }), 'en')).toEqual({ ...PLAIN, [part]: 'own' });
  });

  it('is ours where the newsletter has no folder, or nothing in it', () => {
    expect(readTemplates([join(PACKAGE, 'nowhere'), PACKAGE], 'en')).toEqual(PLAIN);
    expect(readTemplates(over({}), 'en')).toEqual(PLAIN);
    expect(readTemplates(over({ 'README.md': 'x', 'email.mjml.hbs': 'not here' }), 'en')).toEqual(PLAIN);
  });

  it('that is empty is the newsletter’s own as well', () => {
    expect(readTemplates(over({ 'email/styles.css': '' }), 'en').styles).toBe('');
  });

  it('of a page stands in for ours, and for no other', () => {
    const plain = readPages([PACKAGE], 'en');
    const own = readPages(over({ 'web/join.hbs': 'own', 'web/more.hbs': 'not ours' }), 'en');
    expect(own).toEqual({ ...plain, pages: { ...plain.pages, join: 'own' } });
    const { layout, pages } = readPages(over({ 'web/layout.hbs': 'own' }), 'en');
    expect({ layout, join: pages['join'] }).toEqual({ layout: 'own', join: plain.pages['join'] });
  });
});

describe('words', () => {
  const wordsOf = (files: Files, language = 'en') => readWords(over(files), language);

  it('of the newsletter’s own are laid over ours, one by one', () => {
    expect(wordsOf({ 'words/en.yaml': 'unsubscribe: Leave\n' })).toEqual({ ...readWords([PACKAGE], 'en'), unsubscribe: 'Leave' });
  });

  it.each(['', '# nothing yet\n', '{}\n'])('are ours where the file says nothing: %j', (text) => {
    expect(wordsOf({ 'words/en.yaml': text })).toEqual(readWords([PACKAGE], 'en'));
  });

  it('are spoken in the language that is asked for, and in English where it lacks them', () => {
    const files = { 'words/de.yaml': 'unsubscribe: Abbestellen\n' };
    expect(wordsOf(files, 'de')).toMatchObject({ unsubscribe: 'Abbestellen', image: 'image' });
    expect(wordsOf(files, 'en')).toMatchObject({ unsubscribe: 'Unsubscribe' });
    expect(wordsOf(files, 'fr')).toMatchObject({ unsubscribe: 'Unsubscribe' });
  });

  it('of a country lie over those of its language', () => {
    const files = { 'words/pt.yaml': 'unsubscribe: A\nimage: B\n', 'words/pt-BR.yaml': 'image: C\n' };
    expect(wordsOf(files, 'pt-BR')).toMatchObject({ unsubscribe: 'A', image: 'C' });
    expect(wordsOf(files, 'pt-PT')).toMatchObject({ unsubscribe: 'A', image: 'B' });
  });

  it('of a language lie over the newsletter’s own English', () => {
    const files = { 'words/en.yaml': 'unsubscribe: Leave\nimage: Picture\n', 'words/de.yaml': 'unsubscribe: Weg\n' };
    expect(wordsOf(files, 'de')).toMatchObject({ unsubscribe: 'Weg', image: 'Picture' });
  });

  // The newsletter's English lies over Postrider's German, were there one: roots go before languages.
  it('in the language of the readers win over the newsletter’s own in English', () => {
    const ours = folder({ 'words/en.yaml': 'unsubscribe: Unsubscribe\n', 'words/de.yaml': 'unsubscribe: Abbestellen\n' });
    const own = folder({ 'words/en.yaml': 'unsubscribe: Leave\n' });
    expect(readWords([own, ours], 'de').unsubscribe).toBe('Abbestellen');
  });

  // A key without a value is null, and the reader gets an empty link.
  it('that are left empty are ours', () => {
    expect(wordsOf({ 'words/en.yaml': 'unsubscribe:\n' }).unsubscribe).toBe('Unsubscribe');
  });
});
