// The newsletter.yaml that a repository begins with: short, and each line of it true or easy to mend.
import { stringify } from 'yaml';
import type { Generator } from '../domain/site.ts';
import { plainSlug } from '../domain/site-slug.ts';

export interface NewNewsletter {
  /** Of Postrider, as `1.2.3`. */
  readonly version: string;
  readonly name: string;
  /** Domain of the sender. */
  readonly domain: string;
  readonly language: string | null;
  readonly timezone: string | null;
  readonly files: readonly string[];
  /** Other files that look like issues, the likeliest first. */
  readonly otherFiles: readonly string[];
  readonly url: string;
  readonly generator: Generator | null;
  /** `YYYY-MM-DD`. */
  readonly adopted: string;
}

const LIST_NAME_MAX = 63;

export function newsletterFile(settings: NewNewsletter): string {
  const { version, name, domain, language, timezone, files, otherFiles, url, generator, adopted } = settings;
  const text = oneLine(name);
  const isJekyll = generator === 'jekyll';
  return [
    // Jekyll puts every file of the root on the web but those whose front matter says no. One document is both.
    ...(isJekyll ? ['---', '# For Jekyll: this file is no page of the site.', 'published: false'] : []),
    '# What belongs in git; secrets and places stand in .env. Every other setting: docs/issues.md, docs/theme.md and',
    '# config/defaults.yaml of the package postrider.',
    `postrider: ${stringify(version.split('.').slice(0, 2).join('.')).trim()}`,
    yaml({ name: text }),
    '# An address that you read: readers answer to it.',
    yaml({ from: `${quoted(text)} <newsletter@${domain}>` }),
    ...(language === null ? [] : [yaml({ language })]),
    ...(timezone === null ? [] : [yaml({ timezone })]),
    '',
    yaml({ issues: { files, url } }),
    ...otherFiles.map((pattern) => `  # Look like issues too: ${pattern}`),
    ...(generator === null ? [] : [yaml({ site: { generator } })]),
    ...(isJekyll ? [yaml({ templates: '_newsletter' })] : []),
    '',
    '# Issues from before this day were never sent from here: `send` asks twice.',
    yaml({ adopted }),
    '',
    '# The law of many countries wants one below each mail.',
    '# postalAddress: 1 Example Street, 12345 Example, Germany',
    '',
    yaml({ lists: { [listName(text)]: { title: text } } }),
    ...(isJekyll ? ['...'] : []),
    '',
  ].join('\n');
}

function yaml(block: Readonly<Record<string, unknown>>): string {
  return stringify(block, { lineWidth: 0 }).trimEnd();
}

/** A display name (RFC 5322 3.4): some characters stand only between quotes. */
function quoted(name: string): string {
  return /[(),.:;<>@[\]\\"]/.test(name) ? `"${name.replace(/["\\]/g, '')}"` : name;
}

function listName(name: string): string {
  return plainSlug(name).slice(0, LIST_NAME_MAX).replace(/-+$/, '') || 'readers';
}

/** What a name may not hold: a line break, and more than fits. */
function oneLine(name: string): string {
  return (
    name
      .replace(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, 150)
      // Half of a character that takes two.
      .replace(/[\uD800-\uDBFF]$/, '') || 'My newsletter'
  );
}

// With fewer there may be a series of their own among them.
const TITLES_MIN = 2;

/** What the newest issues are all called, less what tells them apart; null where that is nothing. `titles`: newest last. */
export function commonName(titles: readonly string[]): string | null {
  const newest = titles.slice(-6);
  if (newest.length < TITLES_MIN) return null;
  const words = newest.map((title) => title.split(/\s+/));
  const [first = []] = words;
  const differs = first.findIndex((word, index) => words.some((other) => other[index] !== word));
  const shared = differs < 0 ? first : first.slice(0, differs);
  const name = shared.join(' ').replace(/[\s\-–—:|#(,.]+(?:(?:no|nr|issue|vol|week|edition)\.?)?[\s\-–—:|#(,.]*$/i, '');
  return name.split(' ').length >= 2 && name.length >= 8 ? name : null;
}
