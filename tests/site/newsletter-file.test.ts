// The newsletter.yaml that a repository begins with: whatever stands in a site's settings, it can be read.
import { describe, expect, it } from 'vitest';
import { readNewsletter } from '../../config/read-newsletter.ts';
import type { Newsletter } from '../../config/schema.ts';
import { commonName, type NewNewsletter, newsletterFile } from '../../src/site/newsletter-file.ts';
import { DEFAULTS } from '../config/sample-settings.ts';

const NEW: NewNewsletter = {
  ...{ version: '1.2.3', name: 'Kernel News', domain: 'kernel.example', language: null, timezone: null },
  ...{ files: ['content/{id}.md'], otherFiles: [], url: 'https://kernel.example/{id}/', generator: null, adopted: '2023-02-07' },
};

function read(more: Partial<NewNewsletter> = {}): Newsletter {
  const { newsletter, problems } = readNewsletter(newsletterFile({ ...NEW, ...more }), DEFAULTS, 'newsletter.yaml', '1.2.3');
  if (newsletter === null) throw new Error(JSON.stringify(problems));
  return newsletter;
}

describe('the file', () => {
  it('says what was found', () => {
    expect(read({ language: 'pt-BR', timezone: 'Europe/Berlin', generator: 'hugo' })).toMatchObject({
      ...{ postrider: '1.2', name: 'Kernel News', language: 'pt-BR', timezone: 'Europe/Berlin', adopted: '2023-02-07' },
      from: { name: 'Kernel News', address: 'newsletter@kernel.example' },
      issues: { files: ['content/{id}.md'], url: 'https://kernel.example/{id}/' },
      site: { generator: 'hugo' },
      lists: { 'kernel-news': { title: 'Kernel News' } },
    });
  });

  it('is no page of Jekyll, and its templates neither', () => {
    const text = newsletterFile({ ...NEW, generator: 'jekyll' });
    expect(text).toMatch(/^---\n.*\npublished: false\n/);
    expect(text).toMatch(/\n\.\.\.\n$/);
    expect(read({ generator: 'jekyll' })).toMatchObject({ published: false, templates: '_newsletter' });
  });

  it('names the other files in a comment', () => {
    expect(newsletterFile({ ...NEW, otherFiles: ['a/{id}.md (3)'] })).toContain('\n  # Look like issues too: a/{id}.md (3)\n');
  });

  it.each([
    ['a colon', 'News: the best'],
    ['a hash', 'News # 1'],
    ['quotes', `The "News" & it's`],
    ['a comma and brackets', 'News, [weekly] (mostly) <b>'],
    ['a backslash', 'News \\ more'],
    ['a number', '42'],
    ['a word that YAML knows', 'null'],
    ['braces', '{ news }'],
    ['an at sign', 'news@home'],
    ['umlauts', 'Übersicht für Käufer'],
    ['no letters of ours', '月刊ニュース'],
    ['an emoji', '🦀'],
    ['a dash before it', '- News'],
  ])('holds a name with %s', (_title, name) => {
    const newsletter = read({ name });
    expect(newsletter.name).toBe(name);
    expect(newsletter.from.name).toBe(/["\\]/.test(name) ? name.replace(/["\\]/g, '') : name);
    expect(Object.values(newsletter.lists).map(({ title }) => title)).toEqual([name]);
  });

  it('holds a name of several lines, of nothing, and of a thousand letters', () => {
    expect(read({ name: 'Kernel\r\nNews\t' }).name).toBe('Kernel News');
    expect(read({ name: ' \n' }).name).toBe('My newsletter');
    expect(read({ name: 'x'.repeat(1_000) }).name).toHaveLength(150);
    expect(read({ name: `${'x'.repeat(149)}🦀` }).name).toBe('x'.repeat(149));
  });

  it('holds paths with spaces, umlauts and quotes', () => {
    const files = [`content/Über "uns" # it's: a/{id}.md`];
    expect(read({ files }).issues.files).toEqual(files);
  });
});

describe('what the newest issues are all called', () => {
  it.each<[string, readonly string[], string | null]>([
    [
      'what is before a month',
      ['This Month in Rust OSDev: May 2022', 'This Month in Rust OSDev: June 2022'],
      'This Month in Rust OSDev',
    ],
    ['what is before a number', ['This Week in Rust 472', 'This Week in Rust 473'], 'This Week in Rust'],
    ['what is before No. and a number', ['Kernel News, No. 1', 'Kernel News, No. 2'], 'Kernel News'],
    ['what is before an issue in brackets', ['Kernel News (issue #1)', 'Kernel News (issue #2)'], 'Kernel News'],
    ['the same title', ['Kernel News', 'Kernel News'], 'Kernel News'],
    ['nothing of titles that differ', ['Spring is here', 'Autumn again'], null],
    ['nothing of one word', ['Week 1', 'Week 2'], null],
    ['nothing of one issue', ['This Week in Rust 473'], null],
    ['the newest only', ['Old News 1', ...Array.from({ length: 6 }, (_, index) => `Kernel News ${index}`)], 'Kernel News'],
  ])('is %s', (_title, titles, name) => {
    expect(commonName(titles)).toBe(name);
  });
});
