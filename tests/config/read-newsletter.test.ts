// newsletter.yaml over the defaults: what comes out of a good one, and what is said of a bad one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../config/package-root.ts';
import { readNewsletter } from '../../config/read-newsletter.ts';
import { formatProblem } from '../../src/domain/problem.ts';
import { DEFAULTS, NEWSLETTER } from './sample-settings.ts';

/** All that is said about a text, a line each. */
function complaints(text: string): string[] {
  const { newsletter, problems } = readNewsletter(text, DEFAULTS, 'newsletter.yaml');
  expect(newsletter === null).toBe(problems.length > 0);
  return problems.map(formatProblem);
}

function settings(text: string) {
  const { newsletter, problems } = readNewsletter(text, DEFAULTS, 'newsletter.yaml');
  if (!newsletter) throw new Error(problems.map(formatProblem).join('\n'));
  return newsletter;
}

const NAME = 'Write `name: The name of your newsletter`.';
const FROM = 'Write `from: Name <newsletter@example.org>`.';
const URL_ADVICE = 'Write where an issue is on the web, as in `url: https://example.org/newsletter/{id}/`.';
const LISTS = 'Write `lists:` and below it a name with a `title`, as in `monthly: { title: My newsletter }`.';
const ALL_KEYS =
  'postrider, published, adopted, name, from, replyTo, language, issues, site, collect, theme, check, templates, timezone, greeting, postalAddress, returnsDomain, returnPath, defaultList, lists, relay, onUnknown, notices';

describe('a newsletter.yaml in order', () => {
  it('is laid over the defaults, block by block', () => {
    expect(settings(NEWSLETTER)).toEqual({
      name: 'Kernel News',
      from: { name: 'Kernel News', address: 'news@kernel.example' },
      language: 'en',
      issues: { files: ['issues/{id}.md', 'issues/{id}/index.md'], url: 'https://kernel.example/{id}/' },
      lists: { monthly: { title: 'Kernel News, monthly' } },
      relay: { messagesPerConnection: 100, messagesPerHour: 0, messagesPerDay: 0 },
      check: { off: [] },
      templates: 'newsletter',
      onUnknown: 'hold',
      notices: {},
    });
  });

  it('wins over the defaults, a list of patterns as a whole', () => {
    const text = `${NEWSLETTER.replace('issues:', 'issues:\n  files: ["{date}-{slug}.md"]')}language: pt-BR\nrelay:\n  connections: 7\n`;
    const { issues, language, relay } = settings(text);
    expect({ files: issues.files, language, relay }).toEqual({
      files: ['{date}-{slug}.md'],
      language: 'pt-BR',
      relay: { messagesPerConnection: 100, messagesPerHour: 0, messagesPerDay: 0, connections: 7 },
    });
  });

  it('is read with CRLF and a byte order mark', () => {
    expect(settings(`\ufeff${NEWSLETTER.replaceAll('\n', '\r\n')}`)).toEqual(settings(NEWSLETTER));
  });

  it('is the sample’s own', () => {
    const sample = readFileSync(join(packageRoot(), 'config/newsletter.yaml'), 'utf8');
    expect(complaints(sample)).toEqual([]);
  });
});

describe('what is missing', () => {
  it.each(['', '# nothing but a remark\n'])('is named, all of it at once, for %j', (text) => {
    expect(complaints(text)).toEqual([
      `newsletter.yaml:1 error: \`name\` is missing. ${NAME}`,
      `newsletter.yaml:1 error: \`from\` is missing. ${FROM}`,
      `newsletter.yaml:1 error: \`issues.url\` is missing. ${URL_ADVICE}`,
      `newsletter.yaml:1 error: \`lists\` is missing. ${LISTS}`,
    ]);
  });

  it('is placed at the block in which it is missed', () => {
    expect(complaints(NEWSLETTER.replace('title: Kernel News, monthly', 'description: x'))).toEqual([
      'newsletter.yaml:6:3 error: `lists.monthly.title` is missing. See config/defaults.yaml.',
    ]);
  });
});

describe('a key that is not a setting', () => {
  it.each([
    ['returnDomain: b.example', '8:1', 'returnDomain', 'returnsDomain', ALL_KEYS],
    ['relay:\n  conections: 3', '9:3', 'relay.conections', 'connections', /connections, messagesPerSecond/],
    ['  weekly:\n    titel: W\n    title: W', '9:5', 'lists.weekly.titel', 'title', 'title, description, listId'],
  ])('is shown with the nearest that is one: %j', (more, place, key, nearest, known) => {
    const [complaint, ...others] = complaints(`${NEWSLETTER}${more}\n`);
    expect(others).toEqual([]);
    expect(complaint).toContain(`newsletter.yaml:${place} error: \`${key}\` is not a setting. Did you mean \`${nearest}\`?`);
    expect(complaint).toMatch(typeof known === 'string' ? `There are: ${known}.` : known);
  });

  it.each(['constructor', 'toString', '__proto__'])('is not let pass for its name: %s', (key) => {
    expect(complaints(`${NEWSLETTER}${key}: x\n`)).toHaveLength(1);
  });
});

describe('a value of the wrong kind', () => {
  it('is placed and told what it must be, all of them at once', () => {
    const text = `name: 3
from: [a]
language: 12
replyTo:
issues:
  files: issues/{id}.md
  url: https://kernel.example/{id}/
lists: monthly
relay:
  connections: many
  messagesPerSecond: -1
  messagesPerConnection: 1.5
`;
    expect(complaints(text)).toEqual([
      `newsletter.yaml:1:1 error: \`name\` must be a piece of text. ${NAME}`,
      `newsletter.yaml:2:1 error: \`from\` must be a piece of text. ${FROM}`,
      'newsletter.yaml:4:1 error: `replyTo` must be a piece of text. See config/defaults.yaml.',
      'newsletter.yaml:3:1 error: `language` must be a piece of text. See config/defaults.yaml.',
      'newsletter.yaml:6:3 error: `issues.files` must be a list. See config/defaults.yaml.',
      `newsletter.yaml:8:1 error: \`lists\` must be a block of names. ${LISTS}`,
      'newsletter.yaml:10:3 error: `relay.connections` must be a number. See config/defaults.yaml.',
      'newsletter.yaml:11:3 error: `relay.messagesPerSecond` must be 0 (no limit) or more. Mend this line.',
      'newsletter.yaml:12:3 error: `relay.messagesPerConnection` must be a whole number. See config/defaults.yaml.',
    ]);
  });
});
